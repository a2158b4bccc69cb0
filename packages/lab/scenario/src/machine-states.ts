/** State of a machine at a given time, derived from its recorded events: stack, cable, and the Inbox on its screen. */

import { isTranslated } from "./addressing.ts";
import type { MachineView } from "./machine-view.ts";
import { presentSpans, type Span, spansOfBoth } from "./presence.ts";
import type { RecordedEvent } from "./recorded-event.ts";

export class MachineStates {
  readonly #view: MachineView;
  /** When machine and server were on the network, and no filter or second owner of the address was between them. */
  readonly #reachable: readonly Span[];
  readonly #screen: InboxHistory;

  constructor(view: MachineView) {
    this.#view = view;
    this.#reachable = reachableSpans(view);
    this.#screen = new InboxHistory(view.events);
  }

  /** Index of the machine's first event at or after `us`. */
  firstEventAfter(us: number): number {
    const { events } = this.#view;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (events[middle].atUs < us) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether every frame that the server sent to the machine during these microseconds reached its running stack, where no wire lost it. */
  isReachable(fromUs: number, toUs: number): boolean {
    return this.#reachable.some((span) => span.fromUs <= fromUs && toUs < span.toUs);
  }

  /** Whether the message was in the Inbox on the screen at some time from `fromUs` to `toUs`. */
  isShown(mid: string, fromUs: number, toUs: number): boolean {
    return this.#screen.isShown(mid, fromUs, toUs);
  }
}

/** The intervals in which each message was on the screen. Events describe changes, so the cost per message does not depend on the length of the Inbox. */
class InboxHistory {
  readonly #spans = new Map<string, { readonly fromUs: number; toUs: number }[]>();

  constructor(events: Iterable<RecordedEvent>) {
    const windows = new Map<string, string[]>();
    for (const { atUs, event } of events) {
      if (event.type !== "inbox-shown") continue;
      const rows = windows.get(event.mailbox ?? "") ?? [];
      windows.set(event.mailbox ?? "", rows);
      const now = event.rows.map(({ mid }) => String(mid));
      const added = new Set(now);
      for (const mid of rows.splice(event.kept)) if (!added.delete(mid)) this.#end(mid, atUs);
      for (const mid of added) this.#begin(mid, atUs);
      for (const mid of now) rows.push(mid);
    }
  }

  #begin(mid: string, fromUs: number): void {
    const span = { fromUs, toUs: Number.POSITIVE_INFINITY };
    const spans = this.#spans.get(mid);
    if (spans) spans.push(span);
    else this.#spans.set(mid, [span]);
  }

  #end(mid: string, atUs: number): void {
    const last = this.#spans.get(mid)?.at(-1);
    if (last) last.toUs = atUs;
  }

  isShown(mid: string, fromUs: number, toUs: number): boolean {
    return this.#spans.get(mid)?.some((span) => span.fromUs <= toUs && span.toUs > fromUs) ?? false;
  }
}

function reachableSpans(view: MachineView): Span[] {
  const { scenario } = view.recording;
  // With a firewall, address translation, or an address that several machines have in turn, a datagram to a present machine need not arrive.
  if (scenario.network.firewall.length > 0 || view.index.sharesAddresses || isTranslated(scenario, view.machine.address)) return [];
  return spansOfBoth(presentSpans(view.events), view.index.serverSpans);
}
