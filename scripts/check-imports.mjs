/**
 * Compares the import table (`import-table.mjs`) with the imports in the source. Prints one line per violation, then the numbers of modules and
 * edges checked.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join, posix } from "node:path";
import { cruise } from "dependency-cruiser";
import * as table from "./import-table.mjs";
import { root } from "./workspace.mjs";

// The folder src/testing of a package holds code that its tests share.
const isTest = (file) => /\.(test|bench)\.tsx?$|\/src\/testing\//.test(file);
const folderOf = (file) =>
  file
    .split("/")
    .slice(0, file.startsWith("apps/") ? 2 : 3)
    .join("/");
const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});
const posixGlob = (pattern, cwd) =>
  globSync(pattern, { cwd, exclude: ["**/node_modules", "**/dist"] }).map((path) => path.replaceAll("\\", "/"));

/** Every module of the workspace with its resolved dependencies, as dependency-cruiser reports them. */
async function readModules(baseDir, files) {
  const options = {
    baseDir,
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ["pushback-source", "import", "node", "default"], exportsFields: ["exports"] },
  };
  const { output } = await cruise(files, options);
  return output.modules.filter((module) => files.includes(module.source));
}

/**
 * Checks the workspace at `baseDir` against a table of the shape of `import-table.mjs`. Returns `{ violations, modules, edges }`:
 * `violations` are sentences; `modules` and `edges` count the modules and the edges between packages that were checked.
 */
export async function checkImports(baseDir, { IMPORT_TABLE, TESTS_ONLY_TABLE, APPS, NODE_ALLOWED, ELECTRON_ALLOWED }) {
  const violations = [];
  const listed = { ...IMPORT_TABLE, ...TESTS_ONLY_TABLE };
  const folderByName = new Map(Object.keys(listed).map((folder) => [`@pushback/${basename(folder)}`, folder]));
  const rootDev = Object.keys(readJson(join(baseDir, "package.json")).devDependencies ?? {});
  const devOf = (folder) => [...rootDev, ...Object.keys(readJson(join(baseDir, folder, "package.json")).devDependencies ?? {})];

  /** Whether a specifier is a package's name, or an entry in `exports` of its manifest. */
  const isExported = (specifier) => {
    const [scope, name, ...rest] = specifier.split("/");
    const folder = folderByName.get(`${scope}/${name}`);
    return (
      folder !== undefined &&
      (rest.length === 0 || `./${rest.join("/")}` in (readJson(join(baseDir, folder, "package.json")).exports ?? {}))
    );
  };

  const files = posixGlob("{packages/*/*,apps/*}/src/**/*.{ts,tsx}", baseDir).sort();
  const present = new Set(
    [...posixGlob("packages/*/*/package.json", baseDir), ...posixGlob("apps/*/package.json", baseDir)].map(posix.dirname),
  );
  for (const folder of present) {
    if (!(folder in listed) && !APPS.includes(folder)) violations.push(`${folder} is not in the table`);
  }
  for (const folder of Object.keys(listed)) if (!present.has(folder)) violations.push(`${folder} is in the table but doesn't exist`);

  const modules = files.length ? await readModules(baseDir, files) : [];
  // With a compiler that it can't use, dependency-cruiser finds no modules and reports no error.
  if (modules.length !== files.length || files.length === 0)
    violations.push(`saw ${modules.length} modules of ${files.length} source files`);

  const used = new Set();
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    const test = isTest(source);
    const anyShipped = APPS.includes(from) ? Object.keys(IMPORT_TABLE) : [];
    for (const { module: specifier, resolved, couldNotResolve, circular, cycle } of dependencies) {
      const say = (reason) => violations.push(`${source} imports ${specifier}: ${reason}`);
      if (isBuiltin(specifier)) {
        if (!test && !APPS.includes(from) && !NODE_ALLOWED.includes(from)) say("only apps and tests may import Node's modules");
        continue;
      }
      if (specifier === "electron" && !ELECTRON_ALLOWED.includes(from)) say(`only ${ELECTRON_ALLOWED.join(", ")} may import electron`);
      if (circular) say(`circular, through ${cycle.map((step) => step.name ?? step).join(" → ")}`);
      const to = folderByName.get(specifier) ?? (/^(packages|apps)\//.test(resolved) ? folderOf(resolved) : undefined);
      if (to !== undefined && to !== from) {
        if (!isExported(specifier)) say("not exported: a path past the index of the package");
        const allowed = (listed[from] ?? []).map((name) => folderByName.get(`@pushback/${name}`)).concat(anyShipped);
        const allowedInTest = test && devOf(from).includes(`@pushback/${basename(to)}`);
        if (!allowed.includes(to) && !allowedInTest) say("this edge is not in the table");
        if (!test) used.add(`${from} → ${to}`);
      }
      if (couldNotResolve) say("not found; is it a dependency of this package?");
    }
  }

  for (const [folder, names] of Object.entries(listed)) {
    const sources = files.filter((file) => folderOf(file) === folder && !isTest(file));
    // An empty index marks a package that has not been written yet; its edges need no use.
    const isWritten =
      sources.length > 1 || (sources.length === 1 && readFileSync(join(baseDir, sources[0]), "utf8").trim() !== "export {};");
    for (const name of isWritten ? names : []) {
      if (!used.has(`${folder} → ${folderByName.get(`@pushback/${name}`)}`))
        violations.push(`${folder} → ${name} is in the table but nothing uses it`);
    }
  }
  return { violations, modules: modules.length, edges: used.size };
}

if (import.meta.filename === process.argv[1]) {
  const { violations, modules, edges } = await checkImports(root, table);
  for (const violation of violations) console.error(violation);
  console.log(`${modules} modules, ${edges} edges between packages, ${violations.length} violations`);
  process.exitCode = violations.length ? 1 : 0;
}
