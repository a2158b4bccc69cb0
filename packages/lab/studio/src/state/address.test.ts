import fc from "fast-check";
import { expect, it } from "vitest";
import { type Address, formatAddress, isSameRun, parseAddress } from "./address.ts";

const EMPTY: Address = { settings: null, actions: [], view: null, timeUs: null, frame: null, capture: null };
const SETTINGS = { scenario: "kb-q159302", play: "free", seed: "7" } as const;

it.each<Address>([
  { ...EMPTY, settings: SETTINGS, view: "timeline", timeUs: 1_234_567, frame: 12 },
  { ...EMPTY, settings: { ...SETTINGS, keepAliveUs: 60_000_000, intervalUs: 5_000_000 } },
  { ...EMPTY, settings: SETTINGS, actions: [{ atUs: 5, step: { at: 5, logon: ["ms-dos"] } as never }] },
  { ...EMPTY, capture: "a & b #1=ä.pcap", frame: 3, view: "monitor" },
])("reads what it wrote: %o", (address) => {
  expect(parseAddress(formatAddress(address))).toEqual({ ok: true, address });
});

it("a fragment without values is no address", () => {
  for (const hash of ["", "#", "#view", "#top", "#t="]) expect(parseAddress(hash)).toEqual({ ok: true, address: null });
});

it.each([
  "#t=-1",
  "#t=1e9",
  "#t=99999999999999999999",
  "#frame=0",
  "#frame=x",
  "#view=nowhere",
  "#run=kb-q159302&play=fast",
  "#run=kb-q159302&variants=windows-2000",
  "#run=kb-q159302&interval=0",
  "#run=kb-q159302&keepalive=0",
  "#run=kb-q159302&interval=999999",
  "#run=kb-q159302&interval=86400000001",
  "#run=kb-q159302&keepalive=999999999999999",
  "#run=kb-q159302&did={",
  "#run=kb-q159302&did=[1]",
  "#run=kb-q159302&did=[{%22atUs%22:-1,%22step%22:{}}]",
  '#run=kb-q159302&did=[{"atUs":1,"step":{"at":1,"registry":{"machine":"server","KeepAliveTime":0}}}]',
  '#run=kb-q159302&did=[{"atUs":1,"step":{"at":1,"registry":{"machine":"server","KeepAliveInterval":1}}}]',
  '#run=kb-q159302&did=[{"atUs":1,"step":{"at":1,"registry":{"machine":"server","TcpMaxDataRetransmissions":1e9}}}]',
  '#run=kb-q159302&did=[{"atUs":1,"step":{"at":1,"registry":{"machine":"server","KeepAliveTime":60000000.5}}}]',
  `#run=${"x".repeat(9000)}`,
])("says in a line what is wrong with %s", (hash) => {
  const parsed = parseAddress(hash);
  expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(/^The address can’t be followed: .{5,90}\.$/) });
});

it("throws at no text", () => {
  fc.assert(fc.property(fc.string(), (text) => void parseAddress(`#${text}`)));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("run", "t", "frame", "did", "variants", "seed"), fc.string())),
      (parts) => void parseAddress(`#${new URLSearchParams(parts)}`),
    ),
  );
});

it("runs are the same by their settings, and not by the text of their scenario", () => {
  expect(isSameRun(SETTINGS, { ...SETTINGS })).toBe(true);
  expect(isSameRun(SETTINGS, { ...SETTINGS, seed: "8" })).toBe(false);
});
