/** The NetBIOS Name Service (RFC 1002 section 4.2). */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, overUdp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, flag, hex, ipv4, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { reportMalformed } from "./expert.ts";
import { isNameCutOff, type NetbiosName, readName } from "./netbios-names.ts";
import { joined } from "./summary-text.ts";

const PORT_NBNS = 137;
const OPCODES = { 0: "Name query", 5: "Registration", 6: "Release", 7: "WACK", 8: "Refresh", 15: "Multi-homed registration" };
const TYPES = { 32: "NB", 33: "NBSTAT" };

const F = {
  id: hex("nbns.id", "Transaction ID", 16),
  flags: hex("nbns.flags", "Flags", 16),
  response: flag("nbns.flags.response", "Response"),
  opcode: dec("nbns.flags.opcode", "Opcode", 16, OPCODES),
  authoritative: flag("nbns.flags.authoritative", "Authoritative"),
  truncated: flag("nbns.flags.truncated", "Truncated"),
  recursionDesired: flag("nbns.flags.recdesired", "Recursion desired"),
  recursionAvailable: flag("nbns.flags.recavail", "Recursion available"),
  broadcast: flag("nbns.flags.broadcast", "Broadcast"),
  rcode: dec("nbns.flags.rcode", "Reply code", 16, {
    0: "No error",
    3: "Requested name does not exist",
    6: "Name is owned by another node",
  }),
  queries: dec("nbns.count.queries", "Questions", 16),
  answers: dec("nbns.count.answers", "Answer RRs", 16),
  authorities: dec("nbns.count.auth_rr", "Authority RRs", 16),
  additional: dec("nbns.count.add_rr", "Additional RRs", 16),
  name: text("nbns.name", "Name"),
  type: dec("nbns.type", "Type", 16, TYPES),
  klass: dec("nbns.class", "Class", 16, { 1: "IN" }),
  ttl: dec("nbns.ttl", "Time to live", 32),
  dataLength: dec("nbns.data_length", "Data length", 16),
  nbFlags: hex("nbns.nb_flags", "Name flags", 16),
  isGroup: dec("nbns.nb_flags.group", "Name type", 1, { 0: "Unique name", 1: "Group name" }),
  ownerType: dec("nbns.nb_flags.ont", "ONT", 16, { 0: "B-node", 1: "P-node", 2: "M-node", 3: "H-node" }),
  address: ipv4("nbns.addr", "Addr"),
};

export const NBNS: Protocol = defineProtocol({
  name: "nbns",
  title: "NetBIOS Name Service",
  specification: "RFC 1002 section 4.2",
  fields: F,
  over: overUdp(PORT_NBNS),
  dissect: dissectNbns,
  summary: summary({ opcode: F.opcode, response: F.response, rcode: F.rcode, type: F.type, name: F.name, address: F.address }, (v) => {
    const operation = joined(v.name("opcode"), v.text("response") === "1" ? "response" : "");
    const failed = v.text("rcode") === "0" ? "" : v.name("rcode");
    return joined(operation, failed, v.name("type"), v.text("name"), v.text("address"));
  }),
  frameClass: null,
});

/** Meanings of a name's last octet, as Wireshark shows them in records. */
const SUFFIXES: Readonly<Record<number, string>> = {
  0: "Workstation/Redirector",
  3: "Messenger service/Main name",
  27: "Domain Master Browser",
  28: "Domain Controllers",
  29: "Local Master Browser",
  30: "Browser Election Service",
  32: "Server service",
};
const TYPE_NB = 32;
const NB_ENTRY_BYTES = 6;
const OPCODE_WACK = 7;
/** Bytes of a record between its name and its data: type, class, time to live, length. */
const RECORD_HEAD = 10;

function dissectNbns(d: Dissection, start: number, end: number): void {
  d.protocol(NBNS, start, end - start);
  const c = new FieldCursor(d, start, end);
  c.u16(F.id);
  const flags = c.u16(F.flags);
  c.bits(flags, 2, [
    [F.response, 15, 1],
    [F.opcode, 11, 15],
    [F.truncated, 9, 1],
    [F.recursionDesired, 8, 1],
    [F.broadcast, 4, 1],
  ]);
  if (flags >>> 15) {
    c.bits(flags, 2, [
      [F.authoritative, 10, 1],
      [F.recursionAvailable, 7, 1],
      [F.rcode, 0, 15],
    ]);
  }
  const questions = c.u16(F.queries);
  const records = c.u16(F.answers) + c.u16(F.authorities) + c.u16(F.additional);
  for (let i = 0; i < questions && !c.ended; i++) dissectQuestion(d, c, start, end);
  for (let i = 0; i < records && !c.ended; i++) dissectRecord(d, c, start, end, (flags >>> 11) & 15);
  d.close();
  if (c.isMalformed) reportMalformed(d, start);
}

function dissectQuestion(d: Dissection, c: FieldCursor, start: number, end: number): void {
  const name = readName(d.b, start, c.at, end);
  if (!name || c.remaining < name.len + 4) {
    endAtName(d, c, start, end, name);
    return;
  }
  d.text(F.name, name.shown, c.at, name.len);
  c.take(name.len);
  c.u16(F.type);
  c.u16(F.klass);
}

/** Ends the dissection at a bad name. As in Wireshark, the message is malformed only if the name is cut off, not if its letters encode no octet. */
function endAtName(d: Dissection, c: FieldCursor, start: number, end: number, name: NetbiosName | null): void {
  if (name || isNameCutOff(d.b, start, c.at, end)) c.endMalformed();
  else c.ended = true;
}

function dissectRecord(d: Dissection, c: FieldCursor, start: number, end: number, opcode: number): void {
  const name = readName(d.b, start, c.at, end);
  // As in Wireshark, a record whose data is cut off is not shown at all.
  if (!name || c.remaining < name.len + RECORD_HEAD || c.remaining < name.len + RECORD_HEAD + getU16be(d.b, c.at + name.len + 8)) {
    endAtName(d, c, start, end, name);
    return;
  }
  const isNb = getU16be(d.b, c.at + name.len) === TYPE_NB;
  const meaning = SUFFIXES[name.suffix];
  // Wireshark gives a record's name an offset one byte behind its first.
  if (!isNb || meaning) d.text(F.name, isNb ? `${name.shown} (${meaning})` : name.shown, c.at + 1, name.len - 1);
  c.take(name.len);
  const type = c.u16(F.type);
  c.u16(F.klass);
  c.u32(F.ttl);
  const dataEnd = c.u16(F.dataLength) + c.at;
  if (type === TYPE_NB && opcode !== OPCODE_WACK) {
    while (!c.ended && dataEnd - c.at >= NB_ENTRY_BYTES) {
      const flags = c.u16(F.nbFlags);
      c.bits(flags, 2, [
        [F.isGroup, 15, 1],
        [F.ownerType, 13, 3],
      ]);
      c.u32(F.address);
    }
  }
  c.at = dataEnd;
}
