/** A program outside the package adds a protocol in one file and one line: everything that is derived from the list has it. */

import type { CapturedPacket } from "@pushback/capture";
import {
  compileFilter,
  completeFilter,
  createProtocols,
  dec,
  defineProtocol,
  FrameDissector,
  FrameHistory,
  FrameRecall,
  inside,
  NAME_ONLY,
  overEtherType,
  overIp,
  overLink,
  overSap,
  overSnap,
  overTcp,
  overTcpStream,
  overUdp,
  overUdpContent,
  type Place,
  PROTOCOLS,
  type ProtocolDeclaration,
  SummarySink,
  summarizeFrame,
  summary,
  type TreeNode,
  TreeSink,
} from "@pushback/dissect";
import { ETHERTYPE_IPV4, emitEthernet, emitIpv4Header, emitUdp, IP_PROTOCOL_UDP } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { SYSLOG } from "./syslog.ts";
import { VXLAN, VXLAN_PORT } from "./vxlan.ts";

const PROTOCOLS_WITH_SYSLOG = createProtocols([...PROTOCOLS, SYSLOG]);

const SOURCE = 0x0a010965;
const DESTINATION = 0x0a01090a;

/** A frame with one UDP datagram. */
function datagram(content: string | Uint8Array, dstPort: number): CapturedPacket {
  const payload = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const bytes = new Uint8Array(14 + 20 + 8 + payload.length);
  const ethernet = { destination: 0x02000a01090a, source: 0x02000a010965, etherType: ETHERTYPE_IPV4, encapsulation: "ethernet-2" } as const;
  const ipAt = emitEthernet({ ...ethernet, payloadLen: 28 + payload.length }, bytes, 0);
  const udpAt = emitIpv4Header(
    {
      tos: 0,
      id: 1,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: 64,
      protocol: IP_PROTOCOL_UDP,
      source: SOURCE,
      destination: DESTINATION,
      options: new Uint8Array(0),
      payloadLen: 8 + payload.length,
    },
    bytes,
    ipAt,
  );
  bytes.set(payload, udpAt + 8);
  emitUdp({ srcPort: 1024, dstPort, payloadLen: payload.length, checksummed: true }, bytes, udpAt, SOURCE, DESTINATION);
  return {
    bytes,
    at: 0,
    len: bytes.length,
    origLen: bytes.length,
    timeUs: 0,
    timeNs: 0,
    timed: true,
    interfaceIndex: 0,
    capturedOn: null,
    linkType: 1,
    comment: null,
    number: 1,
    offset: 0,
  };
}

const MESSAGE = datagram("<19>postmaster: disk is full", 514);
const OTHER = datagram("hello", 1026);

function treeOf(p: CapturedPacket): TreeNode[] {
  const sink = new TreeSink();
  sink.begin(p.bytes, p.at);
  new FrameDissector(sink, { protocols: PROTOCOLS_WITH_SYSLOG }).dissect(p);
  return sink.roots;
}

function selects(filter: string, p: CapturedPacket): boolean {
  const result = compileFilter(filter, PROTOCOLS_WITH_SYSLOG);
  if (!result.ok) throw new Error(`${filter}: ${result.message}`);
  return result.filter.matches(p);
}

