/** How values of DHCP's options are read: one reader a kind of value, and one each for options of their own shape. */

import { getU32be } from "@pushback/bytes";
import type { Dissection } from "../dissection.ts";
import { bytes as bytesField, dec, ether, type Field, flag, hex, ipv4, remark, text } from "../field.ts";
import type { FieldCursor } from "../field-cursor.ts";
import { NameReader } from "./dns-name.ts";
import { reportRemark } from "./expert.ts";

export interface Option {
  readonly code: number;
  readonly name: string;
  readonly fields: readonly Field[];
  /** Reads the `len` bytes at the cursor, which ends with the option; `null` for an option whose bytes are all that is shown. */
  readonly read: ((d: Dissection, c: FieldCursor, len: number) => void) | null;
}

const BAD_LENGTH = remark("dhcp.bad_length", "length invalid", "error", "protocol");
const MISSING_SUBOPTION_LENGTH = remark("dhcp.missing_subopt_length", "no room left in option for suboption length", "error", "protocol");
const MISSING_SUBOPTION_VALUE = remark("dhcp.missing_subopt_value", "no room left in option for suboption value", "error", "protocol");
const WIDE_MASK = remark("dhcp.option.classless_static.route", "Mask width > 32", "error", "protocol");
const NOT_STANDARD = remark("dhcp.option.nonstd_data", "Non standard compliant option data", "note", "protocol");
/** Remarks on the shape of options. */
export const OPTION_REMARKS = {
  badLength: BAD_LENGTH,
  missingLength: MISSING_SUBOPTION_LENGTH,
  missingValue: MISSING_SUBOPTION_VALUE,
  wideMask: WIDE_MASK,
  notStandard: NOT_STANDARD,
};

/** Bytes of an option before its value: code and length. */
const HEAD_BYTES = 2;
type Values = Readonly<Record<number, string>>;

const fieldName = (name: string): string => `dhcp.option.${name}`;

/** An option of one value of `size` bytes. */
function fixed(
  code: number,
  name: string,
  field: Field,
  size: number,
  readValue: (d: Dissection, c: FieldCursor, field: Field) => void,
): Option {
  return {
    code,
    name,
    fields: [field],
    read: (d, c, len) => {
      if (len === size) readValue(d, c, field);
      else reportRemark(d, BAD_LENGTH, c.at - HEAD_BYTES, `length isn't ${size}`);
    },
  };
}

/** An option of any number of items, each of which is one value of every field in turn. */
function list(code: number, name: string, fields: readonly Field[], itemSize: number, readItem: (c: FieldCursor) => void): Option {
  return {
    code,
    name,
    fields,
    read: (d, c) => {
      const at = c.at - HEAD_BYTES;
      while (c.remaining >= itemSize) readItem(c);
      if (c.remaining > 0) reportRemark(d, BAD_LENGTH, at, `Option length isn't a multiple of ${itemSize}`);
    },
  };
}

export const named = (code: number, name: string): Option => ({ code, name, fields: [], read: null });
export const structured = (code: number, name: string, fields: readonly Field[], read: Option["read"]): Option => ({
  code,
  name,
  fields,
  read,
});

export const address = (code: number, name: string, field: string, title = name): Option =>
  fixed(code, name, ipv4(fieldName(field), title), 4, (_, c, f) => c.u32(f));
export const octet = (code: number, name: string, field: string, title = name, values: Values | null = null): Option =>
  fixed(code, name, dec(fieldName(field), title, 8, values), 1, (_, c, f) => c.u8(f));
export const word = (code: number, name: string, field: string, title = name): Option =>
  fixed(code, name, dec(fieldName(field), title, 16), 2, (_, c, f) => c.u16(f));
/** Seconds, or another number of 32 bits. */
export const long = (code: number, name: string, field: string, title = name): Option =>
  fixed(code, name, dec(fieldName(field), title, 32), 4, (_, c, f) => c.u32(f));
export const signed = (code: number, name: string, field: string, title = name): Option =>
  fixed(code, name, dec(fieldName(field), title, 32), 4, (d, c, f) => {
    const at = c.take(4);
    if (at >= 0) d.number(f, getU32be(d.b, at) | 0, at, 4);
  });
/** Any octet but zero means true. */
export const flagged = (code: number, name: string, field: string, title = name): Option =>
  fixed(code, name, flag(fieldName(field), title), 1, (d, c, f) => {
    const at = c.take(1);
    if (at >= 0) d.number(f, d.b[at] === 0 ? 0 : 1, at, 1);
  });

