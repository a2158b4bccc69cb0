/** The error that a user can act on. Programs print its lines and exit with code 2; every other error is a defect and keeps its stack trace. */
export class UsageError extends Error {
  readonly code = "PUSHBACK_USAGE";
  /** The message, a line each. A line feed inside a line comes from what the user wrote: programs print it escaped. */
  readonly lines: readonly string[];

  /** Takes one line for each fault; a line that begins with a blank belongs to the one before. */
  constructor(...lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

/** The reason of a system error in words: `EACCES: permission denied, open 'x'` becomes `permission denied`. Other errors keep their message. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