describe("a protocol that a program adds to the list", () => {
  it("is dissected, with its name in frame.protocols", () => {
    const tree = treeOf(MESSAGE);
    const node = tree.find(({ field }) => field.name === "syslog");
    expect(node?.children.map(({ field, show }) => `${field.name}=${show}`)).toEqual([
      "syslog.facility=2",
      "syslog.level=3",
      "syslog.msg=postmaster: disk is full",
    ]);
    expect(node?.at).toBe(42);
    expect(tree.find(({ field }) => field.name === "frame.protocols")?.show).toBe("eth:ethertype:ip:udp:syslog");
    expect(treeOf(OTHER).some(({ field }) => field.name === "syslog")).toBe(false);
  });

  it("can be filtered by its fields, each with its type", () => {
    const filters = ["syslog", "syslog.level == 3", "syslog.level == error", "syslog.level in {0..3}", 'syslog.msg contains "disk"'];
    for (const filter of filters) {
      expect(selects(filter, MESSAGE), filter).toBe(true);
      expect(selects(filter, OTHER), filter).toBe(false);
    }
    expect(selects("syslog.level > 3", MESSAGE)).toBe(false);
    expect(selects("data", MESSAGE)).toBe(false);
    expect(compileFilter("syslog.level == loud", PROTOCOLS_WITH_SYSLOG).ok).toBe(false);
    expect(compileFilter("syslog").ok).toBe(false);
  });

  it("has completions for its fields and for the names of their values", () => {
    const itemsOf = (text: string) => completeFilter(text, text.length, () => [], PROTOCOLS_WITH_SYSLOG).items;
    expect(itemsOf("sysl").map(({ text }) => text)).toEqual(["syslog", "syslog.facility", "syslog.level", "syslog.msg"]);
    expect(itemsOf("syslog.level == ")).toContainEqual({ text: "3", detail: "error" });
    expect(itemsOf("syslog.msg ").map(({ text }) => text)).toContain("contains");
  });

  it("gives the packet list the Protocol and Info columns of its frames", () => {
    const row = { source: "10.1.9.101", destination: "10.1.9.10", protocol: "SYSLOG", info: "mail.error: postmaster: disk is full" };
    expect(summarizeFrame(treeOf(MESSAGE), PROTOCOLS_WITH_SYSLOG)).toEqual(row);
    const history = new FrameHistory(PROTOCOLS_WITH_SYSLOG);
    history.add(MESSAGE);
    const sink = new SummarySink(PROTOCOLS_WITH_SYSLOG);
    new FrameRecall(history, () => MESSAGE, sink).dissect(1);
    expect(sink.summary()).toEqual(row);
  });

  it("has its carrier's colour, or the one that it declares", () => {
    const classWith = (frameClass: ProtocolDeclaration["frameClass"]) => {
      const history = new FrameHistory(createProtocols([...PROTOCOLS, defineProtocol({ ...SYSLOG, frameClass })]));
      history.add(MESSAGE);
      return history.classOf(1);
    };
    expect(classWith(null)).toBe("udp");
    // The dissector opens SYSLOG's own field, so the declaration with another class must be the one that it opens.
    const history = new FrameHistory(createProtocols([...PROTOCOLS, { ...SYSLOG, frameClass: "mail" }]));
    history.add(MESSAGE);
    expect(history.classOf(1)).toBe("mail");
  });

  it("is recognised by its content on any port", () => {
    const startsWithPriority = (b: Uint8Array, at: number) => b[at] === 0x3c;
    const protocols = createProtocols([...PROTOCOLS, { ...SYSLOG, over: [overUdpContent(startsWithPriority)] }]);
    const result = compileFilter("syslog.level == 3", protocols);
    const elsewhere = datagram("<19>on another port", 2000);
    expect(result.ok && result.filter.matches(elsewhere)).toBe(true);
  });
});

