/** The built-in captures: the diagnosis of each must equal the findings that follow from how it was made. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describeCaptureFault, readCapture } from "@pushback/capture";
import { describe, expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import { udpFrame } from "./testing/capture-mix.ts";
import { writeCaptures } from "./testing/make-captures.ts";
import type { Expectation, ExpectedFinding } from "./testing/suite-recordings.ts";

const FOLDER = new URL("../captures/", import.meta.url);
const NAMES = readdirSync(FOLDER).sort();
/** Cases from outside, each with a README that says where it comes from; no script makes them. */
const FIELD = new URL("../field-captures/", import.meta.url);
const FIELD_NAMES = readdirSync(FIELD).sort();
/** The end of a dead session is predicted up to six seconds early, the time of its keep-alive probes. */
const END_TOLERANCE_US = 7_000_000;

function fieldsOf(f: Finding, wanted: ExpectedFinding): ExpectedFinding {
  const all = {
    verdict: f.verdict,
    benign: f.benign,
    confidence: f.confidence,
    from: f.from,
    to: f.to,
    port: f.port,
    errors: f.errors,
    clientPort: f.session?.clientPort ?? null,
    userDn: f.session?.userDn,
    endsAtUs: f.endsAtUs,
    endSeen: f.endSeen,
    platform: f.platforms[0]?.name ?? "",
  };
  const shown = Object.fromEntries(Object.entries(all).filter(([key]) => key in wanted)) as unknown as typeof all;
  // Values within the tolerance are replaced by the expected ones, so that only real differences fail.
  if (wanted.endsAtUs && f.endsAtUs && Math.abs(wanted.endsAtUs - f.endsAtUs) <= END_TOLERANCE_US) shown.endsAtUs = wanted.endsAtUs;
  if (wanted.platform && shown.platform.includes(wanted.platform)) shown.platform = wanted.platform;
  return shown as ExpectedFinding;
}

describe("the built-in captures", () => {
  it("are at least 25", () => expect(NAMES.length).toBeGreaterThanOrEqual(25));

  it("are those that the script makes", ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), "pushback-captures-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    // Makes a frame first: frames made earlier must not change the captures.
    udpFrame(0, 1, 2, 3, 4, new Uint8Array(0));
    writeCaptures(folder);
    expect(readdirSync(folder).sort()).toEqual(NAMES);
    for (const name of NAMES) {
      const files = readdirSync(join(folder, name)).sort();
      expect(readdirSync(new URL(name, FOLDER)).sort()).toEqual(files);
      for (const file of files) {
        // Compressed bytes differ between versions of zlib.
        const [made, kept] = [readFileSync(join(folder, name, file)), readFileSync(new URL(`${name}/${file}`, FOLDER))].map((bytes) =>
          file.endsWith(".gz") ? gunzipSync(bytes) : bytes,
        );
        expect(made.equals(kept), `${name}/${file}: run make-captures.ts`).toBe(true);
      }
    }
  });

  it.each([...NAMES.map((name) => [name, FOLDER] as const), ...FIELD_NAMES.map((name) => [name, FIELD] as const)])("%s", (name, parent) => {
    const folder = new URL(`${name}/`, parent);
    const files = readdirSync(folder).sort();
    expect(files).toEqual(["README.md", expect.stringMatching(/^capture\./), "expect.json"]);
    const expected = JSON.parse(readFileSync(new URL("expect.json", folder), "utf8")) as Expectation;
    const file = readFileSync(new URL(files[1], folder));
    const diagnostician = new Diagnostician();
    const fault = readCapture(new Uint8Array(files[1].endsWith(".gz") ? gunzipSync(file) : file), {
      packet: (p) => diagnostician.packet(p),
    });
    const { packets, portUnreachables, findings, benign } = diagnostician.finish();
    const damage = fault ? describeCaptureFault(fault) : null;
    const wanted = expected.findings;
    expect({
      benign,
      damage: expected.damage !== null && damage?.includes(expected.damage) ? expected.damage : damage,
      packets,
      portUnreachables,
      findings: findings.map((f, i) => fieldsOf(f, wanted[i] ?? { verdict: "", benign: true, confidence: "" })),
    }).toEqual(expected);
    for (const { evidence } of findings) expect(evidence.length).toBeGreaterThan(0);
  });
});

describe("a snap length of 60 to 100 bytes", () => {
  it.each(["ssdp-late-answers", "dns-answers-rejected-by-client", "voip-one-way-audio", "sl68"])(
    "does not change the verdict: %s",
    (name) => {
      const file = new Uint8Array(readFileSync(new URL(`${name}/capture.pcap`, FIELD)));
      const verdicts = (snapLen: number) => {
        const diagnostician = new Diagnostician();
        readCapture(file, { packet: (p) => diagnostician.packet({ ...p, len: Math.min(p.len, snapLen) }) });
        return diagnostician.finish().findings.map(({ verdict, errors }) => [verdict, errors]);
      };
      const whole = verdicts(65_535);
      for (let snapLen = 60; snapLen <= 100; snapLen += 2) expect([snapLen, verdicts(snapLen)]).toEqual([snapLen, whole]);
    },
  );
});
