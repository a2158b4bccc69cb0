/**
 * `npm run package [-- FORMAT…]`: makes what users install, in `out/packages`: the npm package `pushback` (program, studio, scenarios, man page) and a
 * Debian package of the same files; and, where their programs are there, the desktop app and a container's image. Publishing is described in
 * CONTRIBUTING.md.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildCli, buildPackage, install, root, run, say } from "./workspace.mjs";

const output = join(root, "out", "packages");
const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const cli = read("apps/cli/package.json");

/** Dependencies that are not part of the bundled program, as tsup.config.ts lists them. */
const BUNDLED = ["piscina"];
/** For TAP interfaces; without it the commands that need one say so. */
const OPTIONAL = ["koffi"];
/** For sweeps through Redis; users install them beside the package. */
const PEERS = ["bullmq", "ioredis"];
const versions = (names) => Object.fromEntries(names.map((name) => [name, cli.dependencies[name]]));

/** Output of a program that must succeed. The program itself stores no compile cache, which would become part of the package. */
async function must(command, options = {}) {
  const { code, output: text } = await run(command, { ...options, env: { NODE_DISABLE_COMPILE_CACHE: "1" } });
  if (code !== 0) throw new Error(`${command.join(" ")}: exit code ${code}\n${text}`);
  return text;
}

/** Copies the program and everything that it reads into `folder`, as the npm package has it. */
async function fill(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const dist = join(root, "apps/cli/dist");
  cpSync(dist, join(folder, "dist"), { recursive: true, filter: (path) => !relative(dist, path).startsWith(".compiled") });
  chmodSync(join(folder, "dist/pushback.js"), 0o755);
  const program = join(folder, "dist/pushback.js");
  const text = readFileSync(program, "utf8");
  if (!text.startsWith("#!")) writeFileSync(program, `#!/usr/bin/env node\n${text}`);
  cpSync(join(root, "packages/lab/studio/dist"), join(folder, "studio"), { recursive: true });
  cpSync(join(root, "scenarios"), join(folder, "scenarios"), { recursive: true });
  // The scenario files of the gallery refer to the schema by this path, for editors.
  cpSync(join(root, "docs/scenario.schema.json"), join(folder, "docs/scenario.schema.json"));
  for (const name of BUNDLED)
    cpSync(realpathSync(join(root, "apps/cli/node_modules", name)), join(folder, "node_modules", name), { recursive: true });
  for (const name of ["LICENSE", "CHANGELOG.md"]) cpSync(join(root, name), join(folder, name));
  cpSync(join(root, "apps/cli/README.md"), join(folder, "README.md"));
  const manual = await must(["node", program, "man"]);
  mkdirSync(join(folder, "man"));
  writeFileSync(join(folder, "man/pushback.1"), manual);
  const manifest = {
    name: "pushback",
    version: cli.version,
    description: read("package.json").description,
    license: cli.license,
    type: "module",
    keywords: ["exchange", "mapi", "icmp", "udp", "pcap", "tcp-ip", "emulator", "retrocomputing"],
    bin: cli.bin,
    man: ["./man/pushback.1"],
    files: ["dist", "studio", "scenarios", "docs", "man", "CHANGELOG.md"],
    engines: { node: ">=22.13" },
    dependencies: versions(BUNDLED),
    bundleDependencies: BUNDLED,
    optionalDependencies: versions(OPTIONAL),
    peerDependencies: versions(PEERS),
    peerDependenciesMeta: Object.fromEntries(PEERS.map((name) => [name, { optional: true }])),
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function npmPackage(folder) {
  await must(["npm", "pack", "--pack-destination", output, "--ignore-scripts"], { cwd: folder });
  return join(output, `pushback-${cli.version}.tgz`);
}

/** The Debian package: the npm package's files in /usr/lib/pushback, a link in /usr/bin, the man page and completions where Debian keeps them. */
async function debianPackage(folder) {
  const tree = join(output, "deb");
  rmSync(tree, { recursive: true, force: true });
  const library = join(tree, "usr/lib/pushback");
  cpSync(folder, library, { recursive: true });
  rmSync(join(library, "man"), { recursive: true });
  const program = join(folder, "dist/pushback.js");
  const place = (path, text, mode = 0o644) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode });
  };
  place("usr/bin/pushback", '#!/bin/sh\nexec node /usr/lib/pushback/dist/pushback.js "$@"\n', 0o755);
  place("usr/share/bash-completion/completions/pushback", await must(["node", program, "completion", "bash"]));
  place("usr/share/zsh/vendor-completions/_pushback", await must(["node", program, "completion", "zsh"]));
  place("usr/share/fish/vendor_completions.d/pushback.fish", await must(["node", program, "completion", "fish"]));
  place("usr/share/doc/pushback/copyright", readFileSync(join(root, "LICENSE"), "utf8"));
  place("usr/share/man/man1/pushback.1", readFileSync(join(folder, "man/pushback.1"), "utf8"));
  await must(["gzip", "-9n", join(tree, "usr/share/man/man1/pushback.1")]);
  const control = {
    Package: "pushback",
    Version: cli.version,
    Section: "net",
    Priority: "optional",
    Architecture: "all",
    Depends: "nodejs (>= 22.13)",
    Suggests: "wireshark, tshark, redis-server",
    Maintainer: "The Pushback maintainers <maintainers@pushback.invalid>",
    Description: `${read("package.json").description}\n Five client platforms, a mail server, captures and their diagnosis, and a studio in the browser.`,
  };
  const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
  place("DEBIAN/control", lines.join(""));
  const path = join(output, `pushback_${cli.version}_all.deb`);
  await must(["dpkg-deb", "--root-owner-group", "--build", tree, path]);
  rmSync(tree, { recursive: true });
  return path;
}