export function string(code: number, name: string, field: string, title = name): Option {
  const f = text(fieldName(field), title);
  return {
    code,
    name,
    fields: [f],
    read: (_, c, len) => {
      if (len > 0) c.text(f, len);
    },
  };
}

export function addresses(code: number, name: string, field: string, title = name): Option {
  const f = ipv4(fieldName(field), title);
  return list(code, name, [f], 4, (c) => c.u32(f));
}

export function words(code: number, name: string, field: string, title = name, values: Values | null = null): Option {
  const f = dec(fieldName(field), title, 16, values);
  return list(code, name, [f], 2, (c) => c.u16(f));
}

type NameAndTitle = readonly [name: string, title: string];

/** Declares an option whose value is a list of pairs of IPv4 addresses. */
export function pairs(code: number, name: string, first: NameAndTitle, second: NameAndTitle): Option {
  const fields = [first, second].map(([field, title]) => ipv4(fieldName(field), title));
  return list(code, name, fields, 8, (c) => {
    for (const field of fields) c.u32(field);
  });
}

export const MESSAGE_TYPE = dec("dhcp.option.dhcp", "DHCP", 8, {
  1: "Discover",
  2: "Offer",
  3: "Request",
  4: "Decline",
  5: "ACK",
  6: "NAK",
  7: "Release",
  8: "Inform",
  9: "Force Renew",
  10: "Lease query",
  11: "Lease Unassigned",
  12: "Lease Unknown",
  13: "Lease Active",
});

export const readMessageType: Option["read"] = (_, c, len) => {
  if (len > 0) c.u8(MESSAGE_TYPE);
};

export const HARDWARE_TYPE = hex("dhcp.hw.type", "Hardware type", 8, { 1: "Ethernet" });
export const HARDWARE_ADDRESS = ether("dhcp.hw.mac_addr", "Client MAC address");
/** Bytes of a client identifier that is an Ethernet address with its type before it. */
const ETHERNET_IDENTIFIER = 7;

export const readClientIdentifier: Option["read"] = (d, c, len) => {
  if (len !== ETHERNET_IDENTIFIER || d.b[c.at] !== 1) return;
  c.u8(HARDWARE_TYPE);
  c.mac(HARDWARE_ADDRESS);
};

/** RFC 3004. */
export const USER_CLASS = {
  instance: dec("dhcp.option.user_class", "Instance of User Class", 8),
  length: dec("dhcp.option.user_class.length", "User Class Length", 8),
  data: bytesField("dhcp.option.user_class.data", "User Class Data"),
  text: text("dhcp.option.user_class.text", "User Class Data (Text)"),
};

/** Some clients write one text in place of the list that RFC 3004 asks for. */
export const readUserClasses: Option["read"] = (d, c, len) => {
  const at = c.at - HEAD_BYTES;
  if (len < 2) {
    reportRemark(d, BAD_LENGTH, at, "length isn't >= 2");
    return;
  }
  for (let i = 0; c.remaining > 0; i++) {
    const length = d.b[c.at];
    if (1 + length > c.remaining) {
      c.text(USER_CLASS.text, c.remaining);
      reportRemark(d, NOT_STANDARD, at);
      return;
    }
    d.number(USER_CLASS.instance, i, c.at, 1 + length);
    c.u8(USER_CLASS.length);
    if (length === 0) {
      reportRemark(d, BAD_LENGTH, at, `UC_Len_${i} isn't >= 1 (UC_Len_${i} = 0)`);
      return;
    }
    c.bytes(USER_CLASS.data, length);
  }
};

/** RFC 4702. */
export const FQDN = {
  flags: hex("dhcp.fqdn.flags", "Flags", 8),
  reserved: hex("dhcp.fqdn.mbz", "Reserved flags", 8),
  noUpdates: flag("dhcp.fqdn.n", "Server DDNS"),
  encoded: flag("dhcp.fqdn.e", "Encoding"),
  overridden: flag("dhcp.fqdn.o", "Server overrides"),
  server: flag("dhcp.fqdn.s", "Server"),
  rcode1: dec("dhcp.fqdn.rcode1", "A-RR result", 8),
  rcode2: dec("dhcp.fqdn.rcode2", "PTR-RR result", 8),
  name: text("dhcp.fqdn.name", "Client name"),
};
const FQDN_HEAD_BYTES = 3;
const FQDN_ENCODED = 4;

