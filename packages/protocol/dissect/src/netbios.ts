/** NetBIOS over TCP/IP (RFC 1001, RFC 1002): name service, datagram service, session service. */

import { getU16be, getU32be } from "@pushback/bytes";
import { dissectData } from "./data.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, type Field, flag, group, hex, ipv4, text } from "./field.ts";
import { FieldCursor } from "./field-cursor.ts";
import { dissectSmb, isSmb } from "./smb.ts";

const OPCODES = { 0: "Name query", 5: "Registration", 6: "Release", 7: "WACK", 8: "Refresh", 15: "Multi-homed registration" };
const TYPES = { 32: "NB", 33: "NBSTAT" };

export const NBNS = {
  nbns: group("nbns", "NetBIOS Name Service"),
  id: hex("nbns.id", "Transaction ID", 16),
  flags: hex("nbns.flags", "Flags", 16),
  response: flag("nbns.flags.response", "Response"),
  opcode: dec("nbns.flags.opcode", "Opcode", OPCODES),
  authoritative: flag("nbns.flags.authoritative", "Authoritative"),
  truncated: flag("nbns.flags.truncated", "Truncated"),
  recursionDesired: flag("nbns.flags.recdesired", "Recursion desired"),
  recursionAvailable: flag("nbns.flags.recavail", "Recursion available"),
  broadcast: flag("nbns.flags.broadcast", "Broadcast"),
  rcode: dec("nbns.flags.rcode", "Reply code", { 0: "No error", 3: "Requested name does not exist", 6: "Name is owned by another node" }),
  queries: dec("nbns.count.queries", "Questions"),
  answers: dec("nbns.count.answers", "Answer RRs"),
  authorities: dec("nbns.count.auth_rr", "Authority RRs"),
  additional: dec("nbns.count.add_rr", "Additional RRs"),
  name: text("nbns.name", "Name"),
  type: dec("nbns.type", "Type", TYPES),
  klass: dec("nbns.class", "Class", { 1: "IN" }),
  ttl: dec("nbns.ttl", "Time to live"),
  dataLength: dec("nbns.data_length", "Data length"),
  nbFlags: hex("nbns.nb_flags", "Name flags", 16),
  isGroup: dec("nbns.nb_flags.group", "Name type", { 0: "Unique name", 1: "Group name" }),
  ownerType: dec("nbns.nb_flags.ont", "ONT", { 0: "B-node", 1: "P-node", 2: "M-node", 3: "H-node" }),
  address: ipv4("nbns.addr", "Addr"),
};

export const NBDGM = {
  nbdgm: group("nbdgm", "NetBIOS Datagram Service"),
  type: dec("nbdgm.type", "Message Type", {
    16: "Direct_unique datagram",
    17: "Direct_group datagram",
    18: "Broadcast datagram",
    19: "Datagram error",
    20: "Datagram query request",
    21: "Datagram positive query response",
    22: "Datagram negative query response",
  }),
  flags: hex("nbdgm.flags", "Flags", 8),
  next: flag("nbdgm.next", "More fragments follow"),
  first: flag("nbdgm.first", "This is first fragment"),
  nodeType: dec("nbdgm.node_type", "Node Type", { 0: "B node", 1: "P node", 2: "M node", 3: "NBDD" }),
  id: hex("nbdgm.dgram_id", "Datagram ID", 16),
  sourceIp: ipv4("nbdgm.src.ip", "Source IP"),
  sourcePort: dec("nbdgm.src.port", "Source Port"),
  length: dec("nbdgm.dgram_len", "Datagram length"),
  offset: dec("nbdgm.pkt_offset", "Packet offset"),
  errorCode: hex("nbdgm.error_code", "Error code", 8),
  sourceName: text("nbdgm.source_name", "Source name"),
  destinationName: text("nbdgm.destination_name", "Destination name"),
};

export const NBSS = {
  nbss: group("nbss", "NetBIOS Session Service"),
  type: hex("nbss.type", "Message Type", 8, {
    0: "Session message",
    129: "Session request",
    130: "Positive session response",
    131: "Negative session response",
    132: "Retarget session response",
    133: "Session keep-alive",
  }),
  flags: hex("nbss.flags", "Flags", 8),
  extended: flag("nbss.flags.e", "Extend"),
  length: dec("nbss.length", "Length"),
  continuation: bytes("nbss.continuation_data", "Continuation data"),
  errorCode: hex("nbss.error_code", "Error code", 8, { 128: "Not listening on called name", 130: "Called name not present" }),
  calledName: text("nbss.called_name", "Called Name"),
  callingName: text("nbss.calling_name", "Calling Name"),
};

