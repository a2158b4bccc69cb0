/** The Domain Name System (RFC 1035): header, questions, records. */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, overUdp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, type Field, flag, hex, ipv4, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { reportMalformed } from "./expert.ts";
import { joined } from "./summary-text.ts";

const TYPES: Readonly<Record<number, string>> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  10: "NULL",
  12: "PTR",
  13: "HINFO",
  15: "MX",
  16: "TXT",
  28: "AAAA",
  33: "SRV",
  252: "AXFR",
  255: "ANY",
};
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
  queryType: dec("dns.qry.type", "Type", 16, TYPES),
  queryClass: hex("dns.qry.class", "Class", 16, CLASSES),
  name: text("dns.resp.name", "Name"),
  type: dec("dns.resp.type", "Type", 16, TYPES),
  klass: hex("dns.resp.class", "Class", 16, CLASSES),
  ttl: dec("dns.resp.ttl", "Time to live", 32),
  dataLength: dec("dns.resp.len", "Data length", 16),
  a: ipv4("dns.a", "Address"),
  ns: text("dns.ns", "Name Server"),
  cname: text("dns.cname", "CNAME"),
  ptr: text("dns.ptr.domain_name", "Domain Name"),
  preference: dec("dns.mx.preference", "Preference", 16),
  exchange: text("dns.mx.mail_exchange", "Mail Exchange"),
  textLength: dec("dns.txt.length", "TXT Length", 8),
  txt: text("dns.txt", "TXT"),
  mname: text("dns.soa.mname", "Primary name server"),
  rname: text("dns.soa.rname", "Responsible authority's mailbox"),
  serial: dec("dns.soa.serial_number", "Serial Number", 32),
  refresh: dec("dns.soa.refresh_interval", "Refresh Interval", 32),
  retry: dec("dns.soa.retry_interval", "Retry Interval", 32),
  expire: dec("dns.soa.expire_limit", "Expire limit", 32),
  minimum: dec("dns.soa.minimum_ttl", "Minimum TTL", 32),
};

