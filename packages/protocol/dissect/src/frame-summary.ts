/** What a packet list says of a frame: its ends, its protocol, and in a line what it is. */

import type { Field } from "./field.ts";
import { OPERATIONS } from "./mapi.ts";
import { describeSegmentFrame, SEGMENT_FIELDS } from "./segment-summary.ts";
import type { FieldSink, TreeNode } from "./sink.ts";

export interface FrameSummary {
  /** Addresses as text, of the network layer where there is one; "Broadcast" for a frame to all. */
  readonly source: string;
  readonly destination: string;
  /** In capitals. */
  readonly protocol: string;
  readonly info: string;
}

/** The first value of each of a frame's fields: a quoted packet comes after the one that quotes it. */
function firstValues(roots: readonly TreeNode[]): Map<string, string> {
  const values = new Map<string, string>();
  const collect = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (!values.has(node.field.name)) values.set(node.field.name, node.show);
      collect(node.children);
    }
  };
  collect(roots);
  return values;
}

const TCP_FLAGS = ["fin", "syn", "reset", "push", "ack", "urg"] as const;
const TCP_FLAG_NAMES = { fin: "FIN", syn: "SYN", reset: "RST", push: "PSH", ack: "ACK", urg: "URG" } as const;
const PDU_NAMES: Readonly<Record<string, string>> = { "0": "Request", "2": "Response", "3": "Fault", "11": "Bind", "12": "Bind_ack" };
const ICMP_UNREACHABLE = ["Network", "Host", "Protocol", "Port", "Fragmentation needed", "Source route failed"];
/** Protocols that speak for the frame, the most telling first; an ICMP error may quote any of the others. */
const TELLING = [
  "icmp",
  "dcerpc",
  "http",
  "smb",
  "nbss",
  "dns",
  "dhcp",
  "nbns",
  "nbdgm",
  "srvloc",
  "arp",
  "udp",
  "tcp",
  "ipx",
  "ddp",
  "aarp",
  "netbios",
  "ipv6",
  "llc",
  "ip",
];

function describe(protocol: string, v: (name: string) => string): string {
  switch (protocol) {
    case "arp":
      if (v("arp.isgratuitous")) return `Gratuitous ARP for ${v("arp.src.proto_ipv4")}`;
      return v("arp.opcode") === "1"
        ? `Who has ${v("arp.dst.proto_ipv4")}? Tell ${v("arp.src.proto_ipv4")}`
        : `${v("arp.src.proto_ipv4")} is at ${v("arp.src.hw_mac")}`;
    case "icmp":
      if (v("icmp.type") === "3")
        return `Destination unreachable (${ICMP_UNREACHABLE[Number(v("icmp.code"))] ?? `code ${v("icmp.code")}`} unreachable), port ${v("udp.dstport") || v("tcp.dstport") || "-"}`;
      return v("icmp.type") === "8"
        ? "Echo request"
        : v("icmp.type") === "0"
          ? "Echo reply"
          : `Type ${v("icmp.type")}, code ${v("icmp.code")}`;
    case "udp":
    case "srvloc":
      return `${v("udp.srcport")} → ${v("udp.dstport")} Len=${Number(v("udp.length")) - 8}`;
    case "dcerpc":
      return `${PDU_NAMES[v("dcerpc.pkt_type")] ?? `type ${v("dcerpc.pkt_type")}`}, call ${v("dcerpc.cn_call_id")}${v("dcerpc.opnum") === "" ? "" : `, opnum ${v("dcerpc.opnum")}`}${describeCall(v)}`;
    case "tcp": {
      const flags = TCP_FLAGS.filter((flag) => v(`tcp.flags.${flag}`) === "1").map((flag) => TCP_FLAG_NAMES[flag]);
      const mark = ["keep_alive", "retransmission", "reused_ports"]
        .filter((name) => v(`tcp.analysis.${name}`) === "present")
        .map((name) => `[${name.replace("_", " ")}] `);
      const cause = v("tcp.reset_cause");
      return `${mark.join("")}${v("tcp.srcport")} → ${v("tcp.dstport")} [${flags.join(", ")}] Seq=${v("tcp.seq")} Ack=${v("tcp.ack")} Win=${v("tcp.window_size_value")} Len=${v("tcp.len")}${cause ? ` "${cause}"` : ""}`;
    }
    default:
      return describeSegmentFrame(protocol, v);
  }
}

