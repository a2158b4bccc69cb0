/** The network of a run: its segments, the cards on them, and the router that joins them. */

import { parseMac } from "@pushback/bytes";
import { type FrameMemory, Segment, type SegmentCard, type Simulation } from "@pushback/sim";
import {
  createRouter,
  type FilterRule,
  NAT_TIMEOUTS,
  type RouterEvent,
  type RouterSettings,
  readArpTopics,
  type StackMemory,
} from "@pushback/stack";
import { macFor, netmaskOf, routerAddress, segmentNames } from "./addressing.ts";
import type { RecordedMachine } from "./recorded-event.ts";
import { SERVER_SEGMENT } from "./scenario-base.ts";
import type { Scenario } from "./scenario-file.ts";

interface Wire {
  readonly latency: number;
  readonly jitter: number;
  readonly loss: number;
}

export class LabNetwork {
  readonly #simulation: Simulation;
  readonly #scenario: Scenario;
  readonly #segments = new Map<string, Segment>();
  /** The server's segment, which the network analyzer listens to. */
  readonly analyzed: Segment;

  /** `memory`: where the analyzed segment's frames are kept, so that recording a frame copies nothing; `null`: nowhere. */
  constructor(simulation: Simulation, scenario: Scenario, memory: FrameMemory | null) {
    this.#simulation = simulation;
    this.#scenario = scenario;
    this.analyzed = this.#addSegment(SERVER_SEGMENT, "segment", scenario.network, memory);
    for (const segment of scenario.network.segments) this.#addSegment(segment.name, `segment/${segment.name}`, segment, null);
  }

  #addSegment(name: string, seed: string, wire: Wire, memory: FrameMemory | null): Segment {
    const segment = new Segment(this.#simulation, this.#simulation.random.fork(seed), {
      latencyUs: wire.latency,
      jitterUs: wire.jitter,
      loss: wire.loss,
      readTopics: readArpTopics,
      ...(memory !== null && { memory }),
    });
    this.#segments.set(name, segment);
    return segment;
  }

  /** Puts a card with this hardware address on a segment. Throws a RangeError for a malformed address. */
  connect(segment: string, name: string, address: string): SegmentCard {
    const mac = parseMac(address);
    if (!mac) throw new RangeError(`bad hardware address ${address}`);
    return (this.#segments.get(segment) as Segment).connect(name, mac);
  }

  /** Starts the router that joins all segments. `change` replaces the settings that follow from the scenario. */
  startRouter(
    recorded: RecordedMachine,
    memory: StackMemory,
    onEvent: (event: RouterEvent) => void,
    change: (settings: RouterSettings) => RouterSettings = (settings) => settings,
  ): void {
    const names = segmentNames(this.#scenario);
    const { segments, firewall } = this.#scenario.network;
    const settings: RouterSettings = {
      name: recorded.hostName,
      interfaces: names.map((segment, i) => {
        const address = routerAddress(this.#scenario, segment) as number;
        const mtu = segments[i - 1]?.mtu;
        const card = this.connect(segment, recorded.name, macFor(address));
        return { card, address, netmask: netmaskOf(this.#scenario, segment), ...(mtu !== undefined && { mtu }) };
      }),
      filter: firewall.map(
        ({ action, protocol, from, to, sourcePort, port }): FilterRule => ({
          action,
          ...(protocol !== undefined && { protocol }),
          ...(from !== undefined && { inInterface: names.indexOf(from) }),
          ...(to !== undefined && { outInterface: names.indexOf(to) }),
          ...(sourcePort !== undefined && { srcPort: sourcePort }),
          ...(port !== undefined && { dstPort: port }),
        }),
      ),
      nat: segments.flatMap(({ nat }, i) => {
        if (nat === undefined) return [];
        const { udpUs, tcpUs, tcpTransitoryUs, icmpUs } = NAT_TIMEOUTS;
        const { udp = udpUs, tcp = tcpUs, tcpTransitory = tcpTransitoryUs, icmp = icmpUs } = nat;
        return [{ inside: i + 1, timeouts: { udpUs: udp, tcpUs: tcp, tcpTransitoryUs: tcpTransitory, icmpUs: icmp } }];
      }),
      scheduler: this.#simulation,
      memory,
      random: this.#simulation.random.fork(recorded.name),
      onEvent,
    };
    createRouter(change(settings)).start();
  }
}