export const DNS: Protocol = defineProtocol({
  name: "dns",
  title: "Domain Name System",
  specification: "RFC 1035",
  fields: F,
  over: overUdp(PORT_DNS),
  dissect: dissectDns,
  summary: summary(
    {
      response: F.response,
      opcode: F.opcode,
      rcode: F.rcode,
      queryName: F.queryName,
      queryType: F.queryType,
      a: F.a,
      cname: F.cname,
      ptr: F.ptr,
      ns: F.ns,
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
/** The class and time to live of an OPT record mean other things (RFC 6891). */
const TYPE_OPT = 41;
const TYPE_SRV = 33;
/** Record types that Windows NT's DNS server uses for WINS lookups. */
const TYPES_WINS: readonly number[] = [0xff01, 0xff02];
/** A name of 255 bytes has at most 127 labels: more pointers than that form a loop. */
const MAX_POINTERS = 128;
/** Bytes of a record between its name and its data. */
const RECORD_HEAD = 10;

interface Name {
  readonly shown: string;
  readonly labels: number;
  /** Bytes from the name's start to what follows it; a pointer counts as two. */
  readonly len: number;
}

/** Reads the name at `at`; `null` if it is cut off or points outside the message, "unshown" if it has bytes that are not printable ASCII. */
function readName(b: Uint8Array, start: number, at: number, end: number): Name | "unshown" | null {
  const labels: string[] = [];
  let pointers = 0;
  let len = 0;
  for (let i = at; i < end; ) {
    const octet = b[i];
    if (octet === 0) {
      if (pointers === 0) len = i + 1 - at;
      return { shown: labels.join(".") || "<Root>", labels: Math.max(1, labels.length), len };
    }
    if (octet >= 0xc0) {
      if (i + 2 > end) return null;
      if (pointers === 0) len = i + 2 - at;
      if (++pointers > MAX_POINTERS) return { shown: "<Name contains a pointer that loops>", labels: 1, len };
      i = start + (getU16be(b, i) & 0x3fff);
      continue;
    }
    if (octet > 63 || i + 1 + octet > end) return null;
    const label = String.fromCharCode(...b.subarray(i + 1, i + 1 + octet));
    if (!/^[\x21-\x7e]+$/.test(label) || /[.\\]/.test(label)) return "unshown";
    labels.push(label);
    i += 1 + octet;
  }
  return null;
}

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
  if (((flags >>> 11) & 15) !== OPCODE_UPDATE) {
    const questions = c.u16(F.queries);
    const records = c.u16(F.answers) + c.u16(F.authorities) + c.u16(F.additional);
    for (let i = 0; i < questions && !c.ended; i++) dissectQuestion(d, c, start, end);
    for (let i = 0; i < records && !c.ended; i++) dissectRecord(d, c, start, end);
  }
  d.close();
  if (c.isMalformed) reportMalformed(d, start);
}

/** The name at the cursor; `null`, and the cursor has ended, if the name is malformed or fewer than `tail` bytes follow it. */
function nameWith(d: Dissection, c: FieldCursor, start: number, end: number, tail: number): Name | null {
  if (c.ended) return null;
  const name = readName(d.b, start, c.at, end);
  if (name === "unshown") {
    c.ended = true;
    return null;
  }
  if (!name || c.remaining < name.len + tail) {
    c.endMalformed();
    return null;
  }
  return name;
}

function dissectQuestion(d: Dissection, c: FieldCursor, start: number, end: number): void {
  const { at } = c;
  const name = nameWith(d, c, start, end, 4);
  if (!name) return;
  d.text(F.queryName, name.shown, at, name.len);
  d.number(F.queryNameLen, name.shown.length, at, name.len);
  d.number(F.labels, name.labels, at, name.len);
  c.take(name.len);
  c.u16(F.queryType);
  c.u16(F.queryClass);
}

function dissectRecord(d: Dissection, c: FieldCursor, start: number, end: number): void {
  const { at } = c;
  const name = nameWith(d, c, start, end, RECORD_HEAD);
  if (!name) return;
  // As in Wireshark, a record whose data is cut off is not shown at all.
  if (at + name.len + RECORD_HEAD + getU16be(d.b, at + name.len + 8) > end) {
    c.endMalformed();
    return;
  }
  // Wireshark splits the name of an SRV record into service, protocol and name.
  if (getU16be(d.b, at + name.len) !== TYPE_SRV) d.text(F.name, name.shown, at, name.len);
  c.take(name.len);
  const type = c.u16(F.type);
  if (type === TYPE_OPT || TYPES_WINS.includes(type)) {
    c.ended = true;
    return;
  }
  c.u16(F.klass);
  c.u32(F.ttl);
  const length = c.u16(F.dataLength);
  const dataEnd = c.at + length;
  dissectRecordData(d, c, type, start, dataEnd);
  c.at = dataEnd;
}

/** Reads a record's data for the common types of RFC 1035. */
function dissectRecordData(d: Dissection, c: FieldCursor, type: number, start: number, end: number): void {
  const name = (field: Field) => {
    const { at } = c;
    const read = nameWith(d, c, start, end, 0);
    if (!read) return;
    d.text(field, read.shown, at, read.len);
    c.take(read.len);
  };
  switch (type) {
    case 1:
      if (end - c.at >= 4) c.u32(F.a);
      else c.endMalformed();
      return;
    case 2:
      name(F.ns);
      return;
    case 5:
      name(F.cname);
      return;
    case 12:
      name(F.ptr);
      return;
    case 15:
      c.u16(F.preference);
      name(F.exchange);
      return;
    case 16:
      while (c.at < end && !c.ended) {
        const length = c.u8(F.textLength);
        if (c.at + length > end) c.endMalformed();
        else c.text(F.txt, length);
      }
      return;
    case 6:
      name(F.mname);
      name(F.rname);
      for (const field of [F.serial, F.refresh, F.retry, F.expire, F.minimum]) c.u32(field);
      return;
  }
}
