/** Protocols of programs that are not compiled: each fault of a declaration or of its functions is an error that names the protocol. */

import type { CapturedPacket } from "@pushback/capture";
import {
  anywhere,
  createProtocols,
  type Dissection,
  dec,
  defineProtocol,
  FrameDissector,
  ipv6,
  overEtherType,
  overLink,
  overTcpContent,
  overTcpStream,
  overUdpContent,
  PROTOCOLS,
  type Protocol,
  type ProtocolDeclaration,
  remark,
  reportRemark,
  type StreamFraming,
  SummarySink,
  summary,
  TreeSink,
} from "@pushback/dissect";
import { describe, expect, it } from "vitest";

/** LINKTYPE_USER0. */
const LINK_USER = 147;

const F = { count: dec("mine.count", "Count", 8) };

/** Declares a protocol with these parts, whether or not the types allow them. */
const declare = (parts: object): Protocol =>
  defineProtocol({
    name: "mine",
    title: "Mine",
    specification: "An example",
    fields: F,
    over: overLink(LINK_USER),
    dissect: () => {},
    summary: null,
    frameClass: null,
    ...parts,
  } as ProtocolDeclaration);

const framing: StreamFraming = { headerBytes: 4, messageLength: () => 4, isValid: () => true, mayBegin: () => true };

function packet(content: readonly number[], linkType: number): CapturedPacket {
  const bytes = Uint8Array.from(content);
  const time = { timeUs: 0, timeNs: 0, timed: true };
  const { length } = bytes;
  return {
    bytes,
    at: 0,
    len: length,
    origLen: length,
    ...time,
    interfaceIndex: 0,
    capturedOn: null,
    linkType,
    comment: null,
    number: 1,
    offset: 0,
  };
}

const USER_FRAME = packet([1, 2, 3, 4], LINK_USER);

/** An Ethernet frame with a TCP segment of eight bytes. */
const SEGMENT = packet(
  [
    ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
    ...[0x45, 0, 0, 48, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2],
    ...[0x10, 1, 0x10, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0x10, 0, 0, 0, 0, 0],
    ...[65, 66, 67, 68, 69, 70, 71, 72],
  ],
  1,
);

function dissect(protocol: Protocol, frame: CapturedPacket): TreeSink {
  const sink = new TreeSink();
  sink.begin(frame.bytes, frame.at);
  new FrameDissector(sink, { protocols: createProtocols([...PROTOCOLS, protocol]) }).dissect(frame);
  return sink;
}

describe("a declaration", () => {
  const async = async () => {};
  it.each<[string, object, string]>([
    ["no name", { name: undefined }, "a protocol's `name` is undefined: takes text"],
    ["no title", { title: undefined }, '"mine": its `title` must be a text'],
    ["no dissector", { dissect: undefined }, '"mine": its `dissect` must be a function'],
    ["an async dissector", { dissect: async }, '"mine": its `dissect` is async: frames are dissected at once'],
    ["no fields", { fields: undefined }, '"mine": its `fields` must be an object with the fields that `dissect` reports'],
    ["null for a field", { fields: { count: null } }, '"mine": its field "count" must be made by `dec`'],
    ["a field that no function made", { fields: { count: { name: "mine.count" } } }, '"mine": its field "count" must be made by `dec`'],
    ["no place", { over: undefined }, '"mine": its `over` must be a list of places, such as `overUdp(514)`'],
    ["a place that is no list", { over: { carrier: "udp", port: 9 } }, '"mine": its `over` must be a list of places'],
    ["null for a place", { over: [null] }, '"mine": its `over` must be a list of places'],
    [
      "a framing without functions",
      { over: [overTcpStream({ headerBytes: 4 } as StreamFraming)] },
      '"mine": its `messageLength` must be a function',
    ],
    ["no framing", { over: [{ carrier: "tcp-stream" }] }, '"mine": its place in TCP streams needs a framing'],
    ["an async framing", { over: [overTcpStream({ ...framing, isValid: async as never })] }, '"mine": its `isValid` is async'],
    ["UDP content without a function", { over: [overUdpContent(undefined as never)] }, '"mine": its `matches` must be a function'],
    ["TCP content without a function", { over: [overTcpContent("x" as never)] }, '"mine": its `matches` must be a function'],
    [
      "a payload's length without a function",
      { over: [overEtherType(0x1234, 5 as never)] },
      '"mine": its `payloadLength` must be a function',
    ],
    ["no word about a summary", { summary: undefined }, '"mine": its `summary` must be null, `NAME_ONLY`, or made by `summary`'],
    ["a summary of text", { summary: "x" }, '"mine": its `summary` must be null'],
    ["a summary without a function", { summary: { fields: [] } }, '"mine": its `summary` must be a function'],
    ["an async summary", { summary: { fields: [], line: async } }, '"mine": its `summary` is async'],
    ["an unknown class", { frameClass: "bogus" }, '"mine": its `frameClass` is "bogus": takes null, push, '],
    ["no word about a class", { frameClass: undefined }, '"mine": its `frameClass` is undefined: takes null'],
  ])("with %s is refused by name", (_what, parts, message) => {
    expect(() => declare(parts)).toThrow(RangeError);
    expect(() => declare(parts)).toThrow(message);
    // A copy of a declared protocol is checked when it is put into a list.
    expect(() => createProtocols([...PROTOCOLS, { ...declare({}), ...parts } as Protocol])).toThrow(message);
  });

  it("is made a protocol by `defineProtocol` before it is in a list", () => {
    const { field, allFields, ...declaration } = declare({});
    expect(() => createProtocols([...PROTOCOLS, declaration as Protocol])).toThrow('"mine": was not made by `defineProtocol`');
    expect(() => createProtocols([...PROTOCOLS, null as never])).toThrow(
      new RangeError("the list of protocols has null in place of a protocol"),
    );
    expect(() => createProtocols(declare({}) as never)).toThrow("createProtocols takes a list of protocols: [...PROTOCOLS, mine]");
  });

  it("of a summary needs the function that makes the line", () => {
    expect(() => summary(F, undefined as never)).toThrow("summary: its second argument must be a function that returns the line");
  });
});

