/** The app's real main and preload against a page of Chromium: it cannot prove Electron's security, the packaging, or native menus and dialogs. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHROMIUM_BROWSER } from "@pushback/judges";
import { chromium } from "playwright-core";
import { type ControlMessage, type ReportMessage, STUDIO_STAND_IN } from "./chromium/control.ts";
import type { DesktopDriver } from "./desktop-driver.ts";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const REGISTER = new URL("./chromium/register.ts", import.meta.url).href;
const START_MS = 30_000;

export const chromiumDriver: DesktopDriver = {
  name: "Chromium in Electron's place (cannot prove Electron's security, packaging, native menus)",
  missing: existsSync(CHROMIUM_BROWSER) ? null : "chromium is not installed: apt-get install chromium",
  async start(data, file) {
    const child = fork(MAIN, file === undefined ? [] : [file], {
      execArgv: ["--import", REGISTER],
      env: { ...process.env, [STUDIO_STAND_IN]: data },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const errorBoxes: string[] = [];
    const shown = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no window in ${START_MS / 1000} s`)), START_MS);
      child.on("message", (message: ReportMessage) => {
        if (message.type === "error-box") errorBoxes.push(`${message.title}: ${message.content}`);
        else {
          clearTimeout(timer);
          resolve(message.debuggingPort);
        }
      });
      child.once("exit", (code) => reject(new Error(`the app ended with ${code}`)));
    });
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await shown}`);
    const page = browser.contexts()[0].pages()[0];
    const tell = async (message: ControlMessage) => void child.send(message);
    return {
      page,
      errorBoxes,
      answerDialog: (dialog, path) => tell({ type: "answer-dialog", dialog, path }),
      chooseMenu: (...labels) => tell({ type: "menu", labels }),
      startAgain: (path) => tell({ type: "second-instance", args: ["electron", path], folder: data }),
      async quit() {
        const ended = once(child, "exit");
        await browser.close();
        await tell({ type: "quit" });
        await ended;
      },
    };
  },
};
