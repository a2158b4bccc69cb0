/** The driver that starts the app in Electron, if Electron's binary is installed. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { _electron } from "playwright-core";
import type { DesktopDriver } from "./desktop-driver.ts";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Path of Electron's binary; `null` if only the npm package is installed, which downloads the binary when it first runs. */
function electronBinary(): string | null {
  const folder = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  const named = join(folder, "path.txt");
  const path = existsSync(named) ? join(folder, "dist", readFileSync(named, "utf8")) : null;
  return path !== null && existsSync(path) ? path : null;
}

const binary = electronBinary();

export const electronDriver: DesktopDriver = {
  name: "Electron",
  missing: binary === null ? "Electron's binary is not installed: run apps/desktop/node_modules/.bin/install-electron" : null,
  async start(data, file) {
    const args = [MAIN, `--user-data-dir=${data}`, "--no-sandbox", ...(file === undefined ? [] : [file])];
    const app = await _electron.launch({ executablePath: binary as string, args });
    const errorBoxes: string[] = [];
    await app.evaluate(({ dialog }) => {
      const answers: Record<"open" | "save", (string | null)[]> = { open: [], save: [] };
      Object.assign(globalThis, { answers, errorBoxes: [] as string[] });
      dialog.showOpenDialog = async () => {
        const path = answers.open.shift() ?? null;
        return { canceled: path === null, filePaths: path === null ? [] : [path] };
      };
      dialog.showSaveDialog = async () => {
        const filePath = answers.save.shift() ?? null;
        return { canceled: filePath === null, filePath: filePath ?? "" };
      };
      dialog.showErrorBox = (title, content) => console.log(`error-box ${title}: ${content}`);
    });
    app.on("console", (message) => {
      const [, text] = /^error-box (.*)$/s.exec(message.text()) ?? [];
      if (text !== undefined) errorBoxes.push(text);
    });
    return {
      page: await app.firstWindow(),
      errorBoxes,
      answerDialog: (dialog, path) =>
        app.evaluate(
          (_electronModule, { kind, answer }) => {
            (globalThis as unknown as { answers: Record<string, (string | null)[]> }).answers[kind].push(answer);
          },
          { kind: dialog, answer: path },
        ),
      chooseMenu: (...labels) =>
        app.evaluate(({ Menu }, way) => {
          let items = Menu.getApplicationMenu()?.items ?? [];
          for (const [i, label] of way.entries()) {
            const item = items.find((candidate) => candidate.label.replaceAll("&", "") === label);
            if (i === way.length - 1) item?.click();
            items = item?.submenu?.items ?? [];
          }
        }, labels),
      startAgain: (path) => app.evaluate(({ app: own }, named) => void own.emit("second-instance", {}, ["electron", named], "/"), path),
      quit: () => app.close(),
    };
  },
};
