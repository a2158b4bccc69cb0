/** `diagnose --annotate`: a copy of the capture whose frames carry what the diagnosis says of them, as comments. */

import type { Diagnosis } from "@pushback/diagnose";
import { UsageError } from "@pushback/usage-error";
import { readCaptureFile } from "../capture/capture-input.ts";
import { destinationOf, OUTPUT_FORMATS } from "../capture/capture-output.ts";
import { STANDARD_STREAM, writeOutputFile } from "../shared/output-file.ts";

/** The comments by frame: each finding at its first frame, each piece of evidence at its own. */
function commentsOf({ findings }: Diagnosis): Map<number, string[]> {
  const comments = new Map<number, string[]>();
  const add = (frame: number, text: string): void => {
    const known = comments.get(frame);
    if (!known) comments.set(frame, [text]);
    else if (!known.includes(text)) known.push(text);
  };
  for (const [i, finding] of findings.entries()) {
    const name = `Pushback ${i + 1}: ${finding.verdict} (${finding.benign ? "harmless" : "not shown to be harmless"}, ${finding.confidence})`;
    for (const [nth, { frame, text }] of finding.evidence.entries())
      add(frame, nth === 0 ? `${name}. ${finding.summary} Here: ${text}` : `${name}: ${text}`);
  }
  return comments;
}

/** Writes `to` as pcapng; comments of the capture stay in front of the new ones. Throws a UsageError when it can't. */
export async function annotate(path: string, to: string, diagnosis: Diagnosis): Promise<void> {
  if (path === STANDARD_STREAM) throw new UsageError("--annotate: the capture is read twice, so it can't come from standard input");
  const comments = commentsOf(diagnosis);
  const format = OUTPUT_FORMATS.find(({ name }) => name === "pcapng");
  if (!format) throw new RangeError("pcapng is no output format");
  await writeOutputFile(to, async (file) => {
    const output = format.create(destinationOf(file, to, format));
    await readCaptureFile(
      path,
      {
        ...(output.block && { block: (b) => output.block?.(b) }),
        interface: (i) => output.interface?.(i),
        packet: (p) => output.packet(p, comments.get(p.number)?.join("\n")),
      },
      () => {},
    );
    output.end();
  });
}
