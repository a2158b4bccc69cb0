/** `StudioHost` of the desktop's window: every call goes through the preload's object to the main process. */

import type { HostTheme, LiveAttach, OpenedFile, SavedFile, StudioCommand, StudioHost } from "@pushback/studio";
import { chooseFiles, MOST_FILES_AT_ONCE } from "@pushback/studio/studio-host";
import type { DesktopBridge } from "../shared/bridge.ts";

class DesktopHost implements StudioHost {
  readonly kind = "desktop";
  readonly liveAttach: LiveAttach | null;
  readonly openInWireshark: ((file: SavedFile) => Promise<void>) | null;
  readonly openFile: StudioHost["openFile"];
  readonly openFiles: StudioHost["openFiles"];
  readonly saveFile: StudioHost["saveFile"];
  readonly recentFiles: StudioHost["recentFiles"];
  readonly openRecent: StudioHost["openRecent"];
  readonly #bridge: DesktopBridge;
  readonly #fileListeners = new Set<(file: OpenedFile) => void>();
  readonly #commandListeners = new Set<(command: StudioCommand) => void>();
  readonly #problemListeners = new Set<(message: string) => void>();
  #waiting: OpenedFile[] = [];
  /** Commands that came before the first listener. */
  #waitingCommands: StudioCommand[] = [];
  #theme: HostTheme;

  constructor(bridge: DesktopBridge, page: EventTarget) {
    this.#bridge = bridge;
    this.#theme = bridge.facts.theme;
    this.openFile = () => bridge.openFile();
    this.openFiles = async () => {
      const left = await bridge.openFiles();
      if (left > 0) this.#refuse(`${left} of the files are not opened: at most ${MOST_FILES_AT_ONCE} are opened at once.`);
    };
    this.saveFile = (file) => bridge.saveFile(file);
    this.recentFiles = () => bridge.recentFiles();
    this.openRecent = (id) => bridge.openRecent(id);
    this.openInWireshark = bridge.facts.wireshark ? (file) => bridge.openInWireshark(file) : null;
    this.liveAttach = bridge.facts.capture ? liveAttach(bridge) : null;
    bridge.onFile((file) => this.#arrive(file));
    bridge.onCommand((command) => {
      if (this.#commandListeners.size === 0) this.#waitingCommands.push(command);
      for (const listener of this.#commandListeners) listener(command);
    });
    page.addEventListener("dragover", (event) => event.preventDefault());
    page.addEventListener("drop", (event) => {
      event.preventDefault();
      const { files, problems } = chooseFiles((event as DragEvent).dataTransfer?.files ?? []);
      void this.#drop(files, problems);
    });
    void bridge.ready();
  }

  /** A dropped file without a path, for example from another page, is read in the page. */
  async #drop(files: readonly File[], problems: readonly string[]): Promise<void> {
    for (const problem of problems) this.#refuse(problem);
    for (const file of files) {
      try {
        this.#arrive((await this.#bridge.openDropped(file)) ?? { name: file.name, content: new Uint8Array(await file.arrayBuffer()) });
      } catch {
        this.#refuse(`${file.name} can't be read`);
      }
    }
  }

  #refuse(message: string): void {
    for (const listener of this.#problemListeners) listener(message);
  }

  onFileProblem(listener: (message: string) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  #arrive(file: OpenedFile): void {
    if (this.#fileListeners.size === 0) this.#waiting.push(file);
    for (const listener of this.#fileListeners) listener(file);
  }

  onFile(listener: (file: OpenedFile) => void): () => void {
    this.#fileListeners.add(listener);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const file of waiting) listener(file);
    return () => this.#fileListeners.delete(listener);
  }

  onCommand(listener: (command: StudioCommand) => void): () => void {
    this.#commandListeners.add(listener);
    const waiting = this.#waitingCommands;
    this.#waitingCommands = [];
    for (const command of waiting) listener(command);
    return () => this.#commandListeners.delete(listener);
  }

  theme(): HostTheme {
    return this.#theme;
  }

  setTheme(theme: HostTheme): void {
    this.#theme = theme;
    void this.#bridge.setTheme(theme);
  }
}

function liveAttach(bridge: DesktopBridge): LiveAttach {
  return {
    interfaces: () => bridge.interfaces(),
    async start(name, filter) {
      await bridge.startCapture(name, filter);
      return { next: () => bridge.nextFrames(), stop: () => bridge.stopCapture() };
    },
  };
}

/** `page` is the element onto which files are dropped. */
export function createDesktopHost(bridge: DesktopBridge, page: EventTarget): StudioHost {
  return new DesktopHost(bridge, page);
}
