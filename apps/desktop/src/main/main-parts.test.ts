/** The parts of the main process that need no Electron. */

import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireProgram } from "@pushback/judges";
import { STUDIO_COMMANDS } from "@pushback/studio/studio-host";
import type { MenuItemConstructorOptions } from "electron";
import { afterAll, describe, expect, it } from "vitest";
import { findCaptureProgram, LiveCapture } from "./live-capture.ts";
import { menuTemplate } from "./menu.ts";
import { fileOfArguments, readOpened } from "./open-files.ts";
import { findProgram } from "./programs.ts";
import { Settings } from "./settings.ts";
import { STUDIO_PAGE, serveStudio } from "./studio-protocol.ts";
import { placeOnScreens } from "./window-place.ts";
import { openInWireshark } from "./wireshark.ts";

const folder = mkdtempSync(join(tmpdir(), "pushback-main-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("settings", () => {
  const path = join(folder, "deep", "settings.json");

  it("are kept, the recent ones first and once each", () => {
    const settings = new Settings(path);
    settings.theme = "dark";
    settings.window = { x: 1, y: 2, width: 1000, height: 700, maximized: true };
    for (let i = 0; i < 12; i++) settings.remember(`/f${i % 10}`);
    const again = new Settings(path);
    expect(again.theme).toBe("dark");
    expect(again.window).toEqual({ x: 1, y: 2, width: 1000, height: 700, maximized: true });
    expect(again.recent).toEqual(["/f1", "/f0", "/f9", "/f8", "/f7", "/f6", "/f5", "/f4"]);
    again.forget("/f9");
    expect(new Settings(path).recent).not.toContain("/f9");
  });

  it.each(["", "{", '{"theme":"pink"}', '{"window":{"x":"left"}}', "[]"])("of a file with %j are the first ones", (text) => {
    writeFileSync(path, text);
    const settings = new Settings(path);
    expect([settings.theme, settings.recent, settings.window]).toEqual(["system", [], null]);
  });
});

describe("the window's place", () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];

  it("is restored if part of the window is on a screen", () => {
    expect(placeOnScreens({ x: 100, y: 50, width: 1000, height: 700, maximized: false }, screens)).toEqual({
      x: 100,
      y: 50,
      width: 1000,
      height: 700,
    });
    expect(placeOnScreens({ x: -900, y: 0, width: 1000, height: 700, maximized: false }, screens)).not.toBeNull();
  });

  it.each([
    [2500, 100],
    [-980, 100],
    [100, -50],
    [100, 1070],
  ])("is the system's choice where %i, %i is on no screen", (x, y) => {
    expect(placeOnScreens({ x, y, width: 1000, height: 700, maximized: false }, screens)).toBeNull();
    expect(placeOnScreens(null, screens)).toBeNull();
  });
});

describe("files", () => {
  it("of a command line are those of our kinds, from where it was typed", () => {
    expect(fileOfArguments(["electron", ".", "--flag", "a/b.pcapng"], "/home/ada")).toBe("/home/ada/a/b.pcapng");
    expect(fileOfArguments(["pushback", "/x/run.YAML"], "/home/ada")).toBe("/x/run.YAML");
    expect(fileOfArguments(["pushback", "/x/run.pushback"], "/home/ada")).toBe("/x/run.pushback");
    for (const args of [["pushback"], ["pushback", "--x=a.pcap"], ["electron", "dist/main.js"]])
      expect(fileOfArguments(args, "/home/ada")).toBeNull();
  });

  it("are read byte for byte, or fail with the system's reason", () => {
    writeFileSync(join(folder, "a.pcap"), Uint8Array.of(0, 255, 10, 13));
    expect(readOpened(join(folder, "a.pcap"))).toEqual({ name: "a.pcap", content: Uint8Array.of(0, 255, 10, 13) });
    expect(() => readOpened(join(folder, "none.pcap"))).toThrow(/ENOENT/);
  });
});

