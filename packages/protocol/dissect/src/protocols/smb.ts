/** Server Message Block, version 1 (MS-CIFS 2.2.3): the header and the word count. */

import { getU16le, getU32be } from "@pushback/bytes";
import { defineProtocol, inside, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, flag, hex } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";

const COMMANDS: Readonly<Record<number, string>> = {
  0: "Create Directory",
  1: "Delete Directory",
  2: "Open",
  3: "Create",
  4: "Close",
  5: "Flush",
  6: "Delete",
  7: "Rename",
  8: "Query Information",
  9: "Set Information",
  10: "Read",
  11: "Write",
  12: "Lock Byte Range",
  13: "Unlock Byte Range",
  16: "Check Directory",
  36: "Locking AndX",
  37: "Trans",
  43: "Echo",
  45: "Open AndX",
  46: "Read AndX",
  47: "Write AndX",
  50: "Trans2",
  52: "Find Close2",
  112: "Tree Connect",
  113: "Tree Disconnect",
  114: "Negotiate Protocol",
  115: "Session Setup AndX",
  116: "Logoff AndX",
  117: "Tree Connect AndX",
  128: "Query Information Disk",
  129: "Search Directory",
  160: "NT Trans",
  162: "NT Create AndX",
  192: "Open Print File",
};

const F = {
  component: hex("smb.server_component", "Server Component", 32),
  command: hex("smb.cmd", "SMB Command", 8, COMMANDS),
  status: hex("smb.nt_status", "NT Status", 32, {
    0: "STATUS_SUCCESS",
    3221225506: "STATUS_ACCESS_DENIED",
    3221225581: "STATUS_LOGON_FAILURE",
  }),
  errorClass: hex("smb.error_class", "Error Class", 8, { 0: "Success", 1: "DOS Error", 2: "Server Error", 3: "Hardware Error" }),
  reserved: bytes("smb.reserved", "Reserved"),
  errorCode: hex("smb.error_code", "Error Code", 16),
  flags: hex("smb.flags", "Flags", 8),
  response: flag("smb.flags.response", "Request/Response"),
  notify: flag("smb.flags.notify", "Notify"),
  oplock: flag("smb.flags.oplock", "Oplocks"),
  canonical: flag("smb.flags.canon", "Canonicalized Pathnames"),
  caseless: flag("smb.flags.caseless", "Case Sensitivity"),
  receiveBuffer: flag("smb.flags.receive_buffer", "Receive Buffer Posted"),
  lock: flag("smb.flags.lock", "Lock and Read"),
  flags2: hex("smb.flags2", "Flags2", 16),
  unicode: flag("smb.flags2.string", "Unicode Strings"),
  ntError: flag("smb.flags2.nt_error", "Error Code Type"),
  readOnlyExecute: flag("smb.flags2.roe", "Execute-only Reads"),
  dfs: flag("smb.flags2.dfs", "Dfs"),
  extendedSecurity: flag("smb.flags2.esn", "Extended Security Negotiation"),
  longNamesUsed: flag("smb.flags2.long_names_used", "Long Names Used"),
  signature2: flag("smb.flags2.sec_sig", "Security Signatures"),
  extendedAttributes: flag("smb.flags2.ea", "Extended Attributes"),
  longNamesAllowed: flag("smb.flags2.long_names_allowed", "Long Names Allowed"),
  pidHigh: dec("smb.pid.high", "Process ID High", 16),
  signature: bytes("smb.signature", "Signature"),
  tid: dec("smb.tid", "Tree ID", 16),
  pid: dec("smb.pid", "Process ID", 16),
  uid: dec("smb.uid", "User ID", 16),
  mid: dec("smb.mid", "Multiplex ID", 16),
  wordCount: dec("smb.wct", "Word Count (WCT)", 8),
  byteCount: dec("smb.bcc", "Byte Count (BCC)", 16),
};

export const SMB: Protocol = defineProtocol({
  name: "smb",
  title: "SMB (Server Message Block Protocol)",
  specification: "MS-CIFS 2.2.3",
  fields: F,
  over: [inside("nbss"), inside("nbdgm")],
  dissect: dissectSmb,
  summary: summary(
    { command: F.command, status: F.status, errorClass: F.errorClass, errorCode: F.errorCode, response: F.response },
    (v) => {
      if (v.text("response") !== "1") return `${v.name("command")} request`;
      const hasFailed = Number(v.text("status") || v.text("errorClass")) !== 0;
      const failure = v.text("status") ? v.name("status") : `${v.name("errorClass")} ${v.text("errorCode")}`;
      return `${v.name("command")} response${hasFailed ? `: ${failure}` : ""}`;
    },
  ),
  frameClass: null,
});

const MAGIC = 0xff534d42;
const HEADER_BYTES = 32;
const COMMAND_AT = 4;
const FLAGS2_AT = 10;
const FLAGS2_NT_STATUS = 0x4000;

/** Whether a message with a whole header and at least one more byte begins here. */
export function isSmb(b: Uint8Array, at: number, end: number): boolean {
  return end - at > HEADER_BYTES && getU32be(b, at) === MAGIC;
}

/** Assumes that `isSmb` returned true. */
function dissectSmb(d: Dissection, at: number, end: number): void {
  d.protocol(SMB, at, end - at);
  const c = new FieldCursor(d, at, end);
  c.u32le(F.component);
  c.u8(F.command);
  if (getU16le(d.b, at + FLAGS2_AT) & FLAGS2_NT_STATUS) c.u32le(F.status);
  else {
    c.u8(F.errorClass);
    c.bytes(F.reserved, 1);
    c.u16le(F.errorCode);
  }
  const flags = c.u8(F.flags);
  c.bits(flags, 1, [
    [F.response, 7, 1],
    [F.notify, 6, 1],
    [F.oplock, 5, 1],
    [F.canonical, 4, 1],
    [F.caseless, 3, 1],
    [F.receiveBuffer, 1, 1],
    [F.lock, 0, 1],
  ]);
  const flags2 = c.u16le(F.flags2);
  c.bits(flags2, 2, [
    [F.unicode, 15, 1],
    [F.ntError, 14, 1],
    [F.readOnlyExecute, 13, 1],
    [F.dfs, 12, 1],
    [F.extendedSecurity, 11, 1],
    [F.longNamesUsed, 6, 1],
    [F.signature2, 2, 1],
    [F.extendedAttributes, 1, 1],
    [F.longNamesAllowed, 0, 1],
  ]);
  c.u16le(F.pidHigh);
  c.bytes(F.signature, 8);
  c.bytes(F.reserved, 2);
  c.u16le(F.tid);
  c.u16le(F.pid);
  c.u16le(F.uid);
  c.u16le(F.mid);
  // Parameter words depend on the command and are not read; the byte count is only found where there are none.
  if (COMMANDS[d.b[at + COMMAND_AT]] && c.u8(F.wordCount) === 0) c.u16le(F.byteCount);
  d.close();
}
