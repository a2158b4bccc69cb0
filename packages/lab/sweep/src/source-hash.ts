/**
 * Hash of everything that determines the result of a run: the sources of the scenario package and of all packages below it, the versions of
 * their dependencies, and what makes a sweep's rows of a run.
 */

import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const ENGINE = "@pushback/scenario";
/** The module that makes the rows of a sweep from a run. The other modules of the sweep package plan, store and report rows. */
const ROWS = "packages/lab/sweep/src/job.ts";
const HASH_DIGITS = 12;

/** Folders of the workspace's packages by package name. */
function packageFolders(root: string): Map<string, { readonly folder: string; readonly manifest: Manifest }> {
  const found = globSync("packages/*/*/package.json", { cwd: root }).map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
    return [manifest.name, { folder: join(root, path, ".."), manifest }] as const;
  });
  return new Map(found);
}

/** Root of the workspace that contains `folder`. Throws a RangeError if there is none. */
export function workspaceAbove(folder: string): string {
  for (let root = folder; ; root = dirname(root)) {
    if (existsSync(join(root, "pnpm-workspace.yaml"))) return root;
    if (root === dirname(root)) throw new RangeError(`${folder} is in no workspace`);
  }
}

/** Hash of the workspace at `root`, twelve hexadecimal digits. Tests, benchmarks and documentation do not count. */
export function hashEngineSources(root: string): string {
  const packages = packageFolders(root);
  const hash = createHash("sha256");
  const pending = [ENGINE];
  const seen = new Set(pending);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const entry = packages.get(name);
    if (entry === undefined) continue;
    const { folder, manifest } = entry;
    const dependencies = Object.entries(manifest.dependencies ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    hash.update(JSON.stringify([name, dependencies]));
    const files = globSync("src/**/*.{ts,js}", { cwd: folder }).filter((file) => !/\.(test|bench)\.ts$|[\\/]testing[\\/]/.test(file));
    for (const file of files.map((path) => path.replaceAll("\\", "/")).sort()) {
      hash.update(JSON.stringify([file, readFileSync(join(folder, file), "utf8")]));
    }
    for (const [dependency] of dependencies) {
      if (seen.has(dependency)) continue;
      seen.add(dependency);
      pending.push(dependency);
    }
    pending.sort();
  }
  hash.update(readFileSync(join(root, ROWS), "utf8"));
  return hash.digest("hex").slice(0, HASH_DIGITS);
}

/** Root of the workspace that holds `file`, a path of one of its packages' source files. */
export function workspaceOf(file: string): string {
  const parts = file.replaceAll("\\", "/").split("/");
  const at = parts.lastIndexOf("packages");
  if (at < 0) throw new RangeError(`${basename(file)} is in no package of the workspace`);
  return parts.slice(0, at).join("/");
}
