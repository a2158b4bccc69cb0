import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CALLS } from "../shared/bridge.ts";
import { dialogs, invoke } from "../testing/electron-main.ts";
import { answerWindow } from "./ipc.ts";
import { readOpened } from "./open-files.ts";
import { Settings } from "./settings.ts";

vi.mock("electron", () => import("../testing/electron-main.ts"));

const folder = mkdtempSync(join(tmpdir(), "pushback-ipc-"));
const opened: string[] = [];
beforeAll(() => {
  answerWindow({
    settings: new Settings(join(folder, "settings.json")),
    window: () => ({}) as never,
    open: (path) => {
      opened.push(path);
      return readOpened(path);
    },
    ready: () => {},
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = { suggestedName: "a.pcapng", mediaType: "application/octet-stream", bytes: Uint8Array.of(1) };

describe("calls of the window", () => {
  it.each(Object.values(CALLS))("%s is answered for the studio's page alone", async (channel) => {
    await expect(invoke(channel, [], "https://example.org/index.html")).rejects.toThrow("not from the studio's page");
    await expect(invoke(channel, [], "pushback://studio.example.org/index.html")).rejects.toThrow("not from the studio's page");
    await expect(invoke(channel, [], undefined, {})).rejects.toThrow("not from the studio's page");
  });

  it.each<[string, unknown[]]>([
    [CALLS.openFile, ["a path"]],
    [CALLS.openFiles, ["a path"]],
    [CALLS.saveFile, []],
    [CALLS.saveFile, [{ ...file, suggestedName: "../../etc/passwd" }]],
    [CALLS.saveFile, [{ ...file, suggestedName: ".bashrc" }]],
    [CALLS.saveFile, [{ ...file, bytes: "text" }]],
    [CALLS.saveFile, [{ ...file, path: "/etc/passwd" }]],
    [CALLS.openInWireshark, [{ ...file, suggestedName: "-k" }, "more"]],
    [CALLS.openRecent, [7]],
    [CALLS.setTheme, ["pink"]],
    [CALLS.startCapture, ["", ""]],
    [CALLS.startCapture, ["eth0"]],
    [CALLS.startCapture, [{ toString: "eth0" }, ""]],
    [CALLS.startCapture, ["eth0", "x".repeat(2001)]],
    [CALLS.ready, [1]],
  ])("%s refuses %j", async (channel, args) => {
    await expect(invoke(channel, args)).rejects.toThrow(`${channel}: ✖`);
  });

  it("open only what is recent by name, never any path that the page makes up", async () => {
    writeFileSync(join(folder, "secret.pcap"), "x");
    expect(await invoke(CALLS.openRecent, [join(folder, "secret.pcap")])).toBeNull();
    expect(opened).toEqual([]);
  });

  it("open a dropped file once, by the token that was handed out for it", async () => {
    const path = join(folder, "dropped.pcap");
    writeFileSync(path, "x");
    await expect(invoke(CALLS.openDropped, [path])).rejects.toThrow(CALLS.openDropped);
    const token = await invoke(CALLS.offerDropped, [path]);
    expect(await invoke(CALLS.openDropped, [token])).toMatchObject({ name: "dropped.pcap" });
    expect(await invoke(CALLS.openDropped, [token])).toBeNull();
    expect(await invoke(CALLS.openDropped, ["00000000-0000-4000-8000-000000000000"])).toBeNull();
    expect(opened).toEqual([path]);
    rmSync(path);
    opened.length = 0;
  });

  it("write a whole file or none", async () => {
    dialogs.save = join(folder, "no-such-folder", "a.pcapng");
    await expect(invoke(CALLS.saveFile, [file])).rejects.toThrow(/ENOENT/);
    dialogs.save = join(folder, "a.pcapng");
    expect(await invoke(CALLS.saveFile, [file])).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["a.pcapng", "secret.pcap"]);
  });
});
