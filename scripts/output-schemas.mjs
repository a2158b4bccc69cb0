/** Writes docs/schemas from the types of `apps/cli/src/shared/json-outputs.ts`. With `--check` it only names the files that differ. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";
import { root, say } from "./workspace.mjs";

const TYPES = join(root, "apps/cli/src/shared/json-outputs.ts");
const FOLDER = join(root, "docs/schemas");
const MAC = { type: "string", pattern: "^([0-9a-f]{2}:){5}[0-9a-f]{2}$" };

/** `DiagnoseOutput`: diagnose.schema.json. */
const fileOf = (type) => `${type.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase()}.schema.json`;

/** Addresses are numbers in the program and texts in JSON (`eventJson`). */
function withAddresses(value) {
  if (Array.isArray(value)) return value.map(withAddresses);
  if (typeof value !== "object" || value === null) return value;
  const changed = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withAddresses(part)]));
  if (changed.Ipv4Address) changed.Ipv4Address = { type: "string", format: "ipv4" };
  if (changed.mac?.type === "number") changed.mac = { ...changed.mac, ...MAC };
  return changed;
}

const names = [...readFileSync(TYPES, "utf8").matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name]) => name);
const generator = createGenerator({
  path: TYPES,
  tsconfig: join(root, "apps/cli/tsconfig.json"),
  skipTypeCheck: true,
  sortProps: false,
  topRef: true,
});
const wanted = new Map(names.map((name) => [fileOf(name), `${JSON.stringify(withAddresses(generator.createSchema(name)), null, 2)}\n`]));

const plain = (text) => JSON.stringify(JSON.parse(text));
const present = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
const differing = [...wanted.keys(), ...present.filter((file) => !wanted.has(file))].filter((file) => {
  const path = join(FOLDER, file);
  return !wanted.has(file) || !existsSync(path) || plain(readFileSync(path, "utf8")) !== plain(wanted.get(file));
});

if (process.argv.includes("--check")) {
  for (const file of differing)
    say(`docs/schemas/${file} is out of date: run node scripts/output-schemas.mjs, then npx biome check --write docs`);
  process.exitCode = differing.length > 0 ? 1 : 0;
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, text] of wanted) writeFileSync(join(FOLDER, file), text);
  say(`${wanted.size} schemas written`);
}
