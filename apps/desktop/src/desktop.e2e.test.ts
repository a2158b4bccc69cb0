/** The desktop app as its user operates it, once per way of running it. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SkippableTest, skipBecause, skipUninstallable } from "@pushback/judges";
import { beforeAll, describe, expect, it } from "vitest";
import { buildDesktop } from "./testing/build.ts";
import { chromiumDriver } from "./testing/chromium-driver.ts";
import type { DesktopDriver, RunningDesktop } from "./testing/desktop-driver.ts";
import { electronDriver } from "./testing/electron-driver.ts";

const CAPTURE = fileURLToPath(new URL("../../../packages/protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url));
const SCENARIO = fileURLToPath(new URL("../../../scenarios/read-in-time.yaml", import.meta.url));

interface FinishingTest extends SkippableTest {
  onTestFinished(callback: () => Promise<void> | void): void;
}

const view = ({ page }: RunningDesktop, name: string) => page.getByRole("tab", { name, exact: true });

async function isSelected(desktop: RunningDesktop, name: string): Promise<void> {
  await view(desktop, name).and(desktop.page.locator("[aria-selected=true]")).waitFor();
}

beforeAll(buildDesktop, 120_000);

describe.each<[DesktopDriver, typeof skipBecause]>([
  [chromiumDriver, skipBecause],
  // Electron's binary is downloaded from GitHub, which a build machine may be unable to reach.
  [electronDriver, skipUninstallable],
])("the desktop app in $name", (driver, skip) => {
  function dataFolder(test: FinishingTest): string {
    if (driver.missing !== null) skip(test, driver.missing);
    const folder = mkdtempSync(join(tmpdir(), "pushback-desktop-"));
    test.onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  }

  async function start(test: FinishingTest, data: string, file?: string): Promise<RunningDesktop> {
    const desktop = await driver.start(data, file);
    let running = true;
    const quit = desktop.quit.bind(desktop);
    desktop.quit = async () => {
      running = false;
      await quit();
    };
    test.onTestFinished(async () => {
      if (running) await quit();
    });
    return desktop;
  }

  it("shows the studio and follows its menus", async (test) => {
    const desktop = await start(test, dataFolder(test));
    // The first menu command may be given before the page is drawn.
    for (const name of ["Timeline", "Monitor", "Comparison", "Bench"]) {
      await desktop.chooseMenu("View", name);
      await isSelected(desktop, name);
    }
    expect(desktop.errorBoxes).toEqual([]);
  });

  it("opens a capture, exports one, and remembers both what was opened and how it looked", async (test) => {
    const data = dataFolder(test);
    const first = await start(test, data);
    await first.page.getByRole("heading", { name: "Pushback" }).waitFor();
    await first.answerDialog("open", CAPTURE);
    await first.chooseMenu("File", "Open…");
    await isSelected(first, "Monitor");
    await first.page.getByText("zeek-conn-size.pcap").first().waitFor();
    // The recording is the lab's run, which is on the bench.
    await first.page.keyboard.press("Alt+1");
    await isSelected(first, "Bench");
    const saved = join(data, "run.json");
    await first.answerDialog("save", saved);
    await first.chooseMenu("File", "Export Recording…");
    await expect.poll(() => existsSync(saved)).toBe(true);
    expect(JSON.parse(readFileSync(saved, "utf8"))).toHaveProperty("recording.machines");
    await first.page.getByRole("combobox", { name: "Theme" }).selectOption("dark");
    await first.quit();

    const second = await start(test, data);
    await expect.poll(() => second.page.getByRole("combobox", { name: "Theme" }).inputValue()).toBe("dark");
    await second.chooseMenu("File", "Open Recent", CAPTURE);
    await isSelected(second, "Monitor");
    expect(second.errorBoxes).toEqual([]);
  });

  it("opens the file that it is started with, and the one of a second start", async (test) => {
    const desktop = await start(test, dataFolder(test), CAPTURE);
    await isSelected(desktop, "Monitor");
    await desktop.page.getByText("zeek-conn-size.pcap").first().waitFor();
    await desktop.startAgain(SCENARIO);
    await isSelected(desktop, "Bench");
  });

  it("captures on an interface until it is stopped, and gives Wireshark what the monitor shows", async (test) => {
    if (process.platform === "win32") skipUninstallable(test, "the programs that stand for dumpcap and Wireshark are shell scripts");
    const data = dataFolder(test);
    const seen = join(data, "seen.pcapng");
    const programs = { dumpcap: `[ "$1" = -D ] && echo lab0 && exit; cat "${CAPTURE}"; exec sleep 60`, wireshark: `cp "$1" "${seen}"` };
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(data, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const path = process.env["PATH"];
    process.env["PATH"] = `${data}${delimiter}${path}`;
    test.onTestFinished(() => {
      process.env["PATH"] = path;
    });
    const desktop = await start(test, data);
    const { page } = desktop;
    const choose = async (name: string | RegExp) => {
      await page.getByRole("button", { name: "File", exact: true }).click();
      await page.getByRole("menuitem", { name }).click();
    };
    await choose("Capture on an interface…");
    await page.getByRole("dialog").getByRole("combobox", { name: "Interface" }).selectOption("lab0");
    await page.getByRole("button", { name: "Start capturing" }).click();
    await isSelected(desktop, "Monitor");
    await page.getByText(/Capturing on lab0, [1-9]/).waitFor();
    await page.getByRole("button", { name: "Stop capturing" }).click();
    await page.getByText(/Captured on lab0, [1-9]/).waitFor();
    await choose(/^Open in Wireshark.*lab0/);
    // A section header block (pcapng) begins with 0a0d0d0a.
    await expect.poll(() => existsSync(seen) && readFileSync(seen).subarray(0, 4).toString("hex")).toBe("0a0d0d0a");
    expect(desktop.errorBoxes).toEqual([]);
  });

  it("says what it can't open, and lives on", async (test) => {
    const data = dataFolder(test);
    const desktop = await start(test, data);
    await desktop.page.getByRole("heading", { name: "Pushback" }).waitFor();
    await desktop.answerDialog("open", join(data, "gone.pcap"));
    await desktop.chooseMenu("File", "Open…");
    await expect.poll(() => desktop.errorBoxes.join()).toMatch(/can't open this file.*gone\.pcap/s);
    writeFileSync(join(data, "text.pcap"), "no capture at all");
    await desktop.answerDialog("open", join(data, "text.pcap"));
    await desktop.chooseMenu("File", "Open…");
    await desktop.page
      .getByRole("status")
      .getByText(/text\.pcap: no capture file/)
      .waitFor();
    await desktop.chooseMenu("View", "Bench");
    await isSelected(desktop, "Bench");
  });
});
