/** A validator that is not ours accepts and refuses what the program does. */

import { globSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { CATALOGUE } from "./catalogue.ts";
import { parseScenario } from "./scenario-file.ts";

const GALLERY = new URL("../../../../scenarios/", import.meta.url);
const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
const accepts = ajv.compile(CATALOGUE.scenarioJsonSchema());
const gallery = globSync("*.yaml", { cwd: GALLERY }).sort();
const article = () => parse(readFileSync(new URL("kb-q159302.yaml", GALLERY), "utf8"));

// biome-ignore lint/suspicious/noExplicitAny: files of any shape are tried.
type File = any;

describe("the JSON Schema of scenario files", () => {
  it.each(gallery)("accepts %s of the gallery", (name) => {
    accepts(parse(readFileSync(new URL(name, GALLERY), "utf8")));
    expect(accepts.errors).toBeNull();
  });

  const BAD: readonly (readonly [string, (file: File) => void])[] = [
    ["an unknown step", (f) => (f.steps[0] = { at: "45s", login: "client" })],
    ["a step with two actions", (f) => (f.steps[0] = { at: "45s", logon: "client", reboot: "client" })],
    ["a step without an action", (f) => (f.steps[0] = { at: "45s" })],
    ["a step without a time", (f) => (f.steps[0] = { logon: "client" })],
    ["an unknown platform", (f) => (f.clients[0].platform = "windows-59")],
    ["an unknown server platform", (f) => (f.server = { platform: "each" })],
    ["a mix with an unknown platform", (f) => Object.assign(f.clients[0], { platform: { "ms-dos": 1, os2: 2 }, count: 10 })],
    ["an unknown group of values", (f) => (f.clients[0].set = { personalty: {} })],
    ["an unknown value of a platform", (f) => (f.clients[0].set = { personality: { foo: 1 } })],
    ["a value of another type", (f) => (f.clients[0].set = { personality: { ttl: "many" } })],
    ["a length of time in words", (f) => (f.duration = "2 hours")],
    ["an unknown metric", (f) => (f.expect.every = { foo: 1 })],
    ["an unknown claim", (f) => (f.expect.claims = ["foo"])],
    ["expectations of an unknown platform", (f) => (f.expect.platforms = { os2: {} })],
    ["an unknown setting", (f) => (f.foo = 1)],
    ["no client", (f) => (f.clients = [])],
    ["a loss above 1", (f) => (f.network = { loss: 2 })],
    ["an address that is none", (f) => (f.clients[0].address = "300.1.1.1")],
  ];
  it.each(BAD)("refuses %s, as the program does", (_, change) => {
    const file = article();
    change(file);
    expect(accepts(file)).toBe(false);
    expect(parseScenario("bad", stringify(file)).ok).toBe(false);
  });

  it("accepts every value of every platform as it stands", () => {
    for (const { variants } of CATALOGUE.platforms)
      for (const variant of variants) {
        const file = article();
        const personality = Object.fromEntries(Object.entries(variant.personality).map(([name, fact]) => [name, fact.value]));
        file.clients[0].platform = variant.id;
        file.clients[0].set = { personality };
        accepts(file);
        expect(accepts.errors).toBeNull();
      }
  });
});
