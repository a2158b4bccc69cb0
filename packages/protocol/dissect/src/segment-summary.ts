/** In a line what a frame is that carries names, addresses, files or another network. Part of `frame-summary.ts`. */

import { AARP, DDP } from "./appletalk.ts";
import { DHCP } from "./dhcp.ts";
import { DNS } from "./dns.ts";
import type { Field } from "./field.ts";
import { IPX } from "./ipx.ts";
import { NBDGM, NBNS, NBSS } from "./netbios.ts";
import { SMB } from "./smb.ts";

/** The name of a field's value, or the value where it has none. */
function named(field: Field, shown: string): string {
  return shown === "" ? "" : (field.values?.[Number(shown)] ?? shown);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

/** `v` gives the first value of a field as text, "" where there is none; "" for protocols that are not of these. */
export function describeSegmentFrame(protocol: string, v: (name: string) => string): string {
  switch (protocol) {
    case "dns": {
      const asked = joined(named(DNS.queryType, v("dns.qry.type")), v("dns.qry.name"));
      if (v("dns.flags.response") !== "1") return joined(named(DNS.opcode, v("dns.flags.opcode")), asked);
      const failed = v("dns.flags.rcode") === "0" ? "" : named(DNS.rcode, v("dns.flags.rcode"));
      const answers = { A: v("dns.a"), CNAME: v("dns.cname"), PTR: v("dns.ptr.domain_name"), NS: v("dns.ns") };
      const answer = Object.entries(answers)
        .filter(([, value]) => value !== "")
        .map(([type, value]) => `${type} ${value}`)
        .join(", ");
      return joined("Response", failed, asked, answer === "" ? "" : `→ ${answer}`);
    }
    case "nbns": {
      const what = joined(named(NBNS.opcode, v("nbns.flags.opcode")), v("nbns.flags.response") === "1" ? "response" : "");
      const failed = v("nbns.flags.rcode") === "" || v("nbns.flags.rcode") === "0" ? "" : named(NBNS.rcode, v("nbns.flags.rcode"));
      return joined(what, failed, named(NBNS.type, v("nbns.type")), v("nbns.name"), v("nbns.addr"));
    }
    case "nbdgm": {
      const [from, to] = [v("nbdgm.source_name"), v("nbdgm.destination_name")];
      return joined(named(NBDGM.type, v("nbdgm.type")), from, to === "" ? "" : `to ${to}`);
    }
    case "nbss":
      return joined(
        named(NBSS.type, v("nbss.type")),
        v("nbss.called_name") && `to ${v("nbss.called_name")}`,
        v("nbss.calling_name") && `from ${v("nbss.calling_name")}`,
      );
    case "smb": {
      const status =
        v("smb.nt_status") || (v("smb.error_class") && `${named(SMB.errorClass, v("smb.error_class"))} ${v("smb.error_code")}`);
      const isResponse = v("smb.flags.response") === "1";
      const failed = isResponse && Number(v("smb.nt_status") || v("smb.error_class")) !== 0;
      const shownStatus = failed ? `: ${v("smb.nt_status") ? named(SMB.status, status) : status}` : "";
      return `${named(SMB.command, v("smb.cmd"))} ${isResponse ? "response" : "request"}${shownStatus}`;
    }
    case "dhcp": {
      const message = named(DHCP.messageType, v("dhcp.option.dhcp")) || named(DHCP.type, v("dhcp.type"));
      const mine = v("dhcp.ip.your");
      return joined(
        message,
        v("dhcp.hw.mac_addr") && `for ${v("dhcp.hw.mac_addr")}`,
        mine !== "" && mine !== "0.0.0.0" ? `gets ${mine}` : "",
        v("dhcp.id") && `transaction ${v("dhcp.id")}`,
      );
    }
    case "ipx":
      return v("ipx.src") === "" ? "" : `${v("ipx.src")} → ${v("ipx.dst")} ${named(IPX.dstSocket, v("ipx.dst.socket"))}`;
    case "ddp": {
      const end = (net: string, node: string, socket: string) => `${v(net)}.${v(node)}:${v(socket)}`;
      if (v("ddp.type") === "") return "";
      return `${end("ddp.src.net", "ddp.src.node", "ddp.src_socket")} → ${end("ddp.dst.net", "ddp.dst.node", "ddp.dst_socket")} ${named(DDP.type, v("ddp.type"))}`;
    }
    case "aarp":
      return joined(named(AARP.opcode, v("aarp.opcode")), v("aarp.src.hw_mac") && `from ${v("aarp.src.hw_mac")}`);
    default:
      return "";
  }
}

/** What these lines are made of. */
export const SEGMENT_FIELDS: readonly string[] = [
  ..."dns.flags.response dns.flags.opcode dns.flags.rcode dns.qry.name dns.qry.type dns.a dns.cname dns.ptr.domain_name dns.ns".split(" "),
  ..."nbns.flags.opcode nbns.flags.response nbns.flags.rcode nbns.type nbns.name nbns.addr".split(" "),
  ..."nbdgm.type nbdgm.source_name nbdgm.destination_name nbss.type nbss.called_name nbss.calling_name".split(" "),
  ..."smb.cmd smb.nt_status smb.error_class smb.error_code smb.flags.response".split(" "),
  ..."dhcp.option.dhcp dhcp.type dhcp.ip.your dhcp.hw.mac_addr dhcp.id".split(" "),
  ..."ipx.src ipx.dst ipx.dst.socket ddp.type ddp.src.net ddp.src.node ddp.src_socket ddp.dst.net ddp.dst.node ddp.dst_socket".split(" "),
  ..."aarp.opcode aarp.src.hw_mac".split(" "),
];
