/** The Domain Name System (RFC 1035): header, questions, records. */

import { getU16be } from "@pushback/bytes";
import type { Dissection } from "./dissection.ts";
import { dec, flag, group, hex, ipv4, text } from "./field.ts";
import { FieldCursor } from "./field-cursor.ts";

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
const CLASSES: Readonly<Record<number, string>> = { 1: "IN", 3: "CH", 4: "HS", 255: "ANY" };

export const DNS = {
  dns: group("dns", "Domain Name System"),
  id: hex("dns.id", "Transaction ID", 16),
  flags: hex("dns.flags", "Flags", 16),
  response: flag("dns.flags.response", "Response"),
  opcode: dec("dns.flags.opcode", "Opcode", { 0: "Standard query", 1: "Inverse query", 2: "Server status request", 5: "Dynamic update" }),
  authoritative: flag("dns.flags.authoritative", "Authoritative"),
  truncated: flag("dns.flags.truncated", "Truncated"),
  recursionDesired: flag("dns.flags.recdesired", "Recursion desired"),
  recursionAvailable: flag("dns.flags.recavail", "Recursion available"),
  z: flag("dns.flags.z", "Z"),
  authenticated: flag("dns.flags.authenticated", "Answer authenticated"),
  checkingDisabled: flag("dns.flags.checkdisable", "Non-authenticated data"),
  rcode: dec("dns.flags.rcode", "Reply code", {
    0: "No error",
    1: "Format error",
    2: "Server failure",
    3: "No such name",
    4: "Not implemented",
    5: "Refused",
  }),
  queries: dec("dns.count.queries", "Questions"),
  answers: dec("dns.count.answers", "Answer RRs"),
  authorities: dec("dns.count.auth_rr", "Authority RRs"),
  additional: dec("dns.count.add_rr", "Additional RRs"),
  queryName: text("dns.qry.name", "Name"),
  queryNameLen: dec("dns.qry.name.len", "Name Length"),
  labels: dec("dns.count.labels", "Label Count"),
  queryType: dec("dns.qry.type", "Type", TYPES),
  queryClass: hex("dns.qry.class", "Class", 16, CLASSES),
  name: text("dns.resp.name", "Name"),
  type: dec("dns.resp.type", "Type", TYPES),
  klass: hex("dns.resp.class", "Class", 16, CLASSES),
  ttl: dec("dns.resp.ttl", "Time to live"),
  dataLength: dec("dns.resp.len", "Data length"),
  a: ipv4("dns.a", "Address"),
  ns: text("dns.ns", "Name Server"),
  cname: text("dns.cname", "CNAME"),
  ptr: text("dns.ptr.domain_name", "Domain Name"),
  preference: dec("dns.mx.preference", "Preference"),
  exchange: text("dns.mx.mail_exchange", "Mail Exchange"),
  textLength: dec("dns.txt.length", "TXT Length"),
  txt: text("dns.txt", "TXT"),
  mname: text("dns.soa.mname", "Primary name server"),
  rname: text("dns.soa.rname", "Responsible authority's mailbox"),
  serial: dec("dns.soa.serial_number", "Serial Number"),
  refresh: dec("dns.soa.refresh_interval", "Refresh Interval"),
  retry: dec("dns.soa.retry_interval", "Retry Interval"),
  expire: dec("dns.soa.expire_limit", "Expire limit"),
  minimum: dec("dns.soa.minimum_ttl", "Minimum TTL"),
};

const OPCODE_UPDATE = 5;
/** Its class and time to live mean other things (RFC 6891). */
const TYPE_OPT = 41;
const TYPE_SRV = 33;
/** Windows' own. */
const TYPES_WINS: readonly number[] = [0xff01, 0xff02];
/** More pointers than a name of 255 bytes has room for labels are a circle. */
const MAX_POINTERS = 128;
/** Bytes of a record between its name and its data. */
const RECORD_HEAD = 10;

interface Name {
  readonly shown: string;
  readonly labels: number;
  /** Bytes that it takes where it stands. */
  readonly len: number;
}

/** `null` for a name that is cut off, points outside the message, or has bytes that are no letters. */
function readName(b: Uint8Array, start: number, at: number, end: number): Name | null {
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
    if (!/^[\x21-\x7e]+$/.test(label) || /[.\\]/.test(label)) return null;
    labels.push(label);
    i += 1 + octet;
  }
  return null;
}

