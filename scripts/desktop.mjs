/**
 * `npm run desktop`: starts the desktop app. If Electron's binary is not available, opens the same studio in a browser. An argument names a file to
 * open.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildCli, buildPackage, install, root, run, runCli, say } from "./workspace.mjs";

const app = join(root, "apps", "desktop");
const electron = join(app, "node_modules", "electron");
/** Time limit of the download in milliseconds: long enough for a slow line; a host that can't be reached fails sooner. */
const FETCH_MS = 300_000;

/** Path of Electron's binary; `null` while only its npm package is installed. */
function electronBinary() {
  const named = join(electron, "path.txt");
  const binary = existsSync(named) ? join(electron, "dist", readFileSync(named, "utf8")) : "";
  return binary !== "" && existsSync(binary) ? binary : null;
}

/** Downloads Electron's binary, which the npm package does at its first run. Returns `null` after a failure, and prints the reason. */
async function fetchElectron() {
  say("Fetching Electron …");
  const { output } = await run(["node", join(electron, "install.js")], { timeoutMs: FETCH_MS });
  const binary = electronBinary();
  if (binary === null) {
    const reason = /(?:Error: |ended by |RequestError: ).*/.exec(output)?.[0] ?? "no reason given";
    say(`Electron's binary could not be fetched (${reason.trim()}): the studio opens in the browser instead.`);
  }
  return binary;
}

await install();
const binary = electronBinary() ?? (await fetchElectron());
const args = process.argv.slice(2);
if (binary === null) {
  await buildCli();
  await buildPackage("@pushback/studio");
  process.exitCode = await runCli(["studio", ...args]);
} else {
  await buildPackage("@pushback/desktop");
  const child = spawn(binary, [app, ...args], { stdio: "inherit" });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("close", (code) => {
    process.exitCode = code ?? 1;
  });
}