/** The desktop app, unpacked, for this system; electron-builder's own options make installers. */
async function desktopApp() {
  await buildPackage("@pushback/desktop");
  await must(["npm", "run", "package"], { cwd: join(root, "apps/desktop") });
  return join(root, "apps/desktop/release");
}

/** A container's image, by the first of these programs that is there. */
async function containerImage() {
  await must([containerBuilder(), "build", "--tag", `pushback:${cli.version}`, "."]);
  return join(root, "Dockerfile");
}

const isFile = (path) => (existsSync(path) ? [] : [path]);
/** The client program alone is not enough: `info` fails where its engine does not run. */
const containerBuilder = () => ["docker", "podman"].find((name) => spawnSync(name, ["info"], { stdio: "ignore" }).status === 0);

/** Package formats by name. `make` builds the package; `missing` lists the programs or files that it needs and this computer lacks. */
const FORMATS = {
  npm: { make: npmPackage, missing: () => [] },
  deb: { make: debianPackage, missing: () => isFile("/usr/bin/dpkg-deb") },
  desktop: {
    make: desktopApp,
    missing: () => isFile(join(root, "apps/desktop/node_modules/electron/path.txt")).map(() => "Electron's binary"),
  },
  image: { make: containerImage, missing: () => (containerBuilder() ? [] : ["an engine of docker or podman"]) },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(FORMATS, name));
if (unknown.length > 0) {
  say(`no format ${unknown.join(", ")}; there are ${Object.keys(FORMATS).join(", ")}`);
  process.exit(2);
}
await install();
await buildCli();
await buildPackage("@pushback/studio");
mkdirSync(output, { recursive: true });
for (const old of readdirSync(output).filter((name) => /^pushback[-_]/.test(name))) rmSync(join(output, old), { recursive: true });
const folder = join(output, "pushback");
await fill(folder);
for (const [name, { make, missing }] of Object.entries(FORMATS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const lacks = missing();
  if (lacks.length > 0) {
    say(`${name}: left out, because ${lacks.join(", ")} is not there`);
    if (asked.includes(name)) process.exitCode = 1;
    continue;
  }
  process.stdout.write(`${relative(root, await make(folder))}\n`);
}
