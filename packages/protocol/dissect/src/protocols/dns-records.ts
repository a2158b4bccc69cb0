/** Data of DNS records: a row a type, with its name and what its data consists of (RFC 1035, and the document that each row names). */

import { formatIpv6 } from "@pushback/bytes";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, type Field, flag, hex, ipv4, ipv6, text } from "../field.ts";
import type { FieldCursor } from "../field-cursor.ts";
import { type NameReader, nameAtCursor } from "./dns-name.ts";

/** Where a record's data lies: names in it may point to anywhere in the message. */
export interface RecordData {
  readonly d: Dissection;
  readonly c: FieldCursor;
  /** The names of the message. */
  readonly names: NameReader;
  /** First byte after the data. */
  readonly dataEnd: number;
}

/** A part of a record's data, and the fields that it shows. */
interface Part {
  readonly fields: readonly Field[];
  readonly read: (data: RecordData) => void;
}

const one = (field: Field, read: (c: FieldCursor, field: Field) => void): Part => ({ fields: [field], read: ({ c }) => read(c, field) });
const u8 = (name: string, title: string): Part => one(dec(name, title, 8), (c, f) => c.u8(f));
const u16 = (name: string, title: string): Part => one(dec(name, title, 16), (c, f) => c.u16(f));
const u32 = (name: string, title: string): Part => one(dec(name, title, 32), (c, f) => c.u32(f));
const address = (field: Field): Part => one(field, (c, f) => c.u32(f));

function nameOf(field: Field): Part {
  return {
    fields: [field],
    read: ({ d, c, names }) => {
      const name = nameAtCursor(names, c, 0);
      if (name === null) return;
      d.text(field, name.shown, c.at, name.len);
      c.take(name.len);
    },
  };
}
const domain = (name: string, title: string): Part => nameOf(text(name, title));

/** A length of one byte, then as much text. */
function counted(lengthName: string, lengthTitle: string, name: string, title: string): Part {
  const length = dec(lengthName, lengthTitle, 8);
  const field = text(name, title);
  return {
    fields: [length, field],
    read: ({ c }) => {
      const len = c.u8(length);
      c.text(field, len);
    },
  };
}

/** The part again and again, up to the end of the data. */
function repeated(part: Part): Part {
  return {
    fields: part.fields,
    read: (data) => {
      while (data.c.at < data.dataEnd && !data.c.ended) part.read(data);
    },
  };
}

/** What is left of the data. */
function rest(name: string, title: string): Part {
  const field = bytes(name, title);
  return {
    fields: [field],
    read: ({ c, dataEnd }) => {
      if (!c.ended && dataEnd > c.at) c.bytes(field, dataEnd - c.at);
    },
  };
}

/** The fields that a message's line in the packet list shows. */
export const RECORDS = {
  a: ipv4("dns.a", "Address"),
  ns: text("dns.ns", "Name Server"),
  cname: text("dns.cname", "CNAME"),
  ptr: text("dns.ptr.domain_name", "Domain Name"),
};
const AAAA = ipv6("dns.aaaa", "AAAA Address");
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** A part of `len` bytes: the message is malformed if the record's data has fewer left. */
const whole = (part: Part, len: number): Part => ({
  fields: part.fields,
  read: (data) => {
    if (data.dataEnd - data.c.at < len) data.c.endMalformed();
    else part.read(data);
  },
});

const ipv6Address: Part = {
  fields: [AAAA],
  read: ({ d, c }) => {
    const at = c.take(IPV6_BYTES);
    if (at >= 0) d.text(AAAA, formatIpv6(d.b, at), at, IPV6_BYTES);
  },
};

/** The lowest of 32 bits, which Wireshark shows; windns.h has DNS_WINS_FLAG_LOCAL as 0x10000. */
function flag32(name: string): Part {
  const field = flag(name, "Local Flag");
  return {
    fields: [field],
    read: ({ d, c }) => {
      const at = c.take(4);
      if (at >= 0) d.number(field, d.b[at + 3] & 1, at, 4);
    },
  };
}

function winsServers(): Part {
  const count = dec("dns.wins.nb_wins_servers", "Number of WINS servers", 32);
  const server = ipv4("dns.wins.wins_server", "WINS Server Address");
  return {
    fields: [count, server],
    read: ({ c, dataEnd }) => {
      const servers = c.u32(count);
      for (let i = 0; i < servers && !c.ended && c.at < dataEnd; i++) c.u32(server);
    },
  };
}

const winsTimes = (name: "wins" | "winsr"): readonly Part[] => [
  flag32(`dns.${name}.local_flag`),
  u32(`dns.${name}.lookup_timeout`, "Lookup timeout"),
  u32(`dns.${name}.cache_timeout`, "Cache timeout"),
];

/** Options of an OPT record (RFC 6891 section 6.1.2). */
const optCode = dec("dns.opt.code", "Option Code", 16, {
  3: "NSID",
  8: "CSUBNET - Client subnet",
  10: "COOKIE",
  11: "edns-tcp-keepalive",
  12: "PADDING",
});
const optLength = dec("dns.opt.len", "Option Length", 16);
const optData = bytes("dns.opt.data", "Option Data");
const edns: Part = repeated({
  fields: [optCode, optLength, optData],
  read: ({ c, dataEnd }) => {
    c.u16(optCode);
    const length = c.u16(optLength);
    c.bytes(optData, length);
    // As in Wireshark, an option may go beyond its record. What follows is not read: otherwise each record could show the rest of the message again.
    if (length > 0 && c.at > dataEnd) c.ended = true;
  },
});

