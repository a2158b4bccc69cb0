/** Server Message Block, version 1 (MS-CIFS 2.2.3): its header, and how many words follow. */

import { getU16le, getU32be } from "@pushback/bytes";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, flag, group, hex } from "./field.ts";
import { FieldCursor } from "./field-cursor.ts";

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

export const SMB = {
  smb: group("smb", "SMB (Server Message Block Protocol)"),
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
  pidHigh: dec("smb.pid.high", "Process ID High"),
  signature: bytes("smb.signature", "Signature"),
  tid: dec("smb.tid", "Tree ID"),
  pid: dec("smb.pid", "Process ID"),
  uid: dec("smb.uid", "User ID"),
  mid: dec("smb.mid", "Multiplex ID"),
  wordCount: dec("smb.wct", "Word Count (WCT)"),
  byteCount: dec("smb.bcc", "Byte Count (BCC)"),
};

const MAGIC = 0xff534d42;
const HEADER_BYTES = 32;
const FLAGS2_NT_STATUS = 0x4000;

export function isSmb(b: Uint8Array, at: number, end: number): boolean {
  return end - at > HEADER_BYTES && getU32be(b, at) === MAGIC;
}

/** A message that `isSmb` found. */
export function dissectSmb(d: Dissection, at: number, end: number): void {
  d.protocol(SMB.smb, at, end - at);
  const c = new FieldCursor(d, at, end);
  c.u32le(SMB.component);
  c.u8(SMB.command);
  if (getU16le(d.b, at + 10) & FLAGS2_NT_STATUS) c.u32le(SMB.status);
  else {
    c.u8(SMB.errorClass);
    c.bytes(SMB.reserved, 1);
    c.u16le(SMB.errorCode);
  }
  const flags = c.u8(SMB.flags);
  c.bits(flags, 1, [
    [SMB.response, 7, 1],
    [SMB.notify, 6, 1],
    [SMB.oplock, 5, 1],
    [SMB.canonical, 4, 1],
    [SMB.caseless, 3, 1],
    [SMB.receiveBuffer, 1, 1],
    [SMB.lock, 0, 1],
  ]);
  const flags2 = c.u16le(SMB.flags2);
  c.bits(flags2, 2, [
    [SMB.unicode, 15, 1],
    [SMB.ntError, 14, 1],
    [SMB.readOnlyExecute, 13, 1],
    [SMB.dfs, 12, 1],
    [SMB.extendedSecurity, 11, 1],
    [SMB.longNamesUsed, 6, 1],
    [SMB.signature2, 2, 1],
    [SMB.extendedAttributes, 1, 1],
    [SMB.longNamesAllowed, 0, 1],
  ]);
  c.u16le(SMB.pidHigh);
  c.bytes(SMB.signature, 8);
  c.bytes(SMB.reserved, 2);
  c.u16le(SMB.tid);
  c.u16le(SMB.pid);
  c.u16le(SMB.uid);
  c.u16le(SMB.mid);
  // The words are the command's, and what follows them is found behind them only where there are none.
  if (COMMANDS[d.b[at + 4]] && c.u8(SMB.wordCount) === 0) c.u16le(SMB.byteCount);
  d.close();
}
