/** The diagnosis of a source's frames. It runs in time slices, can be stopped and continued, and its result is kept until the source has more frames. */

import {
  answerOf,
  type Diagnosis,
  Diagnostician,
  describeFlow,
  describeUnreadable,
  type Finding,
  selectFindings,
  VERDICT_INFO,
} from "@pushback/diagnose";
import type { FrameHistory } from "@pushback/dissect";
import type { DiagnosisView, FindingGroup, FindingRow } from "./analyzer-api.ts";
import { FieldPicker } from "./field-values.ts";
import type { LeftOut } from "./load-capture.ts";
import type { SourcePackets } from "./source-packet.ts";
import { FRAMES_PER_LOOK, TimeSlices } from "./time-slices.ts";

/** A diagnosis that is under way. */
interface Reading {
  readonly diagnostician: Diagnostician;
  /** The next frame to read. */
  next: number;
  /** Index of the next skipped record to report. */
  nextLeftOut: number;
}

export class DiagnosisRun {
  readonly packets: SourcePackets;
  readonly #leftOut: readonly LeftOut[];
  /** The frames read so far; stays where a reading is stopped. */
  #reading: Reading | null = null;
  #known: { readonly count: number; readonly diagnosis: Diagnosis } | null = null;
  #isEnded = false;
  #problem: string | null = null;

  /** `leftOut`: records that the file's reader skipped; more may be added while frames are. */
  constructor(packets: SourcePackets, leftOut: readonly LeftOut[] = []) {
    this.packets = packets;
    this.#leftOut = leftOut;
  }

  /** Says that the file is read; `problem` is the fault at which its reader stopped, or `null`. */
  endFile(problem: string | null): void {
    this.#isEnded = true;
    this.#problem = problem;
  }

