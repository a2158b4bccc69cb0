/** Writes docs/PROTOCOLS.md from the list of protocols: `pnpm --filter @pushback/dissect document`. */

import { MAX_NESTED_PROTOCOLS } from "../dissection.ts";
import { describePlace, type Protocols } from "../index.ts";

/** Protocols whose messages are marked where they are malformed. */
const MARKED = ["ARP", "AARP", "DDP", "TCP", "DNS", "NetBIOS name and datagram", "DHCP messages"];

/** The page as Markdown. */
export function protocolTable({ list, fields }: Protocols): string {
  const rows = list.map(({ name, title, specification, over, allFields }) => {
    const places = over.length === 0 ? "the capture file" : over.map(describePlace).join("; ");
    return `| \`${name}\` | ${title} | ${places} | ${allFields.length - 1} | ${specification} |`;
  });
  const remarks = fields.filter((field) => field.remark !== null).map((field) => field.name);
  return `# Protocols

What \`pushback show\` and the studio dissect. Written from the list in \`packages/protocol/dissect/src/protocols/protocol-list.ts\`;
[EXTENDING.md](EXTENDING.md) says how to add one. Display filters take the names below, and ${fields.length - list.length} fields whose names begin with them.

Filters are written as in Wireshark 4.0, and constants that a field can't hold are refused as there:

| part of the language | example |
|---|---|
| comparison, and one that must hold for all values | \`ip.ttl < 64\`, \`ip.addr === 10.1.9.0/24\`, \`all tcp.port > 1024\`, \`any ip.ttl != 128\` |
| set and range | \`tcp.port in {135, 1024..1100}\` |
| layer of a protocol that is there several times | \`ip.src#2 == 10.1.9.10\`, \`ip.ttl#[-1] > 32\` |
| bits and arithmetic | \`tcp.flags & 2\`, \`ip.len == ip.hdr_len + udp.length\`, \`{tcp.srcport + tcp.dstport} / 2 > 1000\` |
| date and time, UTC unless it names a zone | \`frame.time >= "1996-09-02 08:10:00"\`, \`frame.time < "Sep  2, 1996 08:10:00.5"\` |
| slice | \`eth.src[0:3] == 02:00:0a\`, \`tcp[13] & 2\` |
| search | \`tcp contains 05:00\`, \`frame matches "(?-i)MS"\` |
| function | \`len(data.data) == 8\`, \`count(ip.addr) > 2\`, \`abs(frame.time_delta) < 0.01\`, \`max(udp.srcport, tcp.srcport) > 1024\`, \`string(ip.id) matches "0$"\`, \`upper(frame.comment) contains "PUSH"\` |

Field references (\`\${ip.src}\`) are not read.

\`_ws.expert.severity\`, \`_ws.expert.group\` and \`_ws.expert.message\` are the expert's remarks on frames: ${remarks.map((name) => `\`${name}\``).join(", ")}. Wireshark makes
more remarks, such as those on HTTP's requests, on long frames of RPC, on unusual options and on checksums; a filter on \`_ws.expert\` alone selects more frames there.
\`_ws.malformed\` marks frames whose ${MARKED.join(", ")} need more bytes than there are, unless the capture cut the frame off. Wireshark also marks frames for protocols that
are not dissected here, for the parameters of SMB, NSPI and RFR calls, and for fragments that can't be put together.

Protocols inside one another are dissected up to ${MAX_NESTED_PROTOCOLS} levels; the rest of the frame is \`data\`. Wireshark has a limit too, of 500 layers with EtherTypes among them, and marks
the frame there.

| name | protocol | found over | fields | document |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
