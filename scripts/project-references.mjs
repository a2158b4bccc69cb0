/**
 * Writes `tsconfig.json` of every package from the import table and the package's manifest, and the list of references in the root's. With
 * `--check` it writes nothing and fails if a
 * file on disk differs. One `tsc -b` checks types and writes declarations; each package is compiled against the declarations of the packages that
 * it imports.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { APPS, BROWSER_ONLY, IMPORT_TABLE, NODE_ALLOWED, TESTS_ONLY_TABLE } from "./import-table.mjs";
import { root } from "./workspace.mjs";

const table = { ...IMPORT_TABLE, ...TESTS_ONLY_TABLE };
const packages = Object.keys(table).filter((folder) => !BROWSER_ONLY.includes(folder));
const folderOf = (name) => Object.keys(table).find((folder) => basename(folder) === name);
const isTestsOnly = (folder) => folder in TESTS_ONLY_TABLE;

/** A package without Node's types has only the language's own library and `packages/environment.d.ts`. */
function packageConfig(folder) {
  const onNode = NODE_ALLOWED.includes(folder) || isTestsOnly(folder);
  return {
    extends: "../../../tsconfig.package.json",
    compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: "dist/tsconfig.tsbuildinfo", ...(onNode && { types: ["node"] }) },
    include: onNode ? ["src/**/*.ts"] : ["src/**/*.ts", "../../environment.d.ts"],
    exclude: ["src/**/*.test.ts", "src/**/*.bench.ts", "src/testing"],
    references: table[folder].map((name) => ({ path: relative(join(root, folder), join(root, folderOf(name))).replaceAll("\\", "/") })),
  };
}

/** All packages: code outside the table may import each of them. */
function referencesFrom(folder) {
  return packages.map((to) => ({ path: relative(join(root, folder), join(root, to)).replaceAll("\\", "/") }));
}

function withReferences(path, references) {
  return { ...JSON.parse(readFileSync(join(root, path), "utf8")), references };
}

const leaves = [
  "packages/lab/studio/tsconfig.json",
  "packages/lab/studio/tsconfig.test.json",
  ...APPS.map((app) => `${app}/tsconfig.json`),
];
const leafReferences = (path) => withReferences(path, referencesFrom(join(path, "..")));

/** Every file that this script generates, by path. */
const files = {
  ...Object.fromEntries(packages.map((folder) => [`${folder}/tsconfig.json`, packageConfig(folder)])),
  ...Object.fromEntries(leaves.map((path) => [path, leafReferences(path)])),
  "tsconfig.tests.json": withReferences("tsconfig.tests.json", referencesFrom(".")),
  "tsconfig.json": {
    files: [],
    references: [...packages, ...leaves, "tsconfig.tests.json"].map((path) => ({ path: `./${path}` })),
  },
};

const isCheck = process.argv.includes("--check");
let differing = 0;
for (const [path, config] of Object.entries(files)) {
  const wanted = `${JSON.stringify(config, null, 2)}\n`;
  const full = join(root, path);
  const found = existsSync(full) ? JSON.stringify(JSON.parse(readFileSync(full, "utf8"))) : null;
  if (found === JSON.stringify(config)) continue;
  differing++;
  if (isCheck) console.error(`${path} is out of date: run node scripts/project-references.mjs`);
  else writeFileSync(full, wanted);
}
console.log(isCheck ? `${Object.keys(files).length} project files, ${differing} out of date` : `${differing} project files written`);
process.exitCode = isCheck && differing ? 1 : 0;
