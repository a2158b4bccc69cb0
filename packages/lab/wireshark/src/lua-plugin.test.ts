/** The plugin in tshark, over the captures of the diagnosis: it names what the diagnosis finds, and calls harmless nothing that the diagnosis does not. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { readCapture } from "@pushback/capture";
import { Diagnostician } from "@pushback/diagnose";
import { requireProgram, scratchFile } from "@pushback/judges";
import { expect, it, type TestContext } from "vitest";
import { LUA_VERDICTS, luaPlugin } from "./lua-plugin.ts";

const CAPTURES = fileURLToPath(new URL("../../diagnose/captures/", import.meta.url));

/** Captures with registrations, or with errors that look like answers to push datagrams. */
const NAMES = [
  "aimed-at-a-stranger",
  "answers-from-another-card",
  "article-macintosh",
  "article-ms-dos",
  "article-whole",
  "behind-a-router",
  "cable-pulled",
  "dhcp-new-owner",
  "errors-for-what-was-heard",
  "flood-of-errors",
  "forged-quotes",
  "half-open",
  "link-monitor",
  "mirrored-twice",
  "orderly-logoff",
  "port-reuse",
  "port-scan",
  "pushes-after-the-end",
  "refused-by-a-live-client",
  "refused-without-a-restart",
  "two-cards-one-address",
  "vlan-tags",
];

interface Named {
  readonly frame: number;
  readonly to: string;
  readonly verdict: string;
  readonly isHarmless: boolean;
}

/** The fields of the frames that `filter` selects, as tshark prints them with the plugin; a fault of the plugin ends the test. */
function tshark(
  context: TestContext,
  capture: string,
  filter: string,
  fields: readonly string[],
  ...options: readonly string[]
): string[][] {
  const program = requireProgram(context, "tshark");
  const plugin = scratchFile(context, "pushback.lua", new TextEncoder().encode(luaPlugin("0.1.0")));
  const printed = [...fields, "_ws.lua.error"].flatMap((field) => ["-e", field]);
  const selected = `(${filter}) || _ws.lua.error`;
  const load = ["-X", `lua_script:${plugin}`];
  const text = program.run([...options, "-r", capture, ...load, "-T", "fields", "-E", "occurrence=l", "-Y", selected, ...printed]);
  const rows = text.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
  expect(rows.map((row) => row.at(-1)).filter((error) => error !== "")).toEqual([]);
  return rows;
}

/** The frames with a verdict. `to`: destination address and port of the datagram, or of the datagram that an ICMP error quotes. */
function verdicts(context: TestContext, capture: string): Named[] {
  const fields = ["frame.number", "ip.dst", "udp.dstport", "pushback.verdict", "pushback.harmless"];
  return tshark(context, capture, "pushback.verdict", fields).map(([frame, address, port, verdict, harmless]) => {
    return { frame: Number(frame), to: `${address}:${port}`, verdict, isHarmless: harmless === "1" || harmless === "True" };
  });
}

function diagnose(bytes: Uint8Array) {
  const diagnostician = new Diagnostician();
  readCapture(bytes, { packet: (p) => diagnostician.packet(p) });
  return diagnostician.finish().findings;
}

it.for(NAMES)("%s", (name, context) => {
  const file = readdirSync(join(CAPTURES, name)).find((entry) => entry.startsWith("capture.")) ?? "";
  const path = join(CAPTURES, name, file);
  const bytes = readFileSync(path);
  const findings = diagnose(file.endsWith(".gz") ? gunzipSync(bytes) : bytes).filter(({ session }) => session !== null);
  const named = verdicts(context, path);
  for (const finding of findings) {
    const to = `${finding.to}:${finding.port}`;
    const about = named.filter((n) => n.to === to);
    const isNamed = LUA_VERDICTS.some((verdict) => verdict === finding.verdict);
    // The plugin judges ICMP errors only, so a finding without errors has no verdict there; `push-refused` (a datagram after the session's end) is excepted.
    if (isNamed && finding.errors > 0 && finding.verdict !== "push-refused") expect(about.map((n) => n.verdict)).toContain(finding.verdict);
    if (!finding.benign) expect(about.at(-1)?.isHarmless ?? false).toBe(false);
    if (finding.benign) expect(about.filter(({ isHarmless }) => isHarmless)).toHaveLength(finding.errors);
  }
  // Each frame that the plugin calls harmless has the address and port of a finding with a session.
  const targets = new Set(findings.map(({ to, port }) => `${to}:${port}`));
  expect(named.filter((n) => n.isHarmless && !targets.has(n.to))).toEqual([]);
});

it("calls harmless none of a flood's errors, and none that quotes a datagram which was never sent", (context) => {
  const flood = verdicts(context, join(CAPTURES, "flood-of-errors", "capture.pcapng"));
  expect(flood.filter(({ isHarmless }) => isHarmless)).toHaveLength(10);
  expect(flood.filter(({ verdict }) => verdict === "doubtful-errors")).toHaveLength(360);
  const forged = verdicts(context, join(CAPTURES, "forged-quotes", "capture.pcapng"));
  expect(forged.filter(({ verdict }) => verdict === "orphan-errors")).toHaveLength(11);
});

it("links a registration, its datagrams and the errors about them", (context) => {
  const path = join(CAPTURES, "article-windows-nt", "capture.pcapng");
  const fields = [
    "frame.number",
    "pushback.port",
    "pushback.registered_in",
    "pushback.datagram",
    "pushback.datagram_in",
    "pushback.refused_in",
  ];
  const rows = tshark(context, path, "pushback", fields, "-2");
  const registration = rows.find(([, port]) => port !== "");
  const datagrams = rows.filter(([, , , number]) => number !== "");
  const errors = rows.filter(([, , , , datagramIn]) => datagramIn !== "");
  expect(registration).toBeDefined();
  expect(datagrams.map(([, , , number]) => Number(number))).toEqual(datagrams.map((_, i) => i + 1));
  expect(new Set(datagrams.map(([, , registeredIn]) => registeredIn))).toEqual(new Set([registration?.[0]]));
  expect(errors).toHaveLength(10);
  for (const [frame, , , , datagramIn] of errors) expect(datagrams.find(([number]) => number === datagramIn)?.[5]).toBe(frame);
});
