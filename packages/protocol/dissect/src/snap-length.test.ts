/** Captures with a snap length: tshark is the judge of what is known of segments that were cut. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCapture } from "@pushback/capture";
import { requireProgram, scratchFile } from "@pushback/judges";
import { expect, it } from "vitest";
import { FrameDissector, type TreeNode, TreeSink } from "./index.ts";
import { oddities, odditiesFile } from "./testing/oddities.ts";

const FIELDS = ["tcp.len", "tcp.seq", "tcp.nxtseq", "tcp.ack", "udp.port", "udp.length"] as const;

function fieldsOf(file: Uint8Array, fields: readonly string[]): string[] {
  const sink = new TreeSink();
  const dissector = new FrameDissector(sink);
  const lines: string[] = [];
  readCapture(file, {
    packet: (p) => {
      sink.roots.length = 0;
      sink.begin(p.bytes, p.at);
      dissector.dissect(p);
      const values = new Map<string, string[]>();
      const collect = (nodes: readonly TreeNode[]): void => {
        for (const node of nodes) {
          values.set(node.field.name, [...(values.get(node.field.name) ?? []), node.show]);
          collect(node.children);
        }
      };
      collect(sink.roots);
      lines.push(fields.map((field) => values.get(field)?.join(",") ?? "").join("\t"));
    },
  });
  return lines;
}

it.for([60, 66, 68, 100])("counts segments by the IP length when the snap length is %i", (snapLength, context) => {
  const editcap = requireProgram(context, "editcap");
  const tshark = requireProgram(context, "tshark");
  const whole = fileURLToPath(new URL("../../../lab/diagnose/captures/article-windows-9x/capture.pcapng", import.meta.url));
  const cut = scratchFile(context, "cut.pcapng");
  editcap.run(["-s", String(snapLength), whole, cut]);
  const expected = tshark
    .run(["-n", "-r", cut, "-T", "fields", ...FIELDS.flatMap((field) => ["-e", field])])
    .split("\n")
    .slice(0, -1);
  expect(fieldsOf(new Uint8Array(readFileSync(cut)), FIELDS)).toEqual(expected);
  // The cut must have gone through segments.
  expect(expected.filter((line) => Number(line.split("\t")[0]) > snapLength).length).toBeGreaterThan(2);
});

it("shows segments that errors quote, and segments that come twice, as tshark does", (context) => {
  const tshark = requireProgram(context, "tshark");
  const fields = [
    "frame.protocols",
    "tcp.stream",
    "tcp.seq",
    "tcp.ack",
    "tcp.flags",
    "tcp.hdr_len",
    "tcp.len",
    "tcp.time_delta",
    "data.len",
  ];
  const file = odditiesFile();
  const path = scratchFile(context, "segments.pcapng", file);
  const expected = tshark.run(["-n", "-r", path, "-T", "fields", ...fields.flatMap((field) => ["-e", field])]).split("\n");
  const actual = fieldsOf(file, fields);
  const chosen = [...oddities().entries()].filter(([, { what }]) => /quoted of a TCP segment|of unknown content/.test(what));
  expect(chosen.length).toBe(6);
  for (const [i, { what }] of chosen) expect({ what, fields: actual[i] }).toEqual({ what, fields: expected[i] });
});
