/**
 * Counts the results of each machine of the fleets during the run: a few numbers per machine, however many frames and events there are, so
 * that a run without a recording can be summarized too. Frames and events are its only input, so a finished recording gives the same counts.
 */

import {
  ETHERTYPE_IPV4,
  getEthernetPayloadAt,
  getEtherType,
  getIcmpCode,
  getIcmpType,
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4Source,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_UDP,
  UNREACHABLE_PORT,
} from "@pushback/wire";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import type { FleetRow } from "./comparison-types.ts";
import type { MachineCounts } from "./metrics/metric.ts";
import { checkedValue } from "./metrics/units.ts";
import { NatHolders } from "./nat-holders.ts";
import type { RecordedEvent, RecordedMachine, RunWatcher } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import type { SessionEnd } from "./session-end-cause.ts";

const NONE = -1;
const SECOND_US = 1_000_000;

/** Counts the metrics of every machine of a fleet while the run goes on, without keeping its frames and events. */
export class FleetTally implements RunWatcher {
  readonly #machines: readonly RecordedMachine[];
  readonly #serverAddress: number;
  readonly #catalogue: Catalogue;
  readonly #numberByAddress = new Map<number, number>();
  /** Machines behind address translation. */
  readonly #translated = new NatHolders<number>();

  // Arrays with one element per machine.
  readonly #sent: Uint32Array;
  readonly #onWire: Uint32Array;
  readonly #toClosedPort: Uint32Array;
  readonly #icmp: Uint32Array;
  readonly #received: Uint32Array;
  readonly #foreign: Uint32Array;
  readonly #downUs: Float64Array;
  readonly #stackUpUs: Float64Array;
  readonly #firstIcmpUs: Float64Array;
  readonly #relogonUs: Float64Array;
  /** Session ids: the first, the one that was open when the machine first went down, the latest, and the first after going down. */
  readonly #first: Int32Array;
  readonly #stale: Int32Array;
  readonly #open: Int32Array;
  readonly #next: Int32Array;

  readonly #ends = new Map<number, SessionEnd>();
  readonly #machineByAssociation = new Map<number, number>();
  readonly #machineBySession = new Map<number, number>();
  /** ICMP errors and datagrams in each second, of each variant. */
  readonly #perSecond = new Map<string, { icmp: Uint32Array; datagrams: Uint32Array }>();