describe("createProtocols", () => {
  const declaration = {
    name: "mine",
    title: "Mine",
    specification: "none",
    fields: {},
    over: [],
    dissect: () => {},
    summary: NAME_ONLY,
    frameClass: null,
  };

  it("names both protocols that claim one port", () => {
    const greedy = defineProtocol({ ...declaration, over: overUdp(53) });
    expect(() => createProtocols([...PROTOCOLS, greedy])).toThrow('"dns" and "mine" both claim UDP port 53');
  });

  it("refuses a second field of the same name", () => {
    const twin = defineProtocol({ ...declaration, name: "dns" });
    expect(() => createProtocols([...PROTOCOLS, twin])).toThrow('two fields are named "dns", of "dns" and "dns"');
    const fields = () => ({ port: dec("mine.port", "Port", 8) });
    const both = ["mine", "yours"].map((name) => defineProtocol({ ...declaration, name, fields: fields(), fieldPrefixes: ["mine"] }));
    expect(() => createProtocols(both)).toThrow('two fields are named "mine.port", of "mine" and "yours"');
  });

  it.each(["a b", "in", "matches", "any", "bitwise_and", "1x", "", "x.", ".x", "x..y", "not-x", "x y.z", "é"])(
    'refuses the name "%s", which filters cannot write',
    (name) => {
      const protocol = defineProtocol({ ...declaration, name, over: overUdp(5000) });
      expect(() => createProtocols([...PROTOCOLS, protocol])).toThrow(
        `"${name}", a field of "${name}", is no name that display filters can have`,
      );
    },
  );

  it("takes the names that filters can write, and filters take them", () => {
    for (const name of ["x", "_x", "x-y", "x.1", "in.x", "inner", "len", "MINE", "fe"]) {
      const protocols = createProtocols([...PROTOCOLS, defineProtocol({ ...declaration, name, over: overUdp(5000) })]);
      expect(compileFilter(name, protocols).ok, name).toBe(true);
    }
  });

  it.each<[Place[], string]>([
    [overUdp(70_000), "UDP port 70000: not a whole number from 0 to 65535"],
    [overUdp(-1, 1.5), "UDP port -1: not a whole number from 0 to 65535"],
    [overUdp(1.5), "UDP port 1.5: not a whole number from 0 to 65535"],
    [overTcp(Number.NaN), "TCP port NaN: not a whole number from 0 to 65535"],
    [[overIp(300)], "IP protocol 300: not a whole number from 0 to 255"],
    [[overEtherType(0x10800)], "EtherType 0x10800: not a whole number from 0 to 65535"],
    [[overSap(300)], "DSAP 0x12c: not a whole number from 0 to 255"],
    [[overSnap(0x1000000, 1)], "SNAP 0x1000000, type 0x0001: not a whole number from 0 to 16777215"],
    [[overSnap(1, 0x10000)], "SNAP 0x000001, type 0x10000: not a whole number from 0 to 65535"],
    [overLink(2 ** 32), "link type 4294967296: not a whole number from 0 to 65535"],
    [[{ carrier: "pigeon" } as unknown as Place], 'an unknown carrier, "pigeon"'],
    [[], "nothing, so that it is in no frame"],
    [
      [overTcpStream({ headerBytes: 0, mayBegin: () => true, messageLength: () => 0, isValid: () => true })],
      "TCP streams with headers of 0 bytes in messages of at most 16777216",
    ],
  ])("refuses a place that leads to no frame: %j", (over, fault) => {
    const protocol = defineProtocol({ ...declaration, over });
    expect(() => createProtocols([...PROTOCOLS, protocol])).toThrow(new RangeError(`"mine" is declared over ${fault}`));
  });

  it("refuses an unknown table of payloads", () => {
    const protocol = defineProtocol({ ...declaration, over: overUdp(5000), carries: ["sctp" as "udp"] });
    expect(() => createProtocols([...PROTOCOLS, protocol])).toThrow('"mine" carries "sctp", which is none of link, ethertype, llc, ');
  });

  it("keeps apart more than 255 protocols over EtherTypes", () => {
    const many = Array.from({ length: 300 }, (_, i) =>
      defineProtocol({ ...declaration, name: `mine${i}`, over: [overEtherType(0x9000 + i)] }),
    );
    const protocols = createProtocols([...PROTOCOLS, ...many]);
    expect(new Set(many.map((_, i) => protocols.overEtherType(0x9000 + i))).size).toBe(300);
    expect(protocols.overEtherType(0x9000 + 250)).not.toBe(protocols.overEtherType(0x8fff));
  });

  it("refuses a field whose name does not begin with its protocol's", () => {
    const stray = defineProtocol({ ...declaration, fields: { port: dec("yours.port", "Port", 8) } });
    expect(() => createProtocols([stray])).toThrow('"yours.port" is a field of "mine"');
  });

  it("refuses a parent that is not in the list", () => {
    const orphan = defineProtocol({ ...declaration, over: [inside("theirs")] });
    expect(() => createProtocols([orphan])).toThrow('"mine" is declared inside "theirs"');
  });
});

/** Mistakes that the compiler finds; this function is never called. */
export function mistakes(): void {
  const port = dec("mine.port", "Port", 8);
  // @ts-expect-error: a summary can only read fields that it was declared with
  summary({ port }, (v) => v.text("prot"));
  // @ts-expect-error: a declaration without `summary` and `frameClass`
  defineProtocol({ name: "mine", title: "Mine", specification: "none", fields: { port }, over: overUdp(1), dissect: () => {} });
}

describe("a tunnel that a program adds to the list", () => {
  const protocols = createProtocols([...PROTOCOLS, SYSLOG, VXLAN]);
  const outer = datagram(Uint8Array.from([8, 0, 0, 0, 0, 0, 7, 0, ...datagram("<19>disk is full", 514).bytes]), VXLAN_PORT);

  it("is looked through by filters for what it carries", () => {
    for (const filter of ["syslog", "syslog.level == 3", "eth.src[3:] == 01:09:65 && udp.dstport == 514", "ip && udp.port == 514"]) {
      const result = compileFilter(filter, protocols);
      if (!result.ok) throw new Error(`${filter}: ${result.message}`);
      expect(result.filter.matches(outer), filter).toBe(true);
    }
  });
});
