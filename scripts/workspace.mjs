/** Functions that the scripts share: the location of the workspace, its installation, and running its programs. Runs on Node 20. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const isWindows = process.platform === "win32";
const bin = join(root, "node_modules", ".bin");
const pnpmVersion = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;

/** Environment of every program that is run: the workspace's programs, its Node among them, come first in PATH. */
function environment(extra = {}) {
  const pathKey = Object.keys(process.env).find((key) => key.toLowerCase() === "path") ?? "PATH";
  const path = [bin, process.env[pathKey]].filter(Boolean).join(isWindows ? ";" : ":");
  return { ...process.env, TURBO_TELEMETRY_DISABLED: "1", [pathKey]: path, ...extra };
}

/** Windows starts `.cmd` files only through its shell, which needs quotes around arguments with spaces. */
function shellQuoted(argument) {
  return /^[\w./:=@-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '\\"')}"`;
}

/**
 * Runs `[program, ...args]` in the root of the workspace; resolves to `{ code, output }`. With `show`, the program inherits the three standard
 * streams and `output` is empty; otherwise `output` holds standard output and error. The program is ended after `timeoutMs`; 0 means no limit.
 */
export function run([program, ...args], { show = false, env = {}, cwd = root, timeoutMs = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(isWindows ? shellQuoted(program) : program, isWindows ? args.map(shellQuoted) : args, {
      cwd,
      env: environment(env),
      shell: isWindows,
      timeout: timeoutMs,
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of show ? [] : [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => resolve({ code: 127, output: String(error) }));
    child.on("close", (code, signal) => resolve({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output }));
  });
}

/** Prints a progress line on standard error; standard output belongs to the program that is run. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a step of the set-up quietly. If it fails, prints its output and ends this process with its exit code. */
async function step(name, command, env = {}) {
  say(`${name} …`);
  const { code, output } = await run(command, { env });
  if (code === 0) return;
  say(output);
  say(`${name}: failed (${command.join(" ")})`);
  process.exit(code);
}

/** Installs the dependencies unless the installed ones match the lockfile exactly. */
export async function install() {
  const installed = join(root, "node_modules", ".pnpm", "lock.yaml");
  const isInstalled =
    existsSync(join(root, "node_modules", ".modules.yaml")) &&
    existsSync(installed) &&
    readFileSync(installed, "utf8") === readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
  if (isInstalled) return;
  const npx = isWindows ? "npx.cmd" : "npx";
  await step("Installing dependencies", [npx, "--yes", pnpmVersion, "install", "--frozen-lockfile"], { CI: "true" });
}

/** Newest modification time in milliseconds of all files under these folders, except build results and dependencies. */
function newestChange(folders) {
  let newest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === "node_modules" || entry.name === "dist" || entry.name === ".turbo") continue;
      const path = join(folder, entry.name);
      newest = Math.max(newest, entry.isDirectory() ? newestChange([path]) : statSync(path).mtimeMs);
    }
  }
  return newest;
}

const cli = join(root, "apps", "cli", "dist", "pushback.js");
const studio = join(root, "packages", "lab", "studio", "dist");

/** Whether a built file is newer than every source and than the lockfile. */
function isFresh(built) {
  if (!existsSync(built)) return false;
  const sources = newestChange([join(root, "packages"), join(root, "apps", "cli"), join(root, "scenarios")]);
  return statSync(built).mtimeMs > Math.max(sources, statSync(join(root, "pnpm-lock.yaml")).mtimeMs);
}

/** The built command line; `null` unless it is newer than every source. */
export function freshCli() {
  return isFresh(cli) ? cli : null;
}

/** The folder of the built studio; `null` unless it is newer than every source. */
export function freshStudio() {
  return isFresh(join(studio, "index.html")) ? studio : null;
}

/** Builds the command line unless it is newer than every source. */
export async function buildCli() {
  if (freshCli() !== null) return;
  await buildPackage("@pushback/cli");
  // A build from turbo's cache keeps its old date; `touch` saves the next run from asking turbo again.
  const now = new Date();
  utimesSync(cli, now, now);
}

/** Builds one package and the packages that it needs; turbo skips those that have not changed. */
export async function buildPackage(name) {
  await step(`Building ${name.replace("@pushback/", "the ")}`, ["turbo", "run", "build", `--filter=${name}`, "--output-logs=errors-only"]);
}

/** Runs the built command line with the workspace's Node and the caller's streams; resolves to its exit code. */
export async function runCli(args, cwd = process.env.INIT_CWD ?? process.cwd()) {
  const node = join(root, "node_modules", "node", "bin", isWindows ? "node.exe" : "node");
  return new Promise((resolve) => {
    const child = spawn(node, [cli, ...args], {
      cwd,
      stdio: "inherit",
      env: { PUSHBACK_PROGRAM: "npx pnpm@10.34.9 pushback", ...process.env },
    });
    // A terminal sends its interrupt to both processes; the command line decides how to react.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", (error) => {
      say(`cannot run ${node}: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}
