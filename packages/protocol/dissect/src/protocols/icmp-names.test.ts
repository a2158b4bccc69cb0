/** The Info column names types and codes of ICMP and ICMPv6 errors as tshark does. */

import { foldChecksum, putU16be, sumWords } from "@pushback/bytes";
import { PcapWriter, readCapture } from "@pushback/capture";
import { requireProgram, scratchFile } from "@pushback/judges";
import { putIpv4Header, sumIpv6PseudoHeader } from "@pushback/wire";
import { expect, it } from "vitest";
import { FrameDissector, SummarySink } from "../index.ts";

const LINKTYPE_RAW = 101;
/** Type and the number of codes that have a name. */
const ICMP_ERRORS = [
  [3, 16],
  [5, 4],
  [11, 2],
  [12, 3],
] as const;
const ICMPV6_ERRORS = [
  [1, 8],
  [2, 1],
  [3, 2],
  [4, 4],
] as const;

function icmp4(type: number, code: number): Uint8Array {
  const b = new Uint8Array(56);
  putIpv4Header(b, 0, b.length, 1, 0, 64, 1, 1, 2);
  b[20] = type;
  b[21] = code;
  putIpv4Header(b, 28, 28, 2, 0, 64, 17, 2, 1);
  putU16be(b, 22, foldChecksum(sumWords(b, 20, 36)));
  return b;
}

function icmp6(type: number, code: number): Uint8Array {
  const b = new Uint8Array(96);
  for (const [at, protocol] of [
    [0, 58],
    [48, 17],
  ]) {
    b[at] = 0x60;
    putU16be(b, at + 4, at === 0 ? 56 : 8);
    b[at + 6] = protocol;
    b[at + 7] = 64;
    b[at + 23] = 1;
    b[at + 39] = 2;
  }
  b[40] = type;
  b[41] = code;
  putU16be(b, 42, foldChecksum(sumWords(b, 40, 56, sumIpv6PseudoHeader(b, 0, 58, 56))));
  return b;
}

it("the summaries of ICMP and ICMPv6 errors name types and codes as tshark does", (context) => {
  const tshark = requireProgram(context, "tshark");
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), { linkType: LINKTYPE_RAW });
  const packets = [
    ...ICMP_ERRORS.flatMap(([type, codes]) => Array.from({ length: codes }, (_, code) => icmp4(type, code))),
    ...ICMPV6_ERRORS.flatMap(([type, codes]) => Array.from({ length: codes }, (_, code) => icmp6(type, code))),
  ];
  for (const packet of packets) writer.writePacket(1, packet, 0, packet.length);
  writer.end();
  const file = new Uint8Array(Buffer.concat(chunks));
  const infos: string[] = [];
  const sink = new SummarySink();
  const dissector = new FrameDissector(sink);
  readCapture(file, {
    packet: (p) => {
      sink.begin();
      dissector.dissect(p);
      infos.push(sink.summary().info.replace(/, port .*/, ""));
    },
  });
  const text = tshark.run(["-n", "-r", scratchFile(context, "icmp.pcap", file), "-T", "fields", "-e", "_ws.col.Info"]);
  expect(infos).toEqual(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ +/g, " ").trim()),
  );
});
