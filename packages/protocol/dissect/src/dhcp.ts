/** BOOTP and DHCP (RFC 951, RFC 2131, RFC 2132): the fixed fields and the options of every day. */

import { getU32be } from "@pushback/bytes";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, ether, type Field, flag, group, hex, ipv4, text } from "./field.ts";
import { FieldCursor } from "./field-cursor.ts";

const OPTIONS: Readonly<Record<number, string>> = {
  0: "Padding",
  1: "Subnet Mask",
  3: "Router",
  6: "Domain Name Server",
  12: "Host Name",
  15: "Domain Name",
  44: "NetBIOS over TCP/IP Name Server",
  46: "NetBIOS over TCP/IP Node Type",
  50: "Requested IP Address",
  51: "IP Address Lease Time",
  53: "DHCP Message Type",
  54: "DHCP Server Identifier",
  55: "Parameter Request List",
  56: "Message",
  57: "Maximum DHCP Message Size",
  58: "Renewal Time Value",
  59: "Rebinding Time Value",
  60: "Vendor class identifier",
  61: "Client identifier",
};

export const DHCP = {
  dhcp: group("dhcp", "Dynamic Host Configuration Protocol"),
  type: dec("dhcp.type", "Message type", { 1: "Boot Request", 2: "Boot Reply" }),
  hwType: hex("dhcp.hw.type", "Hardware type", 8, { 1: "Ethernet" }),
  hwLen: dec("dhcp.hw.len", "Hardware address length"),
  hops: dec("dhcp.hops", "Hops"),
  id: hex("dhcp.id", "Transaction ID", 32),
  secs: dec("dhcp.secs", "Seconds elapsed"),
  flags: hex("dhcp.flags", "Bootp flags", 16),
  broadcast: flag("dhcp.flags.bc", "Broadcast flag"),
  clientIp: ipv4("dhcp.ip.client", "Client IP address"),
  yourIp: ipv4("dhcp.ip.your", "Your (client) IP address"),
  serverIp: ipv4("dhcp.ip.server", "Next server IP address"),
  relayIp: ipv4("dhcp.ip.relay", "Relay agent IP address"),
  mac: ether("dhcp.hw.mac_addr", "Client MAC address"),
  macPadding: bytes("dhcp.hw.addr_padding", "Client hardware address padding"),
  serverName: text("dhcp.server", "Server host name"),
  file: text("dhcp.file", "Boot file name"),
  cookie: ipv4("dhcp.cookie", "Magic cookie"),
  optionType: dec("dhcp.option.type", "Option", OPTIONS),
  optionLength: dec("dhcp.option.length", "Length"),
  optionValue: bytes("dhcp.option.value", "Value"),
  optionEnd: dec("dhcp.option.end", "Option End"),
  optionPadding: bytes("dhcp.option.padding", "Padding"),
  messageType: dec("dhcp.option.dhcp", "DHCP", {
    1: "Discover",
    2: "Offer",
    3: "Request",
    4: "Decline",
    5: "ACK",
    6: "NAK",
    7: "Release",
    8: "Inform",
  }),
  requestItem: dec("dhcp.option.request_list_item", "Parameter Request List Item", OPTIONS),
  nodeType: dec("dhcp.option.netbios_over_tcpip_node_type", "NetBIOS Node Type", { 1: "B-node", 2: "P-node", 4: "M-node", 8: "H-node" }),
  maxSize: dec("dhcp.option.dhcp_max_message_size", "Maximum DHCP Message Size"),
};

/** What the values of these options are. */
const ADDRESSES: Readonly<Record<number, Field>> = {
  1: ipv4("dhcp.option.subnet_mask", "Subnet Mask"),
  3: ipv4("dhcp.option.router", "Router"),
  6: ipv4("dhcp.option.domain_name_server", "Domain Name Server"),
  44: ipv4("dhcp.option.netbios_over_tcpip_name_server", "NetBIOS over TCP/IP Name Server"),
  50: ipv4("dhcp.option.requested_ip_address", "Requested IP Address"),
  54: ipv4("dhcp.option.dhcp_server_id", "DHCP Server Identifier"),
};
const TIMES: Readonly<Record<number, Field>> = {
  51: dec("dhcp.option.ip_address_lease_time", "IP Address Lease Time"),
  58: dec("dhcp.option.renewal_time_value", "Renewal Time Value"),
  59: dec("dhcp.option.rebinding_time_value", "Rebinding Time Value"),
};
const TEXTS: Readonly<Record<number, Field>> = {
  12: text("dhcp.option.hostname", "Host Name"),
  15: text("dhcp.option.domain_name", "Domain Name"),
  56: text("dhcp.option.message", "Message"),
  60: text("dhcp.option.vendor_class_id", "Vendor class identifier"),
};
/** One address, not a list. */
const SINGLE: readonly number[] = [1, 50, 54];

