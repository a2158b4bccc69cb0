/**
 * Claims that compare two runs: each is judged on a second run of all machines together that differs from
 * the first in one thing. The other claims are judged on single runs, in `claims.ts`.
 */

import { formatDuration, type NetworkCard, valuesOf } from "@pushback/host";
import {
  ETHERNET_HEADER_LEN,
  ETHERTYPE_IPV4,
  getEtherType,
  getIcmpCode,
  getIcmpType,
  getIpv4HeaderLen,
  getIpv4Protocol,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
} from "@pushback/wire";
import type { ClaimId } from "./claim-texts.ts";
import type { ClaimResult } from "./comparison-types.ts";
import { probesOf } from "./keep-alive-claim.ts";
import { MachineView } from "./machine-view.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import { type IndexedRecording, indexed } from "./recording-index.ts";
import { type RunOptions, runScenario } from "./run.ts";

/** The outcome of a claim for all machines. */
type Outcome = Pick<ClaimResult, "holds" | "finding">;

/** Code of a port unreachable (RFC 792). */
const PORT_UNREACHABLE = 3;

function isError(b: Uint8Array, at: number): boolean {
  if (getEtherType(b, at) !== ETHERTYPE_IPV4) return false;
  const ip = at + ETHERNET_HEADER_LEN;
  if (getIpv4Protocol(b, ip) !== IP_PROTOCOL_ICMP) return false;
  const icmp = ip + getIpv4HeaderLen(b, ip);
  return getIcmpType(b, icmp) === ICMP_UNREACHABLE && getIcmpCode(b, icmp) === PORT_UNREACHABLE;
}

/** Whether the event says that a machine received an ICMP port unreachable. */
function isErrorReceived({ event }: Pick<RecordedEvent, "event">): boolean {
  return event.type === "icmp-error-received" && event.icmpType === ICMP_UNREACHABLE && event.code === PORT_UNREACHABLE;
}

/** Wraps the server's network card so that no ICMP port unreachable reaches the server's stack. */
function withoutErrors(card: NetworkCard): NetworkCard {
  return {
    mac: card.mac,
    mtu: card.mtu,
    broadcasts: card.broadcasts,
    transmit: (b, at, len) => card.transmit(b, at, len),
    setReceiver: (receiver) =>
      card.setReceiver(
        receiver && {
          receiveFrame: (b, at, len) => {
            if (!isError(b, at)) receiver.receiveFrame(b, at, len);
          },
        },
      ),
  };
}

/** An event as a line of text, for comparing two runs. */
function lineOf({ atUs, machine, layer, event }: RecordedEvent): string {
  return `${atUs} ${machine} ${layer} ${JSON.stringify(event)}`;
}

/**
 * The first difference between `recording` and a second run in which the ICMP errors do not reach the server's stack; `null` if there is none. The
 * errors are on the wire in both runs, so every frame gets the same random delay, and any difference is an effect of the errors.
 */
function differenceWithoutErrors(recording: Recording, options: RunOptions): string | null {
  const { frames, machines } = recording;
  let difference: string | null = null;
  const note = (atUs: number, what: string) => {
    difference ??= `at ${formatDuration(atUs)} ${what}`;
  };
  const expected = [...recording.events].filter((e) => !isErrorReceived(e));
  let frame = 0;
  let place = 0;
  runScenario(recording.scenario, {
    ...options,
    keep: false,
    seams: (scheduler) => {
      const own = options.seams?.(scheduler) ?? {};
      const cardOf: NonNullable<typeof own.card> = (machine, card) => own.card?.(machine, card) ?? card;
      return { ...own, card: (m, card) => (m.role === "server" ? withoutErrors(cardOf(m, card)) : cardOf(m, card)) };
    },
    watch: () => ({
      frame: (timeUs, b, at, len) => {
        frame++;
        if (difference !== null) return;
        const isSame =
          frame <= frames.count &&
          frames.timeOf(frame) === timeUs &&
          frames.lengthOf(frame) === len &&
          isEqual(frames.bytesOf(frame), frames.offsetOf(frame), b, at, len);
        if (!isSame) note(timeUs, `frame ${frame} is another one`);
      },
      event: (atUs, machine, layer, event) => {
        const found = { atUs, machine: machines[machine].name, layer, event } as RecordedEvent;
        if (isErrorReceived(found)) return;
        const wanted = expected[place++];
        if (difference === null && (wanted === undefined || lineOf(wanted) !== lineOf(found)))
          note(atUs, `${found.machine}: ${event.type}`);
      },
    }),
  });
  if (difference === null && (frame !== frames.count || place !== expected.length))
    note(recording.durationUs, "frames or events are missing");
  return difference;
}

