/** Paths of files that the user has dropped onto the page. A page may open only these, each once per drop. */
export class DroppedPaths {
  readonly #paths = new Set<string>();

  /** The latest drop takes the place of the one before. */
  drop(paths: readonly string[]): void {
    this.#paths.clear();
    for (const path of paths) if (path !== "") this.#paths.add(path);
  }

  /** Whether the path was dropped and was not taken before. */
  take(path: string): boolean {
    return this.#paths.delete(path);
  }
}
