/** Why refused datagrams were sent: as late answers to a query, or by a sender that tries one port after another. */

import type { AddressNumbers } from "@pushback/bytes";
import type { DatagramFlow } from "./datagram-flow.ts";
import type { FrameRef } from "./frame-ref.ts";
import type { Queries } from "./queries.ts";

/** Most senders whose refused datagrams are counted, and most refused datagrams of one sender that keep a flow each. */
const MAX_SENDERS = 16_384;
const MAX_TRIES = 1_000;
/** An answer that comes this soon after its query is not late: programs wait a second or more. */
const PLAUSIBLE_TIMEOUT_US = 950_000;

export class Refusals {
  readonly #queries: Queries;
  readonly #addresses: AddressNumbers;
  /** By sender: number of refused flows of a single datagram that have separate entries, and number of further ones, which were only counted. */
  readonly #tries = new Map<number, { kept: number; more: number }>();

  constructor(queries: Queries, addresses: AddressNumbers) {
    this.#queries = queries;
    this.#addresses = addresses;
  }

  /** Number of refused flows of a single datagram from this sender that have no entry of their own. */
  withoutFlow(source: number): number {
    return this.#tries.get(source)?.more ?? 0;
  }

  /** Looks whether the datagram came as an answer, and whether its sender tries one port after another. */
  note(flow: DatagramFlow, srcPort: number, timeUs: number): void {
    if (flow.connection) return;
    this.#noteAnswer(flow, srcPort, timeUs);
    if (flow.errors > 1 || flow.count > 1 || flow.answers) return;
    const tries = this.#tries.get(flow.source);
    if (!tries) {
      if (this.#tries.size < MAX_SENDERS) this.#tries.set(flow.source, { kept: 1, more: 0 });
    } else if (tries.kept < MAX_TRIES) tries.kept++;
    else {
      tries.more++;
      flow.isOneOfMany = true;
    }
  }

  #noteAnswer(flow: DatagramFlow, srcPort: number, timeUs: number): void {
    const query = this.#queries.answeredBy(flow.source, flow.destination, srcPort, flow.dstPort, timeUs);
    const latest = query ? null : this.#queries.latestOf(flow.destination, flow.dstPort, timeUs);
    const isGroup = latest !== null && this.#addresses.isGroup(latest.destination);
    // A datagram from the queried port, but from another address, is an answer too.
    const isStray = latest !== null && !isGroup && latest.dstPort === srcPort && latest.destination !== flow.source;
    if (!query && !isGroup && !isStray) return;
    const asked = (query ?? latest) as FrameRef;
    const afterUs = Math.max(0, flow.lastUs - asked.timeUs);
    flow.answers ??= {
      late: 0,
      early: 0,
      groupLate: 0,
      groupEarly: 0,
      stray: 0,
      minUs: afterUs,
      maxUs: afterUs,
      query: asked,
      queriedAddress: latest?.destination ?? flow.source,
    };
    const { answers } = flow;
    const isLate = afterUs >= PLAUSIBLE_TIMEOUT_US;
    if (query) answers[isLate ? "late" : "early"]++;
    else if (isGroup) answers[isLate ? "groupLate" : "groupEarly"]++;
    else answers.stray++;
    answers.minUs = Math.min(answers.minUs, afterUs);
    answers.maxUs = Math.max(answers.maxUs, afterUs);
    answers.query = { frame: asked.frame, timeUs: asked.timeUs };
  }

  /** The sender repeats the datagram, so the flow is no longer one of many single tries and is kept. */
  comesAgain(flow: DatagramFlow): void {
    flow.isOneOfMany = false;
    const tries = this.#tries.get(flow.source);
    if (tries) tries.more--;
  }
}
