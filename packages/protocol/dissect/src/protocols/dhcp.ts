/** BOOTP and DHCP (RFC 951, RFC 2131, RFC 2132): the fixed fields; the options are in dhcp-options.ts. */

import { getU32be } from "@pushback/bytes";
import { defineProtocol, overUdp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, flag, hex, ipv4, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { HARDWARE_ADDRESS, HARDWARE_TYPE, MESSAGE_TYPE, OPTION_REMARKS } from "./dhcp-option-values.ts";
import { OPTION_FIELDS, OPTION_NAMES, OPTIONS } from "./dhcp-options.ts";
import { reportMalformed } from "./expert.ts";
import { joined } from "./summary-text.ts";

const PORT_SERVER = 67;
const PORT_CLIENT = 68;

const F = {
  type: dec("dhcp.type", "Message type", 8, { 1: "Boot Request", 2: "Boot Reply" }),
  hwType: HARDWARE_TYPE,
  hwLen: dec("dhcp.hw.len", "Hardware address length", 8),
  hops: dec("dhcp.hops", "Hops", 8),
  id: hex("dhcp.id", "Transaction ID", 32),
  secs: dec("dhcp.secs", "Seconds elapsed", 16),
  flags: hex("dhcp.flags", "Bootp flags", 16),
  broadcast: flag("dhcp.flags.bc", "Broadcast flag"),
  clientIp: ipv4("dhcp.ip.client", "Client IP address"),
  yourIp: ipv4("dhcp.ip.your", "Your (client) IP address"),
  serverIp: ipv4("dhcp.ip.server", "Next server IP address"),
  relayIp: ipv4("dhcp.ip.relay", "Relay agent IP address"),
  mac: HARDWARE_ADDRESS,
  macPadding: bytes("dhcp.hw.addr_padding", "Client hardware address padding"),
  serverName: text("dhcp.server", "Server host name"),
  file: text("dhcp.file", "Boot file name"),
  cookie: ipv4("dhcp.cookie", "Magic cookie"),
  optionType: dec("dhcp.option.type", "Option", 8, OPTION_NAMES),
  optionLength: dec("dhcp.option.length", "Length", 8),
  optionValue: bytes("dhcp.option.value", "Value"),
  optionEnd: dec("dhcp.option.end", "Option End", 8),
  optionPadding: bytes("dhcp.option.padding", "Padding"),
};

export const DHCP: Protocol = defineProtocol({
  name: "dhcp",
  title: "Dynamic Host Configuration Protocol",
  specification: "RFC 951, RFC 2131, RFC 2132",
  fields: { ...F, ...OPTION_REMARKS, ...Object.fromEntries(OPTION_FIELDS.map((field) => [field.name, field])) },
  over: overUdp(PORT_SERVER, PORT_CLIENT),
  dissect: dissectDhcp,
  summary: summary({ message: MESSAGE_TYPE, type: F.type, yourIp: F.yourIp, mac: F.mac, id: F.id }, (v) => {
    const granted = v.text("yourIp");
    return joined(
      v.name("message") || v.name("type"),
      v.text("mac") && `for ${v.text("mac")}`,
      granted !== "" && granted !== "0.0.0.0" ? `gets ${granted}` : "",
      v.text("id") && `transaction ${v.text("id")}`,
    );
  }),
  frameClass: null,
});

const MAGIC_COOKIE = 0x63825363;
const OPTION_END = 255;
const BOOT_REQUEST = 1;
const MAX_HARDWARE_BYTES = 16;
/** Bytes of a request up to and with its hardware address. */
const REQUEST_BYTES = 34;
/** The first option, behind the magic cookie. */
const OPTIONS_AT = 240;
const COOKIE_BYTES = 4;
const HARDWARE_LENGTH_AT = 2;
const SERVER_NAME_BYTES = 64;
const FILE_BYTES = 128;
const ETHERNET_ADDRESS_BYTES = 6;

function dissectDhcp(d: Dissection, at: number, end: number): void {
  d.protocol(DHCP, at, end - at);
  if (!isReadable(d, at, end)) {
    d.close();
    reportMalformed(d, at);
    return;
  }
  const c = new FieldCursor(d, at, end);
  c.u8(F.type);
  const hwType = c.u8(F.hwType);
  const hwLen = c.u8(F.hwLen);
  c.u8(F.hops);
  c.u32(F.id);
  c.u16(F.secs);
  const flags = c.u16(F.flags);
  c.bits(flags, 2, [[F.broadcast, 15, 1]]);
  for (const field of [F.clientIp, F.yourIp, F.serverIp, F.relayIp]) c.u32(field);
  if (hwType === 1 && hwLen === ETHERNET_ADDRESS_BYTES) {
    c.mac(F.mac);
    c.bytes(F.macPadding, MAX_HARDWARE_BYTES - ETHERNET_ADDRESS_BYTES);
  } else c.take(MAX_HARDWARE_BYTES);
  c.text(F.serverName, SERVER_NAME_BYTES);
  c.text(F.file, FILE_BYTES);
  if (!c.ended && c.remaining >= COOKIE_BYTES && getU32be(d.b, c.at) === MAGIC_COOKIE) {
    c.u32(F.cookie);
    dissectOptions(d, c);
  }
  d.close();
  if (c.isMalformed) reportMalformed(d, at);
}

/**
 * Whether Wireshark shows any field of the message. It needs a request's hardware address, a reply captured whole, and, in a message that
 * has options and is cut off, their end.
 */
function isReadable({ b, packet }: Dissection, at: number, end: number): boolean {
  if (end === at) return false;
  const isCutOff = packet !== null && packet.origLen > packet.len;
  if (end - at > HARDWARE_LENGTH_AT && b[at + HARDWARE_LENGTH_AT] > MAX_HARDWARE_BYTES) return false;
  if (b[at] !== BOOT_REQUEST) return !isCutOff;
  if (end - at < REQUEST_BYTES) return false;
  if (!isCutOff || end - at < OPTIONS_AT || getU32be(b, at + OPTIONS_AT - COOKIE_BYTES) !== MAGIC_COOKIE) return true;
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
      d.bytes(F.optionPadding, at, length);
      c.take(length);
    } else if (code === OPTION_END) {
      d.number(F.optionEnd, code, at, 1);
      c.take(1);
      if (c.remaining > 0 && b.subarray(c.at, c.at + c.remaining).every((octet) => octet === 0)) c.bytes(F.optionPadding, c.remaining);
      return;
    } else {
      if (c.remaining < 2) {
        c.endMalformed();
        return;
      }
      const length = b[at + 1];
      d.number(F.optionType, code, at, 2 + length);
      d.number(F.optionLength, length, at + 1, 1);
      c.take(2);
      const valueAt = c.take(length);
      if (valueAt < 0) return;
      d.bytes(F.optionValue, valueAt, length);
      const value = new FieldCursor(d, valueAt, valueAt + length);
      OPTIONS.get(code)?.read?.(d, value, length);
      if (value.isMalformed) {
        c.endMalformed();
        return;
      }
    }
  }
}