  /** Reads the frames that there are, without a pause. After the file's end the diagnosis is finished. */
  readOn(): void {
    const { count } = this.packets.source;
    if (this.#known?.count === count) return;
    const reading = this.#begun();
    while (reading.next <= count) this.#readFrame(reading);
    if (this.#isEnded) this.#finish(reading);
  }

  /** After the file's end: why no packet of it could be looked at; `null` if one could. */
  whyUnreadable(): string | null {
    this.readOn();
    return this.#known && describeUnreadable(this.#known.diagnosis);
  }

  /**
   * Diagnoses all frames as `pushback diagnose` does. `null` if `isWanted` says no between two slices of time: the next call goes on there. Several calls
   * at once share the work. `onPart` hears each further percent.
   */
  async read(isWanted: () => boolean, onPart: (done: number, total: number) => void): Promise<Diagnosis | null> {
    const { source } = this.packets;
    if (this.#known?.count === source.count) return this.#known.diagnosis;
    const reading = this.#begun();
    const slices = new TimeSlices();
    let percent = -1;
    while (reading.next <= source.count) {
      this.#readFrame(reading);
      if (reading.next % FRAMES_PER_LOOK === 0 && slices.isOver) {
        const now = Math.floor((100 * reading.next) / source.count);
        if (now !== percent) onPart(reading.next - 1, source.count);
        percent = now;
        await slices.pause();
        if (!isWanted()) return null;
      }
    }
    return this.#finish(reading);
  }

  #begun(): Reading {
    // After an action in the past a lab has fewer and different frames.
    if (this.#reading && this.#reading.next > this.packets.source.count + 1) this.#reading = null;
    this.#reading ??= { diagnostician: new Diagnostician(), next: 1, nextLeftOut: 0 };
    return this.#reading;
  }

  #readFrame(reading: Reading): void {
    if (reading.nextLeftOut < this.#leftOut.length) this.#skip(reading);
    reading.diagnostician.packet(this.packets.packetOf(reading.next++));
  }

  /** Tells the diagnosis of the skipped records that precede the next frame. */
  #skip(reading: Reading): void {
    for (; this.#leftOut[reading.nextLeftOut]?.framesBefore < reading.next; reading.nextLeftOut++)
      reading.diagnostician.notRead("record", this.#leftOut[reading.nextLeftOut].what);
  }

  #finish(reading: Reading): Diagnosis {
    const count = reading.next - 1;
    if (this.#known?.count !== count) {
      this.#skip(reading);
      if (this.#problem !== null) reading.diagnostician.notRead("damaged", this.#problem);
      this.#known = { count, diagnosis: reading.diagnostician.finish() };
    }
    if (this.#reading === reading) this.#reading = null;
    return this.#known.diagnosis;
  }
}

/** The findings of each verdict, harmless ones by themselves, in the order in which the diagnosis has them. */
function groupsOf(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, { verdict: Finding["verdict"]; benign: boolean; numbers: number[] }>();
  for (const [i, { verdict, benign }] of findings.entries()) {
    const key = `${verdict} ${benign}`;
    const group = groups.get(key);
    if (group) group.numbers.push(i + 1);
    else groups.set(key, { verdict, benign, numbers: [i + 1] });
  }
  return [...groups.values()].map((group) => ({ ...group, numbers: Uint32Array.from(group.numbers) }));
}

/** The diagnosis as the page first receives it: the most important findings with all details, the others as ordinals only. */
export function diagnosisView(diagnosis: Diagnosis, serial: number): DiagnosisView {
  const { short, more } = answerOf(diagnosis);
  const { benign, packets, firstUs, lastUs, portUnreachables, mailSessions, findings, limits } = diagnosis;
  return {
    ...{ serial, benign, verdict: diagnosis.answer, answer: short, more, packets, durationUs: lastUs - firstUs, firstUs },
    ...{ portUnreachables, mailSessions, findings: findings.length, limits },
    ...{ shown: selectFindings(findings).shown, groups: groupsOf(findings) },
  };
}

/** A finding in a line. */
export function findingRow(finding: Finding, number: number): FindingRow {
  return { number, flow: describeFlow(finding), confidence: finding.confidence };
}

const UDP_ENDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.dstport"] as const;

/**
 * Marks the frames of push flows that only the diagnosis identifies: the capture begins after their registration. One pass over the frames up to
 * `last`, whatever the number of findings. `index` adds frames to the history when the pass comes to one that is not there. Returns whether a frame was
 * marked; the pass ends early if `isWanted` says no between two slices of time.
 */
export async function markPushes(
  findings: readonly Finding[],
  history: FrameHistory,
  packets: SourcePackets,
  last: number,
  index: () => Promise<void>,
  isWanted: () => boolean,
): Promise<boolean> {
  const pushes = new Set<string>();
  for (const { verdict, from, to, port } of findings)
    if (VERDICT_INFO[verdict].isPush && to !== null && port !== null) pushes.add(`${from} ${to} ${port}`);
  if (pushes.size === 0) return false;
  const picker = new FieldPicker(UDP_ENDS, "last");
  const slices = new TimeSlices();
  let marked = false;
  // After an action in the past a lab has fewer frames.
  for (let frame = 1; frame <= Math.min(last, packets.source.count); frame++) {
    while (frame > history.count) {
      await index();
      await slices.pause();
      if (!isWanted()) return marked;
    }
    if (history.classOf(frame) === "udp") {
      const values = picker.pick(packets.packetOf(frame));
      const text = (v4: string, v6: string) => (values.get(v4) ?? values.get(v6))?.text;
      if (pushes.has(`${text("ip.src", "ipv6.src")} ${text("ip.dst", "ipv6.dst")} ${values.get("udp.dstport")?.text}`)) {
        history.markPush(frame);
        marked = true;
      }
    }
    if (frame % FRAMES_PER_LOOK === 0 && slices.isOver) {
      await slices.pause();
      if (!isWanted()) return marked;
    }
  }
  return marked;
}
