/** `diagnose` as people call it: exit codes, standard input, annotated copies. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { readCapture } from "@pushback/capture";
import { expect, it } from "vitest";
import { pushback, workFolder } from "../testing/command.ts";

const FIELD = fileURLToPath(new URL("../../../../packages/lab/diagnose/field-captures/", import.meta.url));
const LATE = join(FIELD, "ssdp-late-answers/capture.pcap");
const REFUSED = join(FIELD, "ipv6/capture.pcap");

const { path: folder } = workFolder("pushback-diagnose-");

function runPushback(args: readonly string[], input?: Uint8Array) {
  return pushback(args, { ...(input && { input }) });
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

it("exits 0 for harmless, 1 for harm, 3 for a damaged rest, 2 for nothing that can be read", () => {
  expect(runPushback(["diagnose", LATE]).code).toBe(0);
  expect(runPushback(["diagnose", REFUSED]).code).toBe(1);
  const file = new Uint8Array(readFileSync(LATE));
  const cut = runPushback(["diagnose", written("cut.pcap", file.subarray(0, file.length - 5))]);
  expect([cut.code, cut.stdout]).toEqual([3, expect.stringContaining("the file is damaged")]);
  expect(cut.stdout).not.toContain("✓ Harmless");
  const wireless = file.slice();
  wireless[20] = 105;
  const unread = runPushback(["diagnose", written("wireless.pcap", wireless)]);
  expect([unread.code, unread.stderr]).toEqual([2, expect.stringContaining("36 packets of link type 105")]);
  expect(runPushback(["diagnose", written("none.pcap", file.subarray(0, 24))]).code).toBe(2);
});

it("reads standard input, gzip'd or not, as it reads a file", () => {
  const file = readFileSync(REFUSED);
  const json = (args: readonly string[], input?: Uint8Array) => {
    const { capture: _, ...rest } = JSON.parse(runPushback(["diagnose", ...args, "--json"], input).stdout);
    return rest;
  };
  const expected = json([REFUSED]);
  expect(json(["-"], file)).toEqual(expected);
  expect(json(["-"], gzipSync(file))).toEqual(expected);
  expect(runPushback(["show", "-", "-Y", "icmpv6.type == 1", "--count"], file).stdout).toBe("10\n");
});

it("writes a copy whose frames carry the verdict", () => {
  const copy = join(folder, "annotated.pcapng");
  expect(runPushback(["diagnose", REFUSED, "--annotate", copy]).code).toBe(1);
  const rows = (path: string) => {
    const frames: [number, string][] = [];
    const comments: string[] = [];
    readCapture(new Uint8Array(readFileSync(path)), {
      packet: (p) => {
        frames.push([p.timeUs, Buffer.from(p.bytes.subarray(p.at, p.at + p.len)).toString("hex")]);
        if (p.comment !== null) comments.push(p.comment);
      },
    });
    return { frames, comments };
  };
  expect(rows(copy).frames).toEqual(rows(REFUSED).frames);
  expect(rows(copy).comments[0]).toMatch(/^Pushback 1: stale-push \(not shown to be harmless, possible\)/);
  expect(runPushback(["diagnose", "-", "--annotate", copy], readFileSync(REFUSED)).code).toBe(2);
});