/** A message; what is cut off, or counted and not there, ends the account of it. */
export function dissectDns(d: Dissection, start: number, end: number): void {
  d.protocol(DNS.dns, start, end - start);
  const c = new FieldCursor(d, start, end);
  c.u16(DNS.id);
  const flags = c.u16(DNS.flags);
  const isResponse = flags >>> 15 === 1;
  c.bits(flags, 2, [
    [DNS.response, 15, 1],
    [DNS.opcode, 11, 15],
    [DNS.truncated, 9, 1],
    [DNS.recursionDesired, 8, 1],
    [DNS.z, 6, 1],
    [DNS.checkingDisabled, 4, 1],
  ]);
  if (isResponse) {
    c.bits(flags, 2, [
      [DNS.authoritative, 10, 1],
      [DNS.recursionAvailable, 7, 1],
      [DNS.authenticated, 5, 1],
      [DNS.rcode, 0, 15],
    ]);
  }
  if (((flags >>> 11) & 15) !== OPCODE_UPDATE) {
    const questions = c.u16(DNS.queries);
    const records = c.u16(DNS.answers) + c.u16(DNS.authorities) + c.u16(DNS.additional);
    for (let i = 0; i < questions && !c.ended; i++) dissectQuestion(d, c, start, end);
    for (let i = 0; i < records && !c.ended; i++) dissectRecord(d, c, start, end);
  }
  d.close();
}

/** The name at the cursor, if `tail` bytes follow it; otherwise the account ends. */
function nameWith(d: Dissection, c: FieldCursor, start: number, end: number, tail: number): Name | null {
  const name = c.ended ? null : readName(d.b, start, c.at, end);
  if (!name || c.remaining < name.len + tail) {
    c.ended = true;
    return null;
  }
  return name;
}

function dissectQuestion(d: Dissection, c: FieldCursor, start: number, end: number): void {
  const { at } = c;
  const name = nameWith(d, c, start, end, 4);
  if (!name) return;
  d.text(DNS.queryName, name.shown, at, name.len);
  d.number(DNS.queryNameLen, name.shown.length, at, name.len);
  d.number(DNS.labels, name.labels, at, name.len);
  c.take(name.len);
  c.u16(DNS.queryType);
  c.u16(DNS.queryClass);
}

function dissectRecord(d: Dissection, c: FieldCursor, start: number, end: number): void {
  const { at } = c;
  const name = nameWith(d, c, start, end, RECORD_HEAD);
  if (!name) return;
  // A record whose data is not all there is none.
  if (at + name.len + RECORD_HEAD + getU16be(d.b, at + name.len + 8) > end) {
    c.ended = true;
    return;
  }
  // The name of a service is taken apart in another way.
  if (getU16be(d.b, at + name.len) !== TYPE_SRV) d.text(DNS.name, name.shown, at, name.len);
  c.take(name.len);
  const type = c.u16(DNS.type);
  if (type === TYPE_OPT || TYPES_WINS.includes(type)) {
    c.ended = true;
    return;
  }
  c.u16(DNS.klass);
  c.u32(DNS.ttl);
  const length = c.u16(DNS.dataLength);
  const dataEnd = c.at + length;
  dissectData(d, c, type, start, dataEnd);
  c.at = dataEnd;
}

/** Of the types that there were before 1995 and that people still meet. */
function dissectData(d: Dissection, c: FieldCursor, type: number, start: number, end: number): void {
  const name = (field: (typeof DNS)[keyof typeof DNS]) => {
    const { at } = c;
    const read = nameWith(d, c, start, end, 0);
    if (!read) return;
    d.text(field, read.shown, at, read.len);
    c.take(read.len);
  };
  switch (type) {
    case 1:
      if (end - c.at >= 4) c.u32(DNS.a);
      return;
    case 2:
      name(DNS.ns);
      return;
    case 5:
      name(DNS.cname);
      return;
    case 12:
      name(DNS.ptr);
      return;
    case 15:
      c.u16(DNS.preference);
      name(DNS.exchange);
      return;
    case 16:
      while (c.at < end && !c.ended) {
        const length = c.u8(DNS.textLength);
        if (c.at + length > end) c.ended = true;
        else c.text(DNS.txt, length);
      }
      return;
    case 6:
      name(DNS.mname);
      name(DNS.rname);
      for (const field of [DNS.serial, DNS.refresh, DNS.retry, DNS.expire, DNS.minimum]) c.u32(field);
      return;
  }
}