describe("a dissector that throws", () => {
  const cause = new TypeError("boom");
  const boom = () => {
    throw cause;
  };

  it.each<[string, Protocol, CapturedPacket]>([
    ["below a link type", declare({ dissect: boom }), USER_FRAME],
    ["in a TCP stream", declare({ dissect: boom, over: [overTcpStream(framing)] }), SEGMENT],
    ["by the content of a segment", declare({ dissect: boom, over: [overTcpContent(() => true)] }), SEGMENT],
  ])("is named %s", (_where, protocol, frame) => {
    expect(() => dissect(protocol, frame)).toThrow(expect.objectContaining({ message: '"mine": boom', cause }));
  });

  it("does not hinder the frames after it", () => {
    let isBroken = true;
    const protocol: Protocol = declare({
      dissect: (d: Dissection, at: number, end: number) => {
        if (isBroken) throw cause;
        d.protocol(protocol, at, end - at);
        d.close();
      },
    });
    const sink = new TreeSink();
    const dissector = new FrameDissector(sink, { protocols: createProtocols([...PROTOCOLS, protocol]) });
    for (let i = 0; i < 300; i++) expect(() => dissector.dissect(USER_FRAME)).toThrow("boom");
    isBroken = false;
    sink.begin(USER_FRAME.bytes, 0);
    dissector.dissect(USER_FRAME);
    expect(sink.roots.map(({ field }) => field.name)).toContain("mine");
  });
});

it.each<[string, (v: unknown) => unknown, string]>([
  [
    "throws",
    () => {
      throw new Error("boom");
    },
    '"mine": boom',
  ],
  ["returns a number", () => 7, '"mine": its summary returned number in place of text'],
  ["returns nothing", () => undefined, '"mine": its summary returned undefined in place of text'],
  ["returns a promise", () => Promise.reject(new Error("late")), '"mine": its summary returned object in place of text'],
])("a summary that %s is named", async (_what, line, message) => {
  const protocol: Protocol = declare({
    summary: summary(F, line as () => string),
    dissect: (d: Dissection, at: number, end: number) => {
      d.protocol(protocol, at, end - at);
      d.close();
    },
  });
  const protocols = createProtocols([...PROTOCOLS, protocol]);
  const sink = new SummarySink(protocols);
  sink.begin();
  new FrameDissector(sink, { protocols }).dissect(USER_FRAME);
  expect(() => sink.summary()).toThrow(message);
  await new Promise(setImmediate);
});

describe("the length of a message", () => {
  /** Lengths of the messages that are found in the segment. */
  function lengths(messageLength: () => unknown): number[] {
    const found: number[] = [];
    const over = [overTcpStream({ ...framing, messageLength: messageLength as () => number, maxMessageBytes: Number.POSITIVE_INFINITY })];
    dissect(declare({ over, dissect: (_: Dissection, at: number, end: number) => found.push(end - at) }), SEGMENT);
    return found;
  }

  it.each<[unknown, number[]]>([
    [4, [4, 4]],
    [-1, []],
    [4.5, []],
    [12.5, []],
    [Number.NaN, []],
    [Number.POSITIVE_INFINITY, []],
  ])("is a whole number: %s gives messages of %j bytes", (length, found) => {
    expect(lengths(() => length)).toEqual(found);
  });

  it.each(["6", 6n, undefined, true])("is not %s", (length) => {
    const message = `"mine": its \`messageLength\` returned ${typeof length} in place of a number`;
    expect(() => lengths(() => length)).toThrow(message);
  });
});

it("a protocol of another program may have an IPv6 address and a remark, and may be inside any protocol", () => {
  const fields = { peer: ipv6("mine.peer", "Peer"), odd: remark("mine.odd", "Odd count", "warning", "protocol") };
  const protocol: Protocol = declare({
    fields,
    over: [...overLink(LINK_USER), anywhere],
    dissect: (d: Dissection, at: number, end: number) => {
      d.protocol(protocol, at, end - at);
      d.text(fields.peer, "fe80::1", at, 4);
      reportRemark(d, fields.odd, at);
      d.close();
    },
  });
  const node = dissect(protocol, USER_FRAME).roots.find(({ field }) => field.name === "mine");
  expect(node?.children.map(({ field, show }) => [field.name, show])).toEqual([
    ["mine.peer", "fe80::1"],
    ["_ws.expert", ""],
  ]);
});