function isEqual(a: Uint8Array, at: number, b: Uint8Array, from: number, len: number): boolean {
  for (let i = 0; i < len; i++) if (a[at + i] !== b[from + i]) return false;
  return true;
}

function judgeNormal({ recording }: IndexedRecording, options: RunOptions): Outcome {
  const errors = recording.events.filter(isErrorReceived).length;
  if (errors === 0) return { holds: null, finding: "the server got no error in this run" };
  const difference = differenceWithoutErrors(recording, options);
  const same = `${recording.frames.count} frames and all events are the same in a run whose server gets none of the ${errors} errors`;
  return {
    holds: difference === null,
    finding: difference === null ? same : `a run whose server gets no error is another one: ${difference}`,
  };
}

/** Effect of keep-alive on sessions of machines that had not gone down. */
interface KeepAliveCost {
  readonly probes: number;
  /** Sessions that keep-alive ended. */
  readonly ended: number;
}

function costOf({ recording, index }: IndexedRecording): KeepAliveCost {
  let probes = 0;
  let ended = 0;
  for (const machine of recording.machines.filter(({ role }) => role !== "server" && role !== "router")) {
    const view = new MachineView(index, machine);
    const stale = new Set(view.staleSessions.map(({ session }) => session.id));
    for (const session of view.sessions.filter(({ id }) => !stale.has(id))) {
      probes += probesOf(view, session).length;
      if (session.cause === "keepalive-timeout" || session.cause === "keepalive-reset") ended++;
    }
  }
  return { probes, ended };
}

function judgePrice(run: IndexedRecording, options: RunOptions): Outcome {
  const { scenario, machines, keepAliveUs } = run.recording;
  const variant = scenario.catalogue.findVariant(machines[0].variant);
  const defaultUs = variant === null ? keepAliveUs : valuesOf(variant.personality).keepAlive.idleUs;
  const set = formatDuration(keepAliveUs);
  if (keepAliveUs >= defaultUs) return { holds: null, finding: `KeepAliveTime is ${set} here, not less than the default` };
  const cost = costOf(run);
  if (cost.probes === 0) return { holds: null, finding: `no session of a machine that is up was idle for ${set}` };
  const before = costOf(indexed(runScenario(scenario, { ...options, keepAliveUs: defaultUs })));
  const probes = `${cost.probes} probes of idle sessions with ${set}, ${before.probes} with ${formatDuration(defaultUs)}`;
  return {
    holds: cost.probes > before.probes || cost.ended > before.ended,
    finding: `${probes}; sessions that probes ended: ${cost.ended} with ${set}, ${before.ended} with ${formatDuration(defaultUs)}`,
  };
}

const JUDGES = { "considered-normal": judgeNormal, "not-recommended": judgePrice } as const;

/** Claims that a single run cannot show. */
export const COUNTERPART_CLAIMS = Object.keys(JUDGES) as readonly (keyof typeof JUDGES)[];

/** Finding of these claims in `claims.ts`, which judges single runs. */
export const NEEDS_COUNTERPART = "one run cannot show it: `pushback compare` runs its counterpart";

/** Judges the claims that need a second run, by running the scenario again with the same options. `run`: the run with all machines. */
export function judgeCounterparts(run: IndexedRecording, options: RunOptions): ReadonlyMap<ClaimId, Outcome> {
  const isFleet = run.recording.machines.some(({ role }) => role === "fleet");
  const skipped: Outcome = { holds: null, finding: "runs with fleets are not made twice" };
  // `watch` and `onEvent` of the options are for the caller's run; the additional runs have no listeners.
  const { watch: _watch, onEvent: _onEvent, ...settings } = options;
  return new Map(COUNTERPART_CLAIMS.map((id) => [id, isFleet ? skipped : JUDGES[id](run, settings)]));
}
