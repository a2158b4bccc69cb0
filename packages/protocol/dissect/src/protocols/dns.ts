/** The Domain Name System (RFC 1035): header, questions, records. */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, overUdp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, flag, hex, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { type Name, NameReader, nameAtCursor } from "./dns-name.ts";
import { RECORD_FIELDS, RECORD_NAMES, RECORDS, readRecordData, TYPE_OPT, TYPE_SRV } from "./dns-records.ts";
import { reportMalformed } from "./expert.ts";
import { joined } from "./summary-text.ts";

const PORT_DNS = 53;
const CLASSES: Readonly<Record<number, string>> = { 1: "IN", 3: "CH", 4: "HS", 255: "ANY" };

const F = {
  id: hex("dns.id", "Transaction ID", 16),
  flags: hex("dns.flags", "Flags", 16),
  response: flag("dns.flags.response", "Response"),
  opcode: dec("dns.flags.opcode", "Opcode", 16, {
    0: "Standard query",
    1: "Inverse query",
    2: "Server status request",
    5: "Dynamic update",
  }),
  authoritative: flag("dns.flags.authoritative", "Authoritative"),
  truncated: flag("dns.flags.truncated", "Truncated"),
  recursionDesired: flag("dns.flags.recdesired", "Recursion desired"),
  recursionAvailable: flag("dns.flags.recavail", "Recursion available"),
  z: flag("dns.flags.z", "Z"),
  authenticated: flag("dns.flags.authenticated", "Answer authenticated"),
  checkingDisabled: flag("dns.flags.checkdisable", "Non-authenticated data"),
  rcode: dec("dns.flags.rcode", "Reply code", 16, {
    0: "No error",
    1: "Format error",
    2: "Server failure",
    3: "No such name",
    4: "Not implemented",
    5: "Refused",
  }),
  queries: dec("dns.count.queries", "Questions", 16),
  answers: dec("dns.count.answers", "Answer RRs", 16),
  authorities: dec("dns.count.auth_rr", "Authority RRs", 16),
  additional: dec("dns.count.add_rr", "Additional RRs", 16),
  queryName: text("dns.qry.name", "Name"),
  queryNameLen: dec("dns.qry.name.len", "Name Length", 16),
  labels: dec("dns.count.labels", "Label Count", 16),
  queryType: dec("dns.qry.type", "Type", 16, RECORD_NAMES),
  queryClass: hex("dns.qry.class", "Class", 16, CLASSES),
  name: text("dns.resp.name", "Name"),
  type: dec("dns.resp.type", "Type", 16, RECORD_NAMES),
  klass: hex("dns.resp.class", "Class", 16, CLASSES),
  ttl: dec("dns.resp.ttl", "Time to live", 32),
  dataLength: dec("dns.resp.len", "Data length", 16),
  service: text("dns.srv.service", "Service"),
  serviceProtocol: text("dns.srv.proto", "Protocol"),
  serviceName: text("dns.srv.name", "Name"),
  payloadSize: dec("dns.rr.udp_payload_size", "UDP payload size", 16),
  extendedRcode: hex("dns.resp.ext_rcode", "Higher bits in extended RCODE", 8),
  version: dec("dns.resp.edns0_version", "EDNS0 version", 8),
  extendedFlags: hex("dns.resp.z", "Z", 16),
  dnssec: flag("dns.resp.z.do", "DO bit"),
  reserved: hex("dns.resp.z.reserved", "Reserved", 16),
  zones: dec("dns.count.zones", "Zones", 16),
  prerequisites: dec("dns.count.prerequisites", "Prerequisites", 16),
  updates: dec("dns.count.updates", "Updates", 16),
};

export const DNS: Protocol = defineProtocol({
  name: "dns",
  title: "Domain Name System",
  specification: "RFC 1035, RFC 2136, RFC 6891",
  fields: { ...F, ...Object.fromEntries(RECORD_FIELDS.map((field) => [field.name, field])) },
  over: overUdp(PORT_DNS),
  dissect: dissectDns,
  summary: summary(
    {
      response: F.response,
      opcode: F.opcode,
      rcode: F.rcode,
      queryName: F.queryName,
      queryType: F.queryType,
      a: RECORDS.a,
      cname: RECORDS.cname,
      ptr: RECORDS.ptr,
      ns: RECORDS.ns,
    },
    (v) => {
      const asked = joined(v.name("queryType"), v.text("queryName"));
      if (v.text("response") !== "1") return joined(v.name("opcode"), asked);
      const failed = v.text("rcode") === "0" ? "" : v.name("rcode");
      const answers = { A: v.text("a"), CNAME: v.text("cname"), PTR: v.text("ptr"), NS: v.text("ns") };
      const answer = Object.entries(answers)
        .filter(([, value]) => value !== "")
        .map(([type, value]) => `${type} ${value}`)
        .join(", ");
      return joined("Response", failed, asked, answer === "" ? "" : `→ ${answer}`);
    },
  ),
  frameClass: null,
});

