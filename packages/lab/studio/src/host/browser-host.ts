/** The studio in a browser's page: files through the page's own dialogs and downloads. */

import { isTextFile, OPENED_ENDINGS } from "./file-endings.ts";
import {
  chooseFiles,
  type HostTheme,
  type OpenedFile,
  type RecentFile,
  type SavedFile,
  type StudioCommand,
  type StudioHost,
  sizeProblem,
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
  fetch(path: string): Promise<Response>;
}

function browserPage(): BrowserPage {
  return {
    document,
    storage: localStorage,
    address: location.href,
    fetch: (path) => fetch(path),
  };
}

/** A file that can be read again: the page keeps where it is, and not its bytes. */
interface Readable {
  readonly name: string;
  /** Equal for the same file opened again, and for a text that was changed since. Captures of one name in several folders have different ids. */
  readonly id: string;
  /** The file that the user chose; `null` for the document beside the page. */
  readonly file: File | null;
  /** Rejects if the file can't be read. */
  content(): Promise<Uint8Array | Blob>;
}

/**
 * Content of a file that the user chose. A capture's bytes stay with the browser until they are needed; a text is read now, so that files open in their
 * order. Rejects for a folder, which looks like a file until its first byte is read.
 */
async function readableContent(file: File): Promise<Uint8Array | Blob> {
  if (isTextFile(file.name)) return new Uint8Array(await file.arrayBuffer());
  await (file.size === 0 ? file : file.slice(0, 1)).arrayBuffer();
  return file;
}

/** A text is changed and opened again, so its name is enough. */
const idOf = ({ name, size, lastModified }: File): string => (isTextFile(name) ? name : `${name} ${size} ${lastModified}`);

class BrowserHost implements StudioHost {
  readonly kind = "browser";
  readonly liveAttach = null;
  readonly openInWireshark = null;
  readonly #page: BrowserPage;
  readonly #fileListeners = new Set<(file: OpenedFile) => void>();
  readonly #problemListeners = new Set<(message: string) => void>();
  #waiting: OpenedFile[] = [];
  #waitingProblems: string[] = [];
  /** Files opened since the page loaded: a browser gives no path to open a file again later. */
  #recent: Readable[] = [];

  constructor(page: BrowserPage) {
    this.#page = page;
    const { document } = page;
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#openAll(event.dataTransfer?.files ?? []);
    });
    const named = new URL(page.address).searchParams.get("open");
    if (named !== null) void this.#fetch(named);
  }

  async #fetch(name: string): Promise<void> {
    const source: Readable = { name, id: `${name} beside the page`, file: null, content: () => this.#readNamed(name) };
    try {
      const content = await source.content();
      this.#remember(source);
      this.#arrive({ name, content });
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error));
    }
  }

  /** Reads the document beside the page. Rejects with a line that says why it can't. */
  async #readNamed(name: string): Promise<Blob> {
    let answer: Response;
    try {
      answer = await this.#page.fetch(`./document/${encodeURIComponent(name)}`);
    } catch {
      throw new Error(`${name} can't be read: the program that serves it does not answer. Start pushback studio with it again.`);
    }
    const tooLarge = answer.ok ? sizeProblem(name, Number(answer.headers.get("content-length") ?? 0)) : null;
    if (!answer.ok || tooLarge !== null) {
      void answer.body?.cancel();
      throw new Error(tooLarge ?? `${name} can't be read: it is no longer there. Start pushback studio with it again.`);
    }
    try {
      return await answer.blob();
    } catch {
      throw new Error(`${name} can't be read to its end: it is a folder, or it was changed or removed meanwhile.`);
    }
  }

  #refuse(message: string): void {
    if (this.#problemListeners.size === 0) this.#waitingProblems.push(message);
    for (const listener of this.#problemListeners) listener(message);
  }

  /** Opens several files that the user gave at once, one after the other. Reports each file that can't be opened in one line. */
  async #openAll(files: ArrayLike<File>, use = (file: OpenedFile) => this.#arrive(file)): Promise<void> {
    const chosen = chooseFiles(files);
    const problems = [...chosen.problems];
    for (const file of chosen.files) {
      const source: Readable = { name: file.name, id: idOf(file), file, content: () => readableContent(file) };
      let content: Uint8Array | Blob;
      try {
        content = await source.content();
      } catch {
        problems.push(`${file.name} can't be read: it is a folder, or it is no longer there, or it was changed`);
        continue;
      }
      await this.#forgetChanged(file.name);
      this.#remember(source);
      use({ name: file.name, content });
    }
    for (const problem of problems) this.#refuse(problem);
  }

  #arrive(file: OpenedFile): void {
    if (this.#fileListeners.size === 0) this.#waiting.push(file);
    for (const listener of this.#fileListeners) listener(file);
  }

  /** Forgets the recent files of this name that can't be read any more: the file on the disk was replaced. */
  async #forgetChanged(name: string): Promise<void> {
    for (const { id, file } of this.#recent.filter((one) => one.name === name && one.file !== null)) {
      const isReadable = await readableContent(file as File).then(
        () => true,
        () => false,
      );
      if (!isReadable) this.#recent = this.#recent.filter((one) => one.id !== id);
    }
  }

  #remember(source: Readable): void {
    this.#recent = [source, ...this.#recent.filter((other) => other.id !== source.id)].slice(0, RECENT_MAX);
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
      await this.#openAll(files, (file) => {
        opened = file;
      });
    return opened;
  }

  async openFiles(): Promise<void> {
    const files = await this.#chooseFiles(true);
    if (files.length > 0) await this.#openAll(files);
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
    const waiting = this.#waitingProblems;
    this.#waitingProblems = [];
    for (const message of waiting) listener(message);
    return () => this.#problemListeners.delete(listener);
  }

  async recentFiles(): Promise<readonly RecentFile[]> {
    return this.#recent.map(({ id, name, file }) => ({ id, name, ...(file && { lenBytes: file.size }) }));
  }

  async openRecent(id: string): Promise<OpenedFile | null> {
    const source = this.#recent.find((one) => one.id === id);
    return source ? { name: source.name, content: await source.content() } : null;
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