/** A name of the first level: a length, two letters an octet, and the end of the scope. */
const NAME_BYTES = 34;
const LETTERS = 32;
/** What the last octet of a name stands for, where records say it. */
const SUFFIXES: Readonly<Record<number, string>> = {
  0: "Workstation/Redirector",
  3: "Messenger service/Main name",
  27: "Domain Master Browser",
  28: "Domain Controllers",
  29: "Local Master Browser",
  30: "Browser Election Service",
  32: "Server service",
};
const FRAGMENT_BITS = 3;
const FIRST_AND_ONLY = 2;
const TYPE_NB = 32;
const NB_ENTRY_BYTES = 6;
const OPCODE_WACK = 7;
const RECORD_HEAD = 10;

interface Name {
  readonly shown: string;
  readonly suffix: number;
  /** Bytes that it takes where it stands. */
  readonly len: number;
}

/** Without a scope; `null` for what is none, or is not all there. */
function readName(b: Uint8Array, start: number, at: number, end: number): Name | null {
  if (end - at >= 2 && b[at] >= 0xc0) {
    const target = start + (getU16be(b, at) & 0x3fff);
    const name = target < at ? readName(b, start, target, at) : null;
    return name && { ...name, len: 2 };
  }
  if (end - at < NAME_BYTES || b[at] !== LETTERS || b[at + NAME_BYTES - 1] !== 0) return null;
  const octets: number[] = [];
  for (let i = at + 1; i < at + 1 + LETTERS; i += 2) {
    const high = b[i] - 0x41;
    const low = b[i + 1] - 0x41;
    if (high < 0 || high > 15 || low < 0 || low > 15) return null;
    octets.push(high * 16 + low);
  }
  const suffix = octets[15];
  const text = octets
    .slice(0, 15)
    .map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : hexOctet(octet)))
    .join("");
  return { shown: text.replace(/ +$/, "") + hexOctet(suffix), suffix, len: NAME_BYTES };
}

function hexOctet(octet: number): string {
  return `<${octet.toString(16).padStart(2, "0")}>`;
}

export function dissectNbns(d: Dissection, start: number, end: number): void {
  d.protocol(NBNS.nbns, start, end - start);
  const c = new FieldCursor(d, start, end);
  c.u16(NBNS.id);
  const flags = c.u16(NBNS.flags);
  c.bits(flags, 2, [
    [NBNS.response, 15, 1],
    [NBNS.opcode, 11, 15],
    [NBNS.truncated, 9, 1],
    [NBNS.recursionDesired, 8, 1],
    [NBNS.broadcast, 4, 1],
  ]);
  if (flags >>> 15) {
    c.bits(flags, 2, [
      [NBNS.authoritative, 10, 1],
      [NBNS.recursionAvailable, 7, 1],
      [NBNS.rcode, 0, 15],
    ]);
  }
  const questions = c.u16(NBNS.queries);
  const records = c.u16(NBNS.answers) + c.u16(NBNS.authorities) + c.u16(NBNS.additional);
  for (let i = 0; i < questions && !c.ended; i++) dissectQuestion(d, c, start, end);
  for (let i = 0; i < records && !c.ended; i++) dissectRecord(d, c, start, end, (flags >>> 11) & 15);
  d.close();
}

function dissectQuestion(d: Dissection, c: FieldCursor, start: number, end: number): void {
  const name = readName(d.b, start, c.at, end);
  if (!name || c.remaining < name.len + 4) {
    c.ended = true;
    return;
  }
  d.text(NBNS.name, name.shown, c.at, name.len);
  c.take(name.len);
  c.u16(NBNS.type);
  c.u16(NBNS.klass);
}

function dissectRecord(d: Dissection, c: FieldCursor, start: number, end: number, opcode: number): void {
  const name = readName(d.b, start, c.at, end);
  // A record whose data is not all there is none.
  if (!name || c.remaining < name.len + RECORD_HEAD || c.remaining < name.len + RECORD_HEAD + getU16be(d.b, c.at + name.len + 8)) {
    c.ended = true;
    return;
  }
  const isNb = getU16be(d.b, c.at + name.len) === TYPE_NB;
  const meaning = SUFFIXES[name.suffix];
  // Wireshark puts a record's name one byte behind where it begins.
  if (!isNb || meaning) d.text(NBNS.name, isNb ? `${name.shown} (${meaning})` : name.shown, c.at + 1, name.len - 1);
  c.take(name.len);
  const type = c.u16(NBNS.type);
  c.u16(NBNS.klass);
  c.u32(NBNS.ttl);
  const dataEnd = c.u16(NBNS.dataLength) + c.at;
  if (type === TYPE_NB && opcode !== OPCODE_WACK) {
    while (!c.ended && dataEnd - c.at >= NB_ENTRY_BYTES) {
      const flags = c.u16(NBNS.nbFlags);
      c.bits(flags, 2, [
        [NBNS.isGroup, 15, 1],
        [NBNS.ownerType, 13, 3],
      ]);
      c.u32(NBNS.address);
    }
  }
  c.at = dataEnd;
}