const OPCODE_UPDATE = 5;
/** Bytes of a record between its name and its data. */
const RECORD_HEAD = 10;

/** Dissects a message up to the first field or record that is cut off or missing. */
function dissectDns(d: Dissection, start: number, end: number): void {
  d.protocol(DNS, start, end - start);
  const c = new FieldCursor(d, start, end);
  c.u16(F.id);
  const flags = c.u16(F.flags);
  const isResponse = flags >>> 15 === 1;
  c.bits(flags, 2, [
    [F.response, 15, 1],
    [F.opcode, 11, 15],
    [F.truncated, 9, 1],
    [F.recursionDesired, 8, 1],
    [F.z, 6, 1],
    [F.checkingDisabled, 4, 1],
  ]);
  if (isResponse) {
    c.bits(flags, 2, [
      [F.authoritative, 10, 1],
      [F.recursionAvailable, 7, 1],
      [F.authenticated, 5, 1],
      [F.rcode, 0, 15],
    ]);
  }
  // The counts of an update have other names (RFC 2136 section 2.2).
  const counts =
    ((flags >>> 11) & 15) === OPCODE_UPDATE
      ? [F.zones, F.prerequisites, F.updates, F.additional]
      : [F.queries, F.answers, F.authorities, F.additional];
  const [questions, ...records] = counts.map((field) => c.u16(field));
  const names = new NameReader(d.b, start, end);
  for (let i = 0; i < questions && !c.ended; i++) dissectQuestion(d, c, names);
  for (let i = records.reduce((total, count) => total + count); i > 0 && !c.ended; i--) dissectRecord(d, c, names, end);
  d.close();
  if (c.isMalformed) reportMalformed(d, start);
}

function dissectQuestion(d: Dissection, c: FieldCursor, names: NameReader): void {
  const { at } = c;
  const name = nameAtCursor(names, c, 4);
  if (!name) return;
  d.text(F.queryName, name.shown, at, name.len);
  d.number(F.queryNameLen, name.shown.length, at, name.len);
  d.number(F.labels, name.labels, at, name.len);
  c.take(name.len);
  c.u16(F.queryType);
  c.u16(F.queryClass);
}

function dissectRecord(d: Dissection, c: FieldCursor, names: NameReader, end: number): void {
  const { at } = c;
  const name = nameAtCursor(names, c, RECORD_HEAD);
  if (!name) return;
  // As in Wireshark, a record whose data is cut off is not shown at all.
  if (at + name.len + RECORD_HEAD + getU16be(d.b, at + name.len + 8) > end) {
    c.endMalformed();
    return;
  }
  const type = getU16be(d.b, at + name.len);
  if (type === TYPE_SRV) dissectServiceName(d, name, at);
  else d.text(F.name, name.shown, at, name.len);
  c.take(name.len);
  c.u16(F.type);
  if (type === TYPE_OPT) {
    c.u16(F.payloadSize);
    c.u8(F.extendedRcode);
    c.u8(F.version);
    c.bits(c.u16(F.extendedFlags), 2, [
      [F.dnssec, 15, 1],
      [F.reserved, 0, 0x7fff],
    ]);
  } else {
    c.u16(F.klass);
    c.u32(F.ttl);
  }
  const length = c.u16(F.dataLength);
  const dataEnd = c.at + length;
  if (length > 0) readRecordData(type, { d, c, names, dataEnd });
  c.at = dataEnd;
}

/**
 * Wireshark shows the name of an SRV record in its parts: service, protocol, and the rest. A name
 * with only one part gets no such fields.
 */
function dissectServiceName(d: Dissection, name: Name, at: number): void {
  const [service, protocol, ...rest] = name.shown.split(".");
  if (protocol === undefined) return;
  d.text(F.service, service, at, name.len);
  d.text(F.serviceProtocol, protocol, at, name.len);
  d.text(F.serviceName, rest.join("."), at, name.len);
}