describe("the menu", () => {
  const actions = { command: () => {}, openRecent: () => {}, clearRecent: () => {}, updates: null };
  const flat = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

  it.each(["linux", "darwin", "win32"] as const)("of %s has every command once, and no key twice", (platform) => {
    const said: string[] = [];
    const items = flat(menuTemplate({ ...actions, command: (command) => said.push(command) }, [], platform));
    for (const item of items) (item.click as (() => void) | undefined)?.();
    expect(said.sort()).toEqual([...STUDIO_COMMANDS].sort());
    const keys = items.flatMap((item) => item.accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(items.some((item) => item.role === "quit")).toBe(platform !== "darwin");
    expect(items.some((item) => item.role === "appMenu")).toBe(platform === "darwin");
  });

  it("offers updates only where the package knows where they are", () => {
    const set: boolean[] = [];
    const updates = { isOn: false, setOn: (isOn: boolean) => set.push(isOn) };
    const item = flat(menuTemplate({ ...actions, updates }, [], "linux")).find(({ type }) => type === "checkbox");
    expect(item?.checked).toBe(false);
    const click = item?.click as unknown as (item: { checked: boolean }) => void;
    click({ checked: true });
    expect(set).toEqual([true]);
    expect(flat(menuTemplate(actions, [], "linux")).some(({ type }) => type === "checkbox")).toBe(false);
  });

  it("lists recent files and forgets them", () => {
    const said: string[] = [];
    const items = flat(
      menuTemplate(
        { ...actions, openRecent: (path) => said.push(path), clearRecent: () => said.push("clear") },
        ["/a.pcap", "/b.yaml"],
        "linux",
      ),
    );
    for (const item of items) if (["/a.pcap", "/b.yaml", "Clear"].includes(item.label ?? "")) (item.click as unknown as () => void)();
    expect(said).toEqual(["/a.pcap", "/b.yaml", "clear"]);
  });
});

describe("the studio's address", () => {
  const pages = join(folder, "pages");
  mkdirSync(join(pages, "assets"), { recursive: true });
  writeFileSync(join(pages, "index.html"), "<!doctype html>");
  writeFileSync(join(pages, "assets", "a.js"), "1");
  writeFileSync(join(folder, "outside.js"), "secret");
  const serve = serveStudio(pages);
  const get = (address: string, method = "GET") => serve(new Request(address, { method }));

  it("gives the app's files under a policy that lets nothing else in", async () => {
    const page = await get(STUDIO_PAGE);
    expect([page.status, page.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.headers.get("Content-Security-Policy")).not.toMatch(/unsafe|http|\*/);
    expect(await (await get("pushback://studio/assets/a.js")).text()).toBe("1");
  });

  it.each([
    "pushback://studio/../outside.js",
    "pushback://studio/%2e%2e/outside.js",
    "pushback://studio/..%2foutside.js",
    "pushback://studio/assets/..%5c..%5coutside.js",
    "pushback://studio/none.js",
    "pushback://studio/%00.js",
    "pushback://studio/%ff.js",
    "pushback://other/index.html",
  ])("refuses %s", async (address) => {
    const answer = await get(address);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).toBe("");
  });

  it("refuses everything but GET", async () => {
    expect((await get(STUDIO_PAGE, "POST")).status).toBe(405);
  });
});

describe("other programs", () => {
  it("are found in PATH, or not at all", () => {
    expect(findProgram("sh", "/nowhere:/bin")).toBe("/bin/sh");
    expect(findProgram("no-such-program")).toBeNull();
  });

  it("Wireshark gets the capture in a new file; if it is missing, the error says so", async () => {
    const file = { suggestedName: "run.pcapng", mediaType: "application/octet-stream", bytes: Uint8Array.of(1, 2) };
    const seen = join(folder, "seen");
    writeFileSync(join(folder, "wireshark"), `#!/bin/sh\ncp "$1" ${seen}\n`, { mode: 0o755 });
    await openInWireshark(file, join(folder, "wireshark"));
    await expect.poll(() => readOpenedOrNull(seen)).toEqual(Uint8Array.of(1, 2));
    await expect(openInWireshark(file, null)).rejects.toThrow("Wireshark is not installed");
  });

  describe("a capture of a real interface", () => {
    const program = findCaptureProgram();
    const hello = Buffer.from("pushback was here");
    async function sending(run: (send: (port: number) => Promise<void>) => Promise<void>): Promise<void> {
      const socket = createSocket("udp4");
      try {
        await run((port) => new Promise((done, fail) => socket.send(hello, port, "127.0.0.1", (error) => (error ? fail(error) : done()))));
      } finally {
        socket.close();
      }
    }
    /** Sends to all ports repeatedly until the capture has a datagram to the last one. Returns the destination ports in the capture. */
    async function portsSeen(capture: LiveCapture, ports: readonly number[]): Promise<Set<number>> {
      const seen = new Set<number>();
      await sending(async (send) => {
        // The program may deliver frames late: each turn sends other datagrams.
        while (!seen.has(ports.at(-1) as number)) {
          for (const port of ports) await send(port);
          const frames = await capture.next();
          if (frames === null) throw new Error("the capture has ended");
          // ICMP errors quote the datagrams.
          for (const { bytes } of frames)
            if (bytes[23] === 17 && Buffer.from(bytes).includes(hello)) seen.add((bytes[36] << 8) | bytes[37]);
        }
      });
      return seen;
    }

    it("brings the frames that its filter lets through, and ends", async (test) => {
      requireProgram(test, "tcpdump");
      if (program === null) throw new Error("no program that captures");
      const capture = new LiveCapture(program);
      expect(await capture.interfaces()).toContain("lo");
      expect(await capture.next()).toBeNull();
      await expect(capture.start("no-such-interface", "")).rejects.toThrow("there is no interface no-such-interface");
      await expect(capture.start("lo", "udp port banana")).rejects.toThrow(/^lo can't be captured: .*unknown port 'banana'/);
      await capture.start("lo", "");
      expect(await portsSeen(capture, [9, 10])).toEqual(new Set([9, 10]));
      // A second capture ends the first.
      await capture.start("lo", "udp dst port 10");
      expect(await portsSeen(capture, [9, 10])).toEqual(new Set([10]));
      await capture.stop();
      while ((await capture.next()) !== null);
      await sending((send) => send(10));
      expect(await capture.next()).toBeNull();
    });

    /** A program that writes `count` frames of `size` bytes, says `last`, and ends. */
    const endingProgram = (count: number, size: number, last: string) => ({
      path: process.execPath,
      listArguments: ["-e", ""],
      names: () => ["lab0"],
      startArguments: () => [
        "-e",
        `const header = Buffer.alloc(24); header.writeUInt32LE(0xa1b2c3d4); header.writeUInt16LE(2, 4); header.writeUInt16LE(4, 6);
         header.writeUInt32LE(262144, 16); header.writeUInt32LE(1, 20);
         const frame = Buffer.alloc(16 + ${size}); frame.writeUInt32LE(1); frame.writeUInt32LE(2, 4);
         frame.writeUInt32LE(${size}, 8); frame.writeUInt32LE(${size}, 12);
         const { writeSync } = require("node:fs");
         const write = (bytes) => { for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at); };
         write(header); for (let i = 0; i < ${count}; i++) write(frame);
         console.error(${JSON.stringify(last)});`,
      ],
    });

    it("stops reading the capturing program's pipe while 16 MiB of frames wait to be fetched", async () => {
      const [count, size] = [2000, 60_000];
      const capture = new LiveCapture(endingProgram(count, size, "done"));
      await capture.start("lab0", "");
      let frames = 0;
      while (frames < count) {
        await new Promise((done) => setTimeout(done, 200));
        const batch = (await capture.next()) ?? [];
        // 16 MiB is the limit. The chunk of the pipe that exceeds it is still kept; the test allows 2 MiB for it.
        expect(batch.length * size).toBeLessThan((16 << 20) + (2 << 20));
        frames += batch.length;
      }
      expect(frames).toBe(count);
      await expect(capture.next()).rejects.toThrow("done");
    });

    it("that ends by itself says why, after its last frames", async () => {
      const capture = new LiveCapture(endingProgram(1, 4, "the interface is down"));
      await capture.start("lab0", "");
      expect(await capture.next()).toEqual([{ bytes: new Uint8Array(4), timeUs: 1_000_002, linkType: 1 }]);
      await expect(capture.next()).rejects.toThrow("the interface is down");
    });

    it("that was stopped while frames wait, ends too", async () => {
      const capture = new LiveCapture(endingProgram(2000, 60_000, "done"));
      await capture.start("lab0", "");
      expect((await capture.next())?.length).toBeGreaterThan(0);
      await capture.stop();
      while ((await capture.next()) !== null);
    });
  });
});

function readOpenedOrNull(path: string): Uint8Array | null {
  try {
    return readOpened(path).content;
  } catch {
    return null;
  }
}