export const DHCP_FIELDS: Readonly<Record<string, Field>> = {
  ...DHCP,
  ...Object.fromEntries(
    [...Object.values(ADDRESSES), ...Object.values(TIMES), ...Object.values(TEXTS)].map((field) => [field.name, field]),
  ),
};

const MAGIC_COOKIE = 0x63825363;
const OPTION_END = 255;
const BOOT_REQUEST = 1;
const MOST_HARDWARE_BYTES = 16;
/** Up to the hardware address; and up to the first option. */
const REQUEST_BYTES = 34;
const OPTIONS_AT = 240;

export function dissectDhcp(d: Dissection, at: number, end: number): void {
  d.protocol(DHCP.dhcp, at, end - at);
  if (!isReadable(d, at, end)) {
    d.close();
    return;
  }
  const c = new FieldCursor(d, at, end);
  c.u8(DHCP.type);
  const hwType = c.u8(DHCP.hwType);
  const hwLen = c.u8(DHCP.hwLen);
  c.u8(DHCP.hops);
  c.u32(DHCP.id);
  c.u16(DHCP.secs);
  const flags = c.u16(DHCP.flags);
  c.bits(flags, 2, [[DHCP.broadcast, 15, 1]]);
  for (const field of [DHCP.clientIp, DHCP.yourIp, DHCP.serverIp, DHCP.relayIp]) c.u32(field);
  if (hwType === 1 && hwLen === 6) {
    c.mac(DHCP.mac);
    c.bytes(DHCP.macPadding, 10);
  } else c.take(16);
  c.text(DHCP.serverName, 64);
  c.text(DHCP.file, 128);
  if (!c.ended && c.remaining >= 4 && getU32be(d.b, c.at) === MAGIC_COOKIE) {
    c.u32(DHCP.cookie);
    dissectOptions(d, c);
  }
  d.close();
}

/** Wireshark reads a request's hardware address, a whole answer, and the options to their end before it says anything. */
function isReadable({ b, packet }: Dissection, at: number, end: number): boolean {
  if (end === at) return false;
  const isCutOff = packet !== null && packet.origLen > packet.len;
  if (end - at > 2 && b[at + 2] > MOST_HARDWARE_BYTES) return false;
  if (b[at] !== BOOT_REQUEST) return !isCutOff;
  if (end - at < REQUEST_BYTES) return false;
  if (!isCutOff || end - at < OPTIONS_AT || getU32be(b, at + OPTIONS_AT - 4) !== MAGIC_COOKIE) return true;
  for (let i = at + OPTIONS_AT; i < end; i += b[i] === 0 ? 1 : 2 + (i + 1 < end ? b[i + 1] : 0)) if (b[i] === OPTION_END) return true;
  return false;
}

function dissectOptions(d: Dissection, c: FieldCursor): void {
  const { b } = d;
  while (!c.ended && c.remaining > 0) {
    const { at } = c;
    const code = b[at];
    if (code === 0) {
      let length = 1;
      while (length < c.remaining && b[at + length] === 0) length++;
      d.bytes(DHCP.optionPadding, at, length);
      c.take(length);
    } else if (code === OPTION_END) {
      d.number(DHCP.optionEnd, code, at, 1);
      c.take(1);
      if (c.remaining > 0 && b.subarray(c.at, c.at + c.remaining).every((octet) => octet === 0)) c.bytes(DHCP.optionPadding, c.remaining);
      return;
    } else {
      if (c.remaining < 2) return;
      const length = b[at + 1];
      d.number(DHCP.optionType, code, at, 2 + length);
      d.number(DHCP.optionLength, length, at + 1, 1);
      c.take(2);
      const valueAt = c.take(length);
      if (valueAt < 0) return;
      d.bytes(DHCP.optionValue, valueAt, length);
      dissectOption(d, code, valueAt, length);
    }
  }
}

function dissectOption(d: Dissection, code: number, at: number, len: number): void {
  const { b } = d;
  const c = new FieldCursor(d, at, at + len);
  if (ADDRESSES[code] && len > 0 && (SINGLE.includes(code) ? len === 4 : len % 4 === 0)) {
    while (c.remaining > 0) c.u32(ADDRESSES[code]);
  } else if (TIMES[code] && len === 4) c.u32(TIMES[code]);
  else if (TEXTS[code] && len > 0) c.text(TEXTS[code], len);
  else if (code === 53 && len === 1) c.u8(DHCP.messageType);
  else if (code === 46 && len === 1) c.u8(DHCP.nodeType);
  else if (code === 57 && len === 2) c.u16(DHCP.maxSize);
  else if (code === 55) while (c.remaining > 0) c.u8(DHCP.requestItem);
  else if (code === 61 && len === 7 && b[at] === 1) {
    c.u8(DHCP.hwType);
    c.mac(DHCP.mac);
  }
}
