/** The studio in a browser's page: files through the page's own dialogs and downloads. */

import { OPENED_ENDINGS } from "./file-endings.ts";
import {
  chooseFiles,
  type HostTheme,
  type OpenedFile,
  type RecentFile,
  type SavedFile,
  type StudioCommand,
  type StudioHost,
} from "./studio-host.ts";

const THEME_KEY = "pushback.theme";
const RECENT_MAX = 8;
const ACCEPTED = OPENED_ENDINGS.map((ending) => `.${ending}`).join();

/** The parts of the page that the host needs, so that tests can replace them. */
export interface BrowserPage {
  readonly document: Document;
  readonly storage: Storage;
  /** The page's address: `?open=PATH` names a document beside the page. */
  readonly address: string;
  fetchBytes(path: string): Promise<Uint8Array>;
}

function browserPage(): BrowserPage {
  return {
    document,
    storage: localStorage,
    address: location.href,
    fetchBytes: async (path) => {
      const answer = await fetch(path);
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

/** A file that can be read again: the page keeps where it is, and not its bytes. */
interface Readable {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

const readableFile = (file: File): Readable => ({ name: file.name, read: async () => new Uint8Array(await file.arrayBuffer()) });

class BrowserHost implements StudioHost {
  readonly kind = "browser";
  readonly liveAttach = null;
  readonly openInWireshark = null;
  readonly #page: BrowserPage;
  readonly #fileListeners = new Set<(file: OpenedFile) => void>();
  readonly #problemListeners = new Set<(message: string) => void>();
  #waiting: OpenedFile[] = [];
  /** Files opened since the page loaded: a browser gives no path to open a file again later. */
  #recent: Readable[] = [];

  constructor(page: BrowserPage) {
    this.#page = page;
    const { document } = page;
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#readAll(event.dataTransfer?.files ?? []);
    });
    const named = new URL(page.address).searchParams.get("open");
    if (named !== null) void this.#fetch(named);
  }

  async #fetch(name: string): Promise<void> {
    const source: Readable = { name, read: () => this.#page.fetchBytes(`./document/${encodeURIComponent(name)}`) };
    try {
      const bytes = await source.read();
      this.#remember(source);
      this.#arrive({ name, bytes });
    } catch {
      // The document's server is gone, so the studio opens without the document.
    }
  }

  #refuse(message: string): void {
    for (const listener of this.#problemListeners) listener(message);
  }

  /** Reads files that came at once, one after the other, and says in a line what is not opened. */
  async #readAll(files: ArrayLike<File>, use = (file: OpenedFile) => this.#arrive(file)): Promise<void> {
    const chosen = chooseFiles(files);
    const problems = [...chosen.problems];
    for (const file of chosen.files) {
      const source = readableFile(file);
      let bytes: Uint8Array;
      try {
        bytes = await source.read();
      } catch {
        problems.push(`${file.name} can't be read: it is a folder, or it is no longer there, or it was changed`);
        continue;
      }
      this.#remember(source);
      use({ name: file.name, bytes });
    }
    for (const problem of problems) this.#refuse(problem);
  }

  #arrive(file: OpenedFile): void {
    if (this.#fileListeners.size === 0) this.#waiting.push(file);
    for (const listener of this.#fileListeners) listener(file);
  }

  #remember(source: Readable): void {
    this.#recent = [source, ...this.#recent.filter((other) => other.name !== source.name)].slice(0, RECENT_MAX);
  }

  #chooseFiles(multiple: boolean): Promise<ArrayLike<File>> {
    const input = this.#page.document.createElement("input");
    input.type = "file";
    input.multiple = multiple;
    input.accept = ACCEPTED;
    return new Promise((resolve) => {
      input.addEventListener("cancel", () => resolve([]));
      input.addEventListener("change", () => resolve(input.files ?? []));
      input.click();
    });
  }

  async openFile(): Promise<OpenedFile | null> {
    const files = await this.#chooseFiles(false);
    let opened: OpenedFile | null = null;
    if (files.length > 0)
      await this.#readAll(files, (file) => {
        opened = file;
      });
    return opened;
  }

  async openFiles(): Promise<void> {
    const files = await this.#chooseFiles(true);
    if (files.length > 0) await this.#readAll(files);
  }

  async saveFile({ suggestedName, mediaType, bytes }: SavedFile): Promise<boolean> {
    const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mediaType }));
    const link = this.#page.document.createElement("a");
    link.href = address;
    link.download = suggestedName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return true;
  }

  onCommand(_listener: (command: StudioCommand) => void): () => void {
    return () => {};
  }

  onFile(listener: (file: OpenedFile) => void): () => void {
    this.#fileListeners.add(listener);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const file of waiting) listener(file);
    return () => this.#fileListeners.delete(listener);
  }

  onFileProblem(listener: (message: string) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  async recentFiles(): Promise<readonly RecentFile[]> {
    return this.#recent.map(({ name }) => ({ id: name, name }));
  }

  async openRecent(id: string): Promise<OpenedFile | null> {
    const source = this.#recent.find(({ name }) => name === id);
    return source ? { name: source.name, bytes: await source.read() } : null;
  }

  theme(): HostTheme {
    const chosen = this.#page.storage.getItem(THEME_KEY);
    return chosen === "light" || chosen === "dark" ? chosen : "system";
  }

  setTheme(theme: HostTheme): void {
    this.#page.storage.setItem(THEME_KEY, theme);
  }
}

export function createBrowserHost(page: BrowserPage = browserPage()): StudioHost {
  return new BrowserHost(page);
}
