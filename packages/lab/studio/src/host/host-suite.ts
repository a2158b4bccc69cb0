/** The suite that every implementation of `StudioHost` passes; each one's test calls it with functions that act as the user. */

import { describe, expect, test } from "vitest";
import { type OpenedFile, type SavedFile, STUDIO_COMMANDS, type StudioCommand, type StudioHost } from "./studio-host.ts";

/** The host under test, and functions that act as its user or the system. */
export interface HostBench {
  readonly host: StudioHost;
  /** Sets the user's answer to the next open dialog; an empty list cancels the dialog. */
  chooseFiles(files: readonly OpenedFile[]): void;
  /** Gives the host a file from outside, such as one that the user drops or opens from the system. */
  bringFile(file: OpenedFile): Promise<void>;
  /** All files that the host has saved. */
  saved(): Promise<readonly SavedFile[]>;
  /** Chooses a menu command; `null` for a host without a menu. */
  readonly chooseCommand: ((command: StudioCommand) => Promise<void>) | null;
  /** Returns a second host with the same user's stored settings. */
  reopen(): StudioHost;
}

const bytes = Uint8Array.of(1, 2, 0xff, 0);

/** Bytes of an opened file. */
async function bytesOf({ content }: OpenedFile): Promise<Uint8Array> {
  return content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
}

const readAll = (files: readonly (OpenedFile | null)[]): Promise<unknown[]> =>
  Promise.all(files.map(async (file) => file && { name: file.name, content: await bytesOf(file) }));

export function describeStudioHost(name: string, createBench: () => Promise<HostBench> | HostBench): void {
  describe(`${name} as a StudioHost`, () => {
    test("opens the chosen files, byte for byte", async () => {
      const bench = await createBench();
      const files = [
        { name: "a.pcapng", content: bytes },
        { name: "b.pcap", content: bytes.slice(1) },
      ];
      bench.chooseFiles(files);
      const seen: OpenedFile[] = [];
      bench.host.onFile((file) => seen.push(file));
      await bench.host.openFiles();
      expect(await readAll(seen)).toEqual(files);
    });

    test("returns one chosen file to the caller, and no listener hears of it", async () => {
      const bench = await createBench();
      bench.chooseFiles([{ name: "a.yaml", content: bytes }]);
      const seen: OpenedFile[] = [];
      bench.host.onFile((file) => seen.push(file));
      expect(await readAll([await bench.host.openFile()])).toEqual([{ name: "a.yaml", content: bytes }]);
      expect(seen).toEqual([]);
    });

    test("a cancelled dialog gives no file", async () => {
      const bench = await createBench();
      bench.chooseFiles([]);
      expect(await bench.host.openFile()).toBeNull();
      const seen: OpenedFile[] = [];
      bench.host.onFile((file) => seen.push(file));
      await bench.host.openFiles();
      expect(seen).toEqual([]);
    });

    test("what was opened is recent, the latest first, each once, and can be opened again", async () => {
      const bench = await createBench();
      for (const file of ["a.yaml", "b.pcap", "a.yaml"]) {
        bench.chooseFiles([{ name: file, content: bytes }]);
        await bench.host.openFiles();
      }
      const recent = await bench.host.recentFiles();
      expect(recent.map((r) => r.name)).toEqual(["a.yaml", "b.pcap"]);
      expect(await readAll([await bench.host.openRecent(recent[1].id)])).toEqual([{ name: "b.pcap", content: bytes }]);
      expect(await bench.host.openRecent("no such thing")).toBeNull();
    });

    test("saves the bytes under the suggested name", async () => {
      const bench = await createBench();
      const file: SavedFile = { suggestedName: "run.pcapng", mediaType: "application/octet-stream", bytes };
      expect(await bench.host.saveFile(file)).toBe(true);
      expect(await bench.saved()).toEqual([file]);
    });

    test("a file from outside reaches the listener, also one that came before it", async () => {
      const bench = await createBench();
      await bench.bringFile({ name: "early.yaml", content: bytes });
      const seen: string[] = [];
      const end = bench.host.onFile((file) => seen.push(file.name));
      expect(seen).toEqual(["early.yaml"]);
      await bench.bringFile({ name: "late.yaml", content: bytes });
      expect(seen).toEqual(["early.yaml", "late.yaml"]);
      end();
      await bench.bringFile({ name: "unheard.yaml", content: bytes });
      expect(seen).toEqual(["early.yaml", "late.yaml"]);
    });

    test("every menu command reaches the listener until it ends, also one that came before it", async () => {
      const bench = await createBench();
      const seen: StudioCommand[] = [];
      const [early, ...late] = STUDIO_COMMANDS;
      await bench.chooseCommand?.(early);
      const end = bench.host.onCommand((command) => seen.push(command));
      for (const command of late) await bench.chooseCommand?.(command);
      expect(seen).toEqual(bench.chooseCommand ? STUDIO_COMMANDS : []);
      end();
      await bench.chooseCommand?.("open");
      expect(seen.length).toBe(bench.chooseCommand ? STUDIO_COMMANDS.length : 0);
    });

    test("the theme is the system's until the user chooses one, which is remembered", async () => {
      const bench = await createBench();
      expect(bench.host.theme()).toBe("system");
      bench.host.setTheme("dark");
      expect(bench.host.theme()).toBe("dark");
      expect(bench.reopen().theme()).toBe("dark");
    });
  });
}
