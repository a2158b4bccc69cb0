/** The studio in a browser's page: files through the page's own dialogs and downloads. */

import {
  chooseDropped,
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
const ACCEPTED = ".yaml,.yml,.json,.pcapng,.pcap,.cap,.enc,.trc,.gz";

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

class BrowserHost implements StudioHost {
  readonly kind = "browser";
  readonly liveAttach = null;
  readonly openInWireshark = null;
  readonly #page: BrowserPage;
  readonly #fileListeners = new Set<(file: OpenedFile) => void>();
  readonly #problemListeners = new Set<(message: string) => void>();
  #waiting: OpenedFile[] = [];
  /** Files opened since the page loaded: a browser gives no path to open a file again. */
  #recent: OpenedFile[] = [];

  constructor(page: BrowserPage) {
    this.#page = page;
    const { document } = page;
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      const chosen = chooseDropped(event.dataTransfer?.files ?? []);
      if (chosen.ok)
        this.#read(chosen.file).then(
          (opened) => this.#arrive(opened),
          () => this.#refuse(`${chosen.file.name} can't be read: it is a folder, or it is no longer there`),
        );
      else this.#refuse(chosen.message);
    });
    const named = new URL(page.address).searchParams.get("open");
    if (named !== null) void this.#fetch(named);
  }

  async #fetch(name: string): Promise<void> {
    try {
      this.#arrive({ name, bytes: await this.#page.fetchBytes(`./document/${encodeURIComponent(name)}`) });
    } catch {
      // The document's server is gone, so the studio opens without the document.
    }
  }

  #refuse(message: string): void {
    for (const listener of this.#problemListeners) listener(message);
  }

  async #read(file: File): Promise<OpenedFile> {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  }

  #arrive(file: OpenedFile): void {
    this.#remember(file);
    if (this.#fileListeners.size === 0) this.#waiting.push(file);
    for (const listener of this.#fileListeners) listener(file);
  }

  #remember(file: OpenedFile): void {
    this.#recent = [file, ...this.#recent.filter((other) => other.name !== file.name)].slice(0, RECENT_MAX);
  }

  openFile(): Promise<OpenedFile | null> {
    const input = this.#page.document.createElement("input");
    input.type = "file";
    input.accept = ACCEPTED;
    return new Promise((resolve) => {
      input.addEventListener("cancel", () => resolve(null));
      input.addEventListener("change", () => {
        const file = input.files?.[0];
        if (!file) {
          resolve(null);
          return;
        }
        const problem = sizeProblem(file.name, file.size);
        if (problem !== null) {
          this.#refuse(problem);
          resolve(null);
          return;
        }
        this.#read(file).then(
          (opened) => {
            this.#remember(opened);
            resolve(opened);
          },
          () => {
            this.#refuse(`${file.name} can't be read: it is no longer there, or it was changed`);
            resolve(null);
          },
        );
      });
      input.click();
    });
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
    return this.#recent.find((file) => file.name === id) ?? null;
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