/** The name at the cursor; one of letters that are none is passed over. */
function reportName(d: Dissection, c: FieldCursor, field: Field): void {
  const name = c.ended ? null : readName(d.b, c.at, c.at, c.at + c.remaining);
  if (c.remaining > 0 && d.b[c.at] !== LETTERS) c.ended = true;
  if (name && !c.ended) d.text(field, name.shown, c.at, name.len);
  c.take(NAME_BYTES);
}

export function dissectNbdgm(d: Dissection, at: number, end: number): void {
  const carriesData = end > at && d.b[at] >= 0x10 && d.b[at] <= 0x12;
  const headLen = carriesData ? Math.min(end - at, 14 + 2 * NAME_BYTES) : end - at;
  d.protocol(NBDGM.nbdgm, at, headLen);
  const c = new FieldCursor(d, at, end);
  const type = c.u8(NBDGM.type);
  const flags = c.u8(NBDGM.flags);
  c.bits(flags, 1, [
    [NBDGM.next, 0, 1],
    [NBDGM.first, 1, 1],
    [NBDGM.nodeType, 2, 3],
  ]);
  c.u16(NBDGM.id);
  c.u32(NBDGM.sourceIp);
  c.u16(NBDGM.sourcePort);
  if (carriesData) {
    c.u16(NBDGM.length);
    c.u16(NBDGM.offset);
    reportName(d, c, NBDGM.sourceName);
    reportName(d, c, NBDGM.destinationName);
  } else if (type === 0x13) c.u8(NBDGM.errorCode);
  else if (type >= 0x14 && type <= 0x16) reportName(d, c, NBDGM.destinationName);
  d.close();
  if (!carriesData || c.ended || c.at >= end) return;
  // One of several fragments is data until they are put together.
  if ((flags & FRAGMENT_BITS) === FIRST_AND_ONLY && isSmb(d.b, c.at, end)) dissectSmb(d, c.at, end);
  else dissectData(d, c.at, end);
}

/** How many bytes a message of the session service that begins here has behind its header; -1 where none begins. */
function nbssLength(b: Uint8Array, at: number, end: number): number {
  if (end - at < 4 || b[at + 1] > 1) return -1;
  const type = b[at];
  const length = getU32be(b, at) & 0x1ffff;
  if (type !== 0 && (type < 0x81 || type > 0x85)) return -1;
  return type === 0x83 && length !== 1 ? -1 : length;
}

/** What goes over the session service's port: a message, the middle of one, or the beginning of one that other segments end. */
export function dissectNbssSegment(d: Dissection, at: number, end: number): void {
  const length = nbssLength(d.b, at, end);
  if (length === end - at - 4) dissectNbss(d, at, end);
  else if (length < end - at - 4) dissectContinuation(d, at, end);
}

function dissectContinuation(d: Dissection, at: number, end: number): void {
  d.protocol(NBSS.nbss, at, end - at);
  d.bytes(NBSS.continuation, at, end - at);
  d.close();
}

/** One whole message. */
function dissectNbss(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const type = b[at];
  const carriesSmb = type === 0 && isSmb(b, at + 4, end);
  d.protocol(NBSS.nbss, at, type === 0 ? 4 : end - at);
  d.number(NBSS.type, type, at, 1);
  if (type !== 0) {
    d.number(NBSS.flags, b[at + 1], at + 1, 1);
    d.number(NBSS.extended, b[at + 1] & 1, at + 1, 1);
  }
  d.number(NBSS.length, getU32be(b, at) & 0x1ffff, at + 1, 3);
  const c = new FieldCursor(d, at + 4, end);
  if (type === 0x81) {
    reportName(d, c, NBSS.calledName);
    reportName(d, c, NBSS.callingName);
  } else if (type === 0x83) c.u8(NBSS.errorCode);
  d.close();
  if (carriesSmb) dissectSmb(d, at + 4, end);
  else if (type === 0 && end > at + 4) dissectData(d, at + 4, end);
}
