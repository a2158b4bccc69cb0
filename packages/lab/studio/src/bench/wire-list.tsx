/** The latest frames between a machine and the others as text. The bench shows the same frames as moving marks. */

import { elapsedText } from "../lab/clock-text.ts";
import type { FrameMark } from "../lab/lab-types.ts";
import { recording } from "../state/the-lab.ts";

/** How many are shown, and how many marks are looked through for them. */
const LISTED = 4;
const SEARCHED = 500;

const KINDS: Readonly<Record<Exclude<FrameMark["kind"], "arp">, (mark: FrameMark) => string>> = {
  push: ({ dstPort }) => `UDP datagram to port ${dstPort}`,
  icmp: () => "ICMP error",
  tcp: ({ srcPort, dstPort }) => `TCP ${srcPort} → ${dstPort}`,
};

/** The latest frames to and from the address up to that time, the oldest first; ARP is left out. */
export function latestMarks(marks: readonly FrameMark[], address: number, count: number): readonly FrameMark[] {
  const found: FrameMark[] = [];
  for (let i = count - 1; i >= Math.max(0, count - SEARCHED) && found.length < LISTED; i--) {
    const mark = marks[i];
    if (mark.kind !== "arp" && (mark.source === address || mark.destination === address)) found.unshift(mark);
  }
  return found;
}

export function WireList({ address, title, untilUs }: { readonly address: number; readonly title: string; readonly untilUs: number }) {
  const marks = latestMarks(recording.marks, address, recording.marksUntil(untilUs));
  if (marks.length === 0) return null;
  return (
    <section className="wire-list" aria-label="On the wire">
      <h2>On the wire</h2>
      <ol>
        {marks.map((mark) => (
          <li key={mark.frame} data-kind={mark.kind}>
            <span className="numbers">{elapsedText(mark.timeUs)}</span>
            <span>
              {mark.kind !== "arp" && KINDS[mark.kind](mark)}
              <span className="wire-way">{mark.source === address ? ` from ${title}` : ` to ${title}`}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
