/** What state a machine was in at a time of its recording, as its events tell: its stack, its cable, the Inbox on its screen. */

import type { MachineView } from "./machine-view.ts";
import type { RecordedEvent } from "./recorded-event.ts";

interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

export class MachineStates {
  readonly #view: MachineView;
  /** When the stack was up, the cable in, and no router or second owner of the address between it and the server. */
  readonly #reachable: readonly Span[];
  /** Each content of the Inbox that the screen showed. */
  readonly #inboxes: readonly { readonly atUs: number; readonly mids: ReadonlySet<string> }[];

  constructor(view: MachineView) {
    this.#view = view;
    this.#reachable = reachableSpans(view);
    this.#inboxes = view.events.flatMap(({ atUs, event }) =>
      event.type === "inbox-shown" ? [{ atUs, mids: new Set(event.rows.map(({ mid }) => String(mid))) }] : [],
    );
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

  /** Ids of the messages that the screen showed at some time from `fromUs` to `toUs`. */
  inboxAfter(fromUs: number, toUs: number): ReadonlySet<string> {
    const shown = new Set<string>();
    for (const { atUs, mids } of this.#inboxes) if (atUs >= fromUs && atUs <= toUs) for (const mid of mids) shown.add(mid);
    return shown;
  }
}

function reachableSpans(view: MachineView): Span[] {
  const { scenario, machines } = view.recording;
  // A filter may drop a datagram, and an address that machines hand on belongs to several of them.
  if (scenario.network.firewall.length > 0 || view.index.sharesAddresses) return [];
  const server = machines[0].name;
  const isCable = (e: RecordedEvent) =>
    e.layer === "scenario" && e.event.type === "step" && (e.event.action === "plug" || e.event.action === "unplug");
  const spans: Span[] = [];
  let isUp = false;
  let isPlugged = true;
  let fromUs = Number.POSITIVE_INFINITY;
  const change = (us: number, up: boolean, plugged: boolean) => {
    if (isUp && isPlugged && !(up && plugged)) spans.push({ fromUs, toUs: us });
    if (up && plugged && !(isUp && isPlugged)) fromUs = us;
    isUp = up;
    isPlugged = plugged;
  };
  for (const e of view.events) {
    if (e.layer === "machine") {
      if (e.event.type === "stack-up") change(e.atUs, true, isPlugged);
      else if (e.event.type === "stack-down" || e.event.type === "machine-off") change(e.atUs, false, isPlugged);
    } else if (isCable(e) && e.machine !== server)
      change(e.atUs, isUp, e.layer === "scenario" && e.event.type === "step" && e.event.action === "plug");
  }
  if (isUp && isPlugged) spans.push({ fromUs, toUs: Number.POSITIVE_INFINITY });
  return spans;
}
