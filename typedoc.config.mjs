/** The API reference of all public packages, made from their docstrings: `npx pnpm@10.34.9 api` writes it to docs/api. */
import { BROWSER_ONLY, IMPORT_TABLE } from "./scripts/import-table.mjs";

const packages = Object.keys(IMPORT_TABLE).filter((folder) => !BROWSER_ONLY.includes(folder));

export default {
  name: "Pushback",
  entryPoints: packages.map((folder) => `${folder}/src/index.ts`),
  tsconfig: "tsconfig.api.json",
  out: "docs/api",
  readme: "none",
  includeVersion: true,
  excludePrivate: true,
  excludeInternal: true,
  // A type that a public signature names but the package does not export is described where it is used.
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  treatWarningsAsErrors: true,
  sourceLinkTemplate: "{path}#L{line}",
  disableGit: true,
  sourceLinkExternal: false,
  hideGenerator: true,
  basePath: ".",
};
