/** Writes docs/PROTOCOLS.md from the list of protocols: `pnpm --filter @pushback/dissect document`. */

import { describePlace, type Protocols } from "../index.ts";

/** The page as Markdown. */
export function protocolTable({ list, fields }: Protocols): string {
  const rows = list.map(({ name, title, specification, over, allFields }) => {
    const places = over.length === 0 ? "the capture file" : over.map(describePlace).join("; ");
    return `| \`${name}\` | ${title} | ${places} | ${allFields.length - 1} | ${specification} |`;
  });
  return `# Protocols

What \`pushback show\` and the studio dissect. Written from the list in \`packages/protocol/dissect/src/protocols/protocol-list.ts\`;
[EXTENDING.md](EXTENDING.md) says how to add one. Display filters take the names below, and ${fields.length - list.length} fields whose names begin with them.

| name | protocol | found over | fields | document |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