  /** `catalogue`: the scenario's catalogue, whose metrics are counted. */
  constructor(machines: readonly RecordedMachine[], serverAddress: number, catalogue: Catalogue = CATALOGUE) {
    this.#catalogue = catalogue;
    const count = machines.length;
    this.#machines = machines;
    this.#serverAddress = serverAddress;
    machines.forEach((machine, i) => {
      if (machine.role === "fleet") this.#numberByAddress.set(machine.address, i);
    });
    const counters = () => new Uint32Array(count);
    const times = () => new Float64Array(count).fill(NONE);
    const sessions = () => new Int32Array(count).fill(NONE);
    [this.#sent, this.#onWire, this.#toClosedPort] = [counters(), counters(), counters()];
    [this.#icmp, this.#received, this.#foreign] = [counters(), counters(), counters()];
    [this.#downUs, this.#stackUpUs, this.#firstIcmpUs, this.#relogonUs] = [times(), times(), times(), times()];
    [this.#first, this.#stale, this.#open, this.#next] = [sessions(), sessions(), sessions(), sessions()];
  }

  frame(timeUs: number, b: Uint8Array, start: number): void {
    if (getEtherType(b, start) !== ETHERTYPE_IPV4) return;
    const at = getEthernetPayloadAt(b, start);
    const protocol = getIpv4Protocol(b, at);
    if (protocol === IP_PROTOCOL_UDP) {
      if (getIpv4Source(b, at) !== this.#serverAddress || getIpv4FragmentOffset(b, at) !== 0) return;
      const machine = this.#numberByAddress.get(getIpv4Destination(b, at));
      if (machine === undefined) return;
      this.#onWire[machine]++;
      this.#count(machine, timeUs, "datagrams");
    } else if (protocol === IP_PROTOCOL_ICMP) {
      const icmpAt = at + getIpv4HeaderLen(b, at);
      if (getIcmpType(b, icmpAt) !== ICMP_UNREACHABLE || getIcmpCode(b, icmpAt) !== UNREACHABLE_PORT) return;
      const machine = this.#numberByAddress.get(getIpv4Source(b, at));
      if (machine === undefined) return;
      if (this.#icmp[machine]++ === 0) this.#firstIcmpUs[machine] = timeUs;
      this.#count(machine, timeUs, "icmp");
    }
  }

  event(atUs: number, machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void {
    if (layer === "server") this.#serverEvent(atUs, event);
    else if (event.type === "udp-no-port") this.#toClosedPort[machine]++;
    else if (event.type === "datagram-received") this.#received[machine]++;
    else if (event.type === "foreign-datagram") this.#foreign[machine]++;
    else if (event.type === "machine-going-down") {
      if (this.#downUs[machine] !== NONE) return;
      this.#downUs[machine] = atUs;
      this.#stale[machine] = this.#open[machine];
    } else if (event.type === "stack-up") {
      if (this.#downUs[machine] !== NONE && this.#stackUpUs[machine] === NONE && atUs > this.#downUs[machine])
        this.#stackUpUs[machine] = atUs;
    } else if (event.type === "logged-on") {
      if (this.#next[machine] !== NONE && this.#relogonUs[machine] === NONE) this.#relogonUs[machine] = atUs;
    } else if (event.type === "nat-bound") this.#translated.add(atUs, event, this.#numberByAddress.get(event.address));
  }

  #serverEvent(atUs: number, event: RecordedEvent["event"]): void {
    switch (event.type) {
      case "datagram-sent": {
        const machine = this.#machineBySession.get(event.session);
        if (machine !== undefined) this.#sent[machine]++;
        return;
      }
      case "association-opened": {
        const { remoteAddress, remotePort } = event;
        const machine = this.#translated.find(remoteAddress, remotePort, atUs) ?? this.#numberByAddress.get(remoteAddress);
        if (machine !== undefined) this.#machineByAssociation.set(event.association, machine);
        return;
      }
      case "association-closed":
        this.#machineByAssociation.delete(event.association);
        return;
      case "connect": {
        const machine = this.#machineByAssociation.get(event.association);
        if (machine === undefined) return;
        this.#machineBySession.set(event.session, machine);
        if (this.#first[machine] === NONE) this.#first[machine] = event.session;
        if (this.#downUs[machine] !== NONE && this.#next[machine] === NONE && atUs > this.#downUs[machine])
          this.#next[machine] = event.session;
        this.#open[machine] = event.session;
        return;
      }
      case "session-ended": {
        const machine = this.#machineBySession.get(event.session);
        if (machine === undefined) return;
        const isKept = event.session === this.#first[machine] || event.session === this.#stale[machine] || this.#downUs[machine] === NONE;
        if (isKept) this.#ends.set(event.session, { endUs: atUs, how: event.how, cause: event.cause });
        if (event.session === this.#open[machine]) this.#open[machine] = NONE;
        return;
      }
    }
  }

  #count(machine: number, timeUs: number, what: "icmp" | "datagrams"): void {
    const { variant } = this.#machines[machine];
    let series = this.#perSecond.get(variant);
    if (series === undefined) {
      series = { icmp: new Uint32Array(1024), datagrams: new Uint32Array(1024) };
      this.#perSecond.set(variant, series);
    }
    const second = Math.floor(timeUs / SECOND_US);
    if (second >= series[what].length) {
      const longer = new Uint32Array(2 ** Math.ceil(Math.log2(second + 1)));
      longer.set(series[what]);
      series[what] = longer;
    }
    series[what][second]++;
  }

  /** Counts in each second, over these variants. */
  perSecond(variants: ReadonlySet<string>, what: "icmp" | "datagrams"): Uint32Array {
    const all = [...this.#perSecond].filter(([variant]) => variants.has(variant)).map(([, series]) => series[what]);
    const sum = new Uint32Array(Math.max(0, ...all.map((series) => series.length)));
    for (const series of all) for (let i = 0; i < series.length; i++) sum[i] += series[i];
    return sum;
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  /** One row per machine of a fleet, in the order of the recording. */
  rows(): FleetRow[] {
    return this.#machines.flatMap((machine, i) => (machine.role === "fleet" ? [this.#row(machine, i)] : []));
  }

  #row(machine: RecordedMachine, i: number): FleetRow {
    const session = this.#downUs[i] === NONE ? this.#first[i] : this.#stale[i];
    const end = session === NONE ? undefined : this.#ends.get(session);
    const counts: MachineCounts = {
      downUs: orNull(this.#downUs[i]),
      stackUpUs: orNull(this.#stackUpUs[i]),
      firstIcmpUs: orNull(this.#firstIcmpUs[i]),
      relogonUs: orNull(this.#relogonUs[i]),
      sent: this.#sent[i],
      onWire: this.#onWire[i],
      toClosedPort: this.#toClosedPort[i],
      received: this.#received[i],
      foreign: this.#foreign[i],
      icmp: this.#icmp[i],
      end: end ?? null,
    };
    const row: Record<string, unknown> = {
      name: machine.name,
      platform: this.#catalogue.platformOf(machine.variant),
      variant: machine.variant,
    };
    for (const { key, unit, fleet } of this.#catalogue.metrics) if (fleet !== null) row[key] = checkedValue(key, unit, fleet.of(counts));
    return row as unknown as FleetRow;
  }
}

function orNull(us: number): number | null {
  return us === NONE ? null : us;
}

/** Counts the fleets of a finished recording. */
export function tallyRecording({ scenario, machines, frames, events }: Recording): FleetTally {
  const tally = new FleetTally(machines, machines[0].address, scenario.catalogue);
  const numbers = new Map(machines.map((machine, i) => [machine.name, i]));
  for (let frame = 1; frame <= frames.count; frame++) tally.frame(frames.timeOf(frame), frames.bytesOf(frame), frames.offsetOf(frame));
  for (let i = 0; i < events.length; i++) {
    const e = events.at(i) as RecordedEvent;
    tally.event(e.atUs, numbers.get(e.machine) ?? 0, e.layer, e.event);
  }
  return tally;
}