interface RecordType {
  readonly name: string;
  readonly parts: readonly Part[];
}

const row = (name: string, ...parts: readonly Part[]): RecordType => ({ name, parts });

/** OPT: its CLASS and TTL fields hold data of its own (RFC 6891 section 6.1.2). */
export const TYPE_OPT = 41;
/** The one record whose name is shown in parts (RFC 2782). */
export const TYPE_SRV = 33;

export const RECORD_TYPES: Readonly<Record<number, RecordType>> = {
  1: row("A", whole(address(RECORDS.a), IPV4_BYTES)),
  2: row("NS", nameOf(RECORDS.ns)),
  3: row("MD", domain("dns.md", "Mail Destination")),
  4: row("MF", domain("dns.mf", "Mail Forwarder")),
  5: row("CNAME", nameOf(RECORDS.cname)),
  6: row(
    "SOA",
    domain("dns.soa.mname", "Primary name server"),
    domain("dns.soa.rname", "Responsible authority's mailbox"),
    u32("dns.soa.serial_number", "Serial Number"),
    u32("dns.soa.refresh_interval", "Refresh Interval"),
    u32("dns.soa.retry_interval", "Retry Interval"),
    u32("dns.soa.expire_limit", "Expire limit"),
    u32("dns.soa.minimum_ttl", "Minimum TTL"),
  ),
  7: row("MB", domain("dns.mb", "MailBox Domain")),
  8: row("MG", domain("dns.mg", "Mail Group member")),
  9: row("MR", domain("dns.mr", "Mail Rename domain")),
  10: row("NULL", rest("dns.null", "Null (data)")),
  11: row(
    "WKS",
    address(ipv4("dns.wks.address", "Address")),
    u8("dns.wks.protocol", "Protocol"),
    repeated(one(hex("dns.wks.bits", "Bits", 8), (c, f) => c.u8(f))),
  ),
  12: row("PTR", nameOf(RECORDS.ptr)),
  13: row(
    "HINFO",
    counted("dns.hinfo.cpu_length", "CPU Length", "dns.hinfo.cpu", "CPU"),
    counted("dns.hinfo.os_length", "OS Length", "dns.hinfo.os", "OS"),
  ),
  14: row("MINFO", domain("dns.minfo.r", "Responsible Mailbox"), domain("dns.minfo.e", "Error Mailbox")),
  15: row("MX", u16("dns.mx.preference", "Preference"), domain("dns.mx.mail_exchange", "Mail Exchange")),
  16: row("TXT", repeated(counted("dns.txt.length", "TXT Length", "dns.txt", "TXT"))),
  // RFC 1183.
  17: row("RP", domain("dns.rp.mailbox", "Mailbox"), domain("dns.rp.txt_rr", "TXT RR")),
  18: row("AFSDB", u16("dns.afsdb.subtype", "Subtype"), domain("dns.afsdb.hostname", "Hostname")),
  19: row("X25", counted("dns.x25.length", "Length", "dns.x25.psdn_address", "PSDN-Address")),
  21: row("RT", u16("dns.rt.subtype", "Preference"), domain("dns.rt.intermediate_host", "Intermediate Hostname")),
  // RFC 3596.
  28: row("AAAA", whole(ipv6Address, IPV6_BYTES)),
  // RFC 2782.
  [TYPE_SRV]: row(
    "SRV",
    u16("dns.srv.priority", "Priority"),
    u16("dns.srv.weight", "Weight"),
    u16("dns.srv.port", "Port"),
    domain("dns.srv.target", "Target"),
  ),
  // RFC 6672.
  39: row("DNAME", domain("dns.dname", "DNAME")),
  [TYPE_OPT]: row("OPT", edns),
  // RFC 4408 section 3.1.1; RFC 7208 gave it up.
  99: row("SPF", repeated(counted("dns.spf.length", "SPF Length", "dns.spf", "SPF"))),
  252: row("AXFR"),
  255: row("ANY"),
  // Windows NT's DNS server asks WINS for what it does not know, by these (windns.h: DNS_TYPE_WINS, DNS_TYPE_WINSR).
  65281: row("WINS", ...winsTimes("wins"), winsServers()),
  65282: row("WINS-R", ...winsTimes("winsr"), domain("dns.winsr.name_result_domain", "Name Result Domain")),
};

export const RECORD_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(RECORD_TYPES).map(([type, { name }]) => [type, name]),
);

export const RECORD_FIELDS: readonly Field[] = Object.values(RECORD_TYPES).flatMap(({ parts }) => parts.flatMap((part) => part.fields));

/** Reads a record's data, which is not empty; of a type without a row, nothing. */
export function readRecordData(type: number, data: RecordData): void {
  for (const part of RECORD_TYPES[type]?.parts ?? []) part.read(data);
}
