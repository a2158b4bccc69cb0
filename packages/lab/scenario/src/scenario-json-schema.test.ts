/** An independent JSON Schema validator (Ajv) accepts and refuses the same scenario files as the program does. */

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
    ["a run of no time", (f) => (f.duration = "0s")],
    ["a run of no time, in another way", (f) => (f.duration = "0h0m")],
    ["a server that notifies all the time", (f) => (f.server = { notificationInterval: "0" })],
    ["a length of time that is empty", (f) => (f.steps[0].at = "")],
    ["a fleet of each platform", (f) => (f.clients[0].count = 2)],
    ["a mix without a count", (f) => (f.clients[0].platform = { "nt-4.0": 1 })],
    ["a mix of no platform", (f) => Object.assign(f.clients[0], { platform: {}, count: 2 })],
    ["a fleet with a long name", (f) => f.clients.push({ name: "a".repeat(25), platform: "nt-4.0", count: 2 })],
    ["a fleet with one address", (f) => f.clients.push({ name: "a", platform: "nt-4.0", count: 2, address: "10.1.9.77" })],
    ["the same platform as no other client", (f) => f.clients.push({ name: "a", platform: "same" })],
    ["an address of several machines", (f) => (f.clients[0].address = "10.1.9.77")],
    ["a second program with an address", (f) => f.clients.push({ name: "a", platform: "same", on: "client", address: "10.1.9.77" })],
    ["a second program of another platform", (f) => f.clients.push({ name: "a", platform: "nt-4.0", on: "client" })],
    ["a clock that is set both ways", (f) => f.steps.push({ at: "1m", clock: { machine: "client", ahead: "1h", back: "1h" } })],
    ["a clock that is not set", (f) => f.steps.push({ at: "1m", clock: { machine: "client" } })],
    ["two addresses", (f) => f.steps.push({ at: "1m", address: { machine: "client", new: true, takes: "client" } })],
    ["a key of another step", (f) => f.steps.push({ at: "1m", logon: "client", how: "reset" })],
    ["a stagger where there is none", (f) => f.steps.push({ at: "1m", stagger: "1m", address: { machine: "client", new: true } })],
    ["a firewall without a router", (f) => (f.network = { firewall: [{ protocol: "udp" }] })],
    ["a binding that lasts no time", (f) => (f.network = { segments: [{ name: "branch", nat: { udp: "0s" } }] })],
    ["a value of a platform below 0", (f) => (f.clients[0].set = { personality: { ttlUdp: -1 } })],
    ["no value of a platform", (f) => (f.clients[0].set = { personality: { ttlUdp: null } })],
    ["an unknown choice", (f) => (f.clients[0].set = { personality: { dfTcp: "sometimes" } })],
    ["an unknown value inside a value", (f) => (f.clients[0].set = { personality: { tcpPorts: { foo: 1 } } })],
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
