/** Dissects one frame, an ICMP port unreachable that quotes a push datagram, and prints its fields as a tree. */

import { FrameDissector, type TreeNode, TreeSink } from "@pushback/dissect";

const hex =
  "02000a01090a02000a0109650800" + // Ethernet
  "4500003800020000200171ff0a0109650a01090a" + // IPv4
  "0303000000000000" + // ICMP type 3, code 3
  "4500002400070000801111f70a01090a0a010965" + // the quoted IPv4 header
  "040f041f0010b2c4"; // the quoted UDP header
const frame = Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));

const sink = new TreeSink();
sink.begin(frame, 0);
new FrameDissector(sink).dissect({
  bytes: frame,
  at: 0,
  len: frame.length,
  origLen: frame.length,
  timeUs: 0,
  timeNs: 0,
  timed: true,
  interfaceIndex: 0,
  capturedOn: null,
  linkType: 1,
  comment: null,
  number: 1,
  offset: 0,
});

function print(nodes: readonly TreeNode[], indent = ""): void {
  for (const node of nodes) {
    console.log(`${indent}${node.field.title}`);
    print(node.children, `${indent}  `);
  }
}
print(sink.roots);
