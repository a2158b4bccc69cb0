/** What commands print with --json is what docs/schemas says, which is made from the types. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCapture } from "@pushback/capture";
import { Diagnostician } from "@pushback/diagnose";
import { eventJson, recordingJson, runScenario } from "@pushback/scenario";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { pushback, workFolder } from "../testing/command.ts";
import { loadScenario } from "./gallery.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const CAPTURES = join(ROOT, "packages/lab/diagnose/captures");
const { path: folder, run } = workFolder("pushback-json-");

function checker(name: string): (value: unknown) => string {
  const ajv = new Ajv({ allErrors: false, strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(ROOT, "docs/schemas", `${name}.schema.json`), "utf8")) as object);
  return (value) => (validate(value) ? "" : ajv.errorsText(validate.errors));
}

const parsed = (text: string): unknown => JSON.parse(text);

it("has schemas that are made from the types", () => {
  const node = process.execPath;
  expect(() => execFileSync(node, [join(ROOT, "scripts/output-schemas.mjs"), "--check"], { stdio: "pipe" })).not.toThrow();
});

it("prints a diagnosis of every built-in capture by its schema", () => {
  const check = checker("diagnose-output");
  for (const name of readdirSync(CAPTURES)) {
    const file = readdirSync(join(CAPTURES, name)).find((entry) => entry.startsWith("capture.")) ?? "";
    const bytes = readFileSync(join(CAPTURES, name, file));
    const diagnostician = new Diagnostician();
    readCapture(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, { packet: (p) => diagnostician.packet(p) });
    expect([name, check(parsed(JSON.stringify({ capture: file, ...diagnostician.finish(), problem: null })))]).toEqual([name, ""]);
  }
  const { code, stdout } = run("diagnose", join(CAPTURES, "damaged", "capture.pcap"), "--json");
  expect([code, check(parsed(stdout))]).toEqual([3, ""]);
});

describe.each(["second-reboot", "dhcp-new-address", "server-reboot", "laptop-moves", "nat-timeout", "one-mailbox-two-machines"])(
  "a run of %s",
  (name) => {
    it("has events and a recording by their schemas, with addresses as text", () => {
      const recording = runScenario(loadScenario(name), { variants: ["network-client-3.0", "nt-4.0"], seed: "1" });
      const checkLine = checker("run-line");
      const seen = new Set<string>();
      for (const event of recording.events.map((e) => e)) {
        // One event of each kind and layer shows its form.
        const kind = `${event.layer} ${event.event.type}`;
        if (seen.has(kind)) continue;
        seen.add(kind);
        expect([kind, checkLine(parsed(eventJson(event)))]).toEqual([kind, ""]);
      }
      const text = recordingJson(recording);
      expect(checker("recording-file")(parsed(text))).toBe("");
      const addresses = new Set(recording.machines.map(({ address }) => address));
      const numbers = [...text.matchAll(/"(\w+)":(\d+)/g)].filter(
        ([, key, digits]) => !key.endsWith("Us") && addresses.has(Number(digits)),
      );
      expect(numbers.map(([, key]) => key)).toEqual([]);
    });
  },
);

it("prints the outputs of all other commands by their schemas", () => {
  const capture = join(CAPTURES, "article-ms-dos", "capture.pcapng");
  const outputs = [
    ["show-line", ["show", capture, "--json"]],
    ["run-line", ["run", "read-in-time", "--platforms", "macintosh", "--json"]],
    ["scenarios-output", ["scenarios", "--json"]],
    ["platforms-output", ["platforms", "--json"]],
    ["platform-output", ["platforms", "mactcp", "--json"]],
    ["platform-check-output", ["platforms", "nt-4.0", "--check", "--json"]],
    ["sweep-line", ["sweep", "read-in-time", "--platforms", "ms-dos", "--json", "--out", join(folder, "sweep")]],
  ] as const;
  for (const [name, args] of outputs) {
    const { code, stdout, stderr } = pushback(args, { cwd: folder });
    expect([name, code], stderr).toEqual([name, 0]);
    const check = checker(name);
    const values = name.endsWith("-line") ? stdout.trimEnd().split("\n") : [stdout];
    for (const value of values) expect([name, check(parsed(value))]).toEqual([name, ""]);
  }
});
