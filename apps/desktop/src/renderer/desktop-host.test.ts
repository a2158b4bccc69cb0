/** The desktop's host over the main process's real handlers; only Electron itself is missing. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { OpenedFile, SavedFile, StudioCommand } from "@pushback/studio";
import { describeStudioHost, type HostBench } from "@pushback/studio/host-suite";
import { afterAll, expect, it, vi } from "vitest";
import { answerWindow } from "../main/ipc.ts";
import { readOpened } from "../main/open-files.ts";
import { Settings } from "../main/settings.ts";
import { CALLS, type DesktopBridge } from "../shared/bridge.ts";
import { dialogs, invoke } from "../testing/electron-main.ts";
import { createDesktopHost } from "./desktop-host.ts";

vi.mock("electron", () => import("../testing/electron-main.ts"));

const folder = mkdtempSync(join(tmpdir(), "pushback-host-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let benches = 0;

interface Desk extends HostBench {
  readonly bridge: DesktopBridge;
  readonly home: string;
}

function createDesk(): Desk {
  const home = mkdtempSync(join(folder, `${++benches}-`));
  const settings = new Settings(join(home, "data", "settings.json"));
  const commandListeners = new Set<(command: StudioCommand) => void>();
  const fileListeners = new Set<(file: OpenedFile) => void>();
  const saved: SavedFile[] = [];
  answerWindow({
    settings,
    window: () =>
      ({
        webContents: {
          send: (_channel: string, file: OpenedFile) => {
            for (const listener of fileListeners) listener(file);
          },
        },
      }) as never,
    open: (path) => {
      const file = readOpened(path);
      settings.remember(path);
      return file;
    },
    ready: () => {},
  });
  const call =
    (channel: string) =>
    (...args: unknown[]) =>
      invoke(channel, args) as never;
  const bridge: DesktopBridge = {
    facts: { theme: settings.theme, wireshark: false, capture: false },
    openFile: call(CALLS.openFile),
    openFiles: call(CALLS.openFiles),
    async saveFile(file) {
      dialogs.save = join(home, file.suggestedName);
      const done = (await invoke(CALLS.saveFile, [file])) as boolean;
      saved.push({ ...file, bytes: new Uint8Array(readFileSync(dialogs.save)) });
      return done;
    },
    recentFiles: call(CALLS.recentFiles),
    openRecent: call(CALLS.openRecent),
    openDropped: call(CALLS.openDropped),
    setTheme: call(CALLS.setTheme),
    openInWireshark: call(CALLS.openInWireshark),
    interfaces: call(CALLS.interfaces),
    startCapture: call(CALLS.startCapture),
    nextFrames: call(CALLS.nextFrames),
    stopCapture: call(CALLS.stopCapture),
    ready: call(CALLS.ready),
    onCommand(listener) {
      commandListeners.add(listener);
      return () => commandListeners.delete(listener);
    },
    onFile(listener) {
      fileListeners.add(listener);
      return () => fileListeners.delete(listener);
    },
  };
  return {
    bridge,
    home,
    host: createDesktopHost(bridge, new EventTarget()),
    chooseFiles(files) {
      dialogs.open = files.map((file) => join(home, file.name));
      for (const file of files) writeFileSync(join(home, file.name), file.content as Uint8Array);
    },
    async bringFile(file) {
      for (const listener of fileListeners) listener(file);
    },
    saved: async () => saved,
    chooseCommand: async (command) => {
      for (const listener of commandListeners) listener(command);
    },
    reopen: () =>
      createDesktopHost(
        { ...bridge, facts: { ...bridge.facts, theme: new Settings(join(home, "data", "settings.json")).theme } },
        new EventTarget(),
      ),
  };
}

describeStudioHost("the desktop", createDesk);

it("reads a dropped file by its path, and one without a path where it is", async () => {
  const { bridge, home } = createDesk();
  const page = new EventTarget();
  const paths: (string | null)[] = [join(home, "a.pcap"), null];
  writeFileSync(join(home, "a.pcap"), "on the disk");
  const host = createDesktopHost(
    {
      ...bridge,
      openDropped: async () => {
        const path = paths.shift() ?? null;
        return path === null ? null : readOpened(path);
      },
    },
    page,
  );
  const seen: string[] = [];
  host.onFile((file) => seen.push(`${basename(file.name)}: ${new TextDecoder().decode(file.content as Uint8Array)}`));
  const files = ["a.pcap", "b.pcap"].map((name) => new File(["in the page"], name));
  page.dispatchEvent(Object.assign(new Event("drop"), { dataTransfer: { files } }));
  await expect.poll(() => seen.length).toBe(2);
  expect(seen).toEqual(["a.pcap: on the disk", "b.pcap: in the page"]);
});