/** The EMSMDB operation, and the first ROP that it carries. */
function describeCall(v: (name: string) => string): string {
  const operation = OPERATIONS[Number(v("mapi.opnum") || -1)];
  if (!operation) return "";
  const rop = v("emsmdb.rop");
  return `, ${operation}${rop ? ` ${rop}` : ""}`;
}

/** Of a frame's tree, as `TreeSink` builds it. */
export function summarizeFrame(roots: readonly TreeNode[]): FrameSummary {
  const values = firstValues(roots);
  return summaryOf(
    (name) => values.has(name),
    (name) => values.get(name) ?? "",
  );
}

/** `shown` gives the value as text, "" where there is none. */
function summaryOf(has: (name: string) => boolean, shown: (name: string) => string): FrameSummary {
  // Marks are fields without a value: being there is all.
  const v = (name: string): string => shown(name) || (has(name) && name.startsWith("tcp.analysis.") ? "present" : "");
  const protocol = TELLING.find(has) ?? "data";
  const source = v("ip.src") || v("arp.src.proto_ipv4") || v("eth.src");
  const destination = v("ip.dst") || (v("eth.dst") === "ff:ff:ff:ff:ff:ff" ? "Broadcast" : v("arp.dst.proto_ipv4") || v("eth.dst"));
  return { source, destination, protocol: protocol.toUpperCase(), info: describe(protocol, v) };
}

/** What a summary is made of, besides the protocols. */
const SUMMARY_FIELDS: ReadonlySet<string> = new Set([
  ...TELLING,
  ...SEGMENT_FIELDS,
  ...TCP_FLAGS.map((flag) => `tcp.flags.${flag}`),
  ..."eth.src eth.dst ip.src ip.dst arp.isgratuitous arp.opcode arp.src.proto_ipv4 arp.dst.proto_ipv4 arp.src.hw_mac".split(" "),
  ..."icmp.type icmp.code udp.srcport udp.dstport udp.length dcerpc.pkt_type dcerpc.cn_call_id dcerpc.opnum mapi.opnum emsmdb.rop".split(
    " ",
  ),
  ..."tcp.srcport tcp.dstport tcp.seq tcp.ack tcp.window_size_value tcp.len tcp.reset_cause".split(" "),
  ..."tcp.analysis.keep_alive tcp.analysis.retransmission tcp.analysis.reused_ports".split(" "),
]);

/** Takes a frame's summary without building its tree: the same, several times faster. */
export class SummarySink implements FieldSink {
  readonly #values = new Map<string, string | number>();
  readonly #fields = new Map<string, Field>();

  /** A frame begins. */
  begin(): void {
    this.#values.clear();
  }

  summary(): FrameSummary {
    return summaryOf(
      (name) => this.#values.has(name),
      (name) => {
        const value = this.#values.get(name);
        return typeof value === "number" ? (this.#fields.get(name)?.show(value) ?? "") : (value ?? "");
      },
    );
  }

  #keep(field: Field, value: string | number): void {
    if (!SUMMARY_FIELDS.has(field.name) || this.#values.has(field.name)) return;
    this.#values.set(field.name, value);
    this.#fields.set(field.name, field);
  }

  wants(field: Field): boolean {
    return SUMMARY_FIELDS.has(field.name);
  }

  wantsTcp(): boolean {
    return true;
  }

  open(field: Field): void {
    this.#keep(field, "");
  }

  close(): void {}

  number(field: Field, value: number): void {
    this.#keep(field, value);
  }

  text(field: Field, value: string): void {
    this.#keep(field, value);
  }

  bytes(): void {}
}