export const readFqdn: Option["read"] = (d, c, len) => {
  if (len < FQDN_HEAD_BYTES) {
    reportRemark(d, BAD_LENGTH, c.at - HEAD_BYTES, "length isn't >= 3");
    return;
  }
  const flags = c.u8(FQDN.flags);
  c.bits(flags, 1, [
    [FQDN.reserved, 4, 15],
    [FQDN.noUpdates, 3, 1],
    [FQDN.encoded, 2, 1],
    [FQDN.overridden, 1, 1],
    [FQDN.server, 0, 1],
  ]);
  c.u8(FQDN.rcode1);
  c.u8(FQDN.rcode2);
  if (c.remaining === 0) return;
  if ((flags & FQDN_ENCODED) === 0) {
    c.text(FQDN.name, c.remaining);
    return;
  }
  const name = new NameReader(d.b, c.at, c.at + c.remaining).read(c.at);
  if (name === null) c.endMalformed();
  else if (name !== "unshown") d.text(FQDN.name, name.shown, c.at, name.len);
};

/** Fields of option 82, the relay agent's information (RFC 3046 and the RFCs that add suboptions). */
export const AGENT = {
  suboption: dec("dhcp.option.agent_information_option.suboption", "Option 82 Suboption", 8, {
    1: "Agent Circuit ID",
    2: "Agent Remote ID",
    5: "Link selection",
    6: "Subscriber ID",
    11: "Server ID Override",
  }),
  length: dec("dhcp.option.suboption_length", "Length", 8),
  value: bytesField("dhcp.option.agent_information_option.value", "Value"),
  circuit: bytesField("dhcp.option.agent_information_option.agent_circuit_id", "Agent Circuit ID"),
  remote: bytesField("dhcp.option.agent_information_option.agent_remote_id", "Agent Remote ID"),
};
const SUBOPTION_FIELDS: Readonly<Record<number, Field>> = { 1: AGENT.circuit, 2: AGENT.remote };

export const readAgentInformation: Option["read"] = (d, c) => {
  const at = c.at - HEAD_BYTES;
  while (c.remaining > 0) {
    const code = d.b[c.at];
    if (c.remaining < 2) {
      reportRemark(d, MISSING_SUBOPTION_LENGTH, at, `Suboption ${code}: no room left in option for suboption length`);
      return;
    }
    const length = d.b[c.at + 1];
    d.number(AGENT.suboption, code, c.at, 2 + length);
    c.take(1);
    c.u8(AGENT.length);
    if (c.remaining < length) {
      reportRemark(d, MISSING_SUBOPTION_VALUE, at, `Suboption ${code}: no room left in option for suboption value`);
      return;
    }
    d.bytes(AGENT.value, c.at, length);
    const field = SUBOPTION_FIELDS[code];
    if (field && length > 0) d.bytes(field, c.at, length);
    c.take(length);
  }
};

/** RFC 3397; names are as in DNS, and a pointer counts from the option's first byte. */
export const SEARCHED_DOMAIN = text("dhcp.option.dhcp_dns_domain_search_list_fqdn", "FQDN");

export const readSearchList: Option["read"] = (d, c, len) => {
  const names = new NameReader(d.b, c.at, c.at + len);
  while (c.remaining > 0) {
    const name = names.read(c.at);
    if (name === null) c.endMalformed();
    if (name === null || name === "unshown") return;
    d.text(SEARCHED_DOMAIN, name.shown, c.at, name.len);
    c.take(name.len);
  }
};

/** RFC 3442: the width of a mask, as many octets of the network as it covers, and the router. */
export const ROUTE = bytesField("dhcp.option.classless_static_route", "Classless Static Route");
const SMALLEST_ROUTE = 5;
const IPV4_BITS = 32;

export const readRoutes: Option["read"] = (d, c, len) => {
  const at = c.at - HEAD_BYTES;
  if (len < SMALLEST_ROUTE) {
    reportRemark(d, BAD_LENGTH, at, `length isn't >= ${SMALLEST_ROUTE}`);
    return;
  }
  while (c.remaining > 0) {
    const width = d.b[c.at];
    if (width > IPV4_BITS) {
      reportRemark(d, WIDE_MASK, at, `Mask width (${width}) > ${IPV4_BITS}`);
      return;
    }
    c.bytes(ROUTE, SMALLEST_ROUTE + Math.ceil(width / 8));
    if (c.ended) return;
  }
};
