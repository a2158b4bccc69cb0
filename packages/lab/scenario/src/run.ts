/** Runs a scenario: machines on a segment, steps at their times, everything written down; or lets somebody drive it. */

import { parseIpv4, parseMac } from "@pushback/bytes";
import { type KeepAlive, valuesOf } from "@pushback/host";
import { createMailServer, type MailServer } from "@pushback/server";
import { type FrameMemory, Segment, type SegmentCard, Simulation } from "@pushback/sim";
import {
  createAlwaysOnMachine,
  createMachine,
  createRouter,
  type FilterRule,
  type Machine,
  type MachineEvent,
  readArpTopics,
  type StackEvent,
  StackMemory,
} from "@pushback/stack";
import { macFor, netmaskOf, routerAddress, segmentNames } from "./addressing.ts";
import { createDatagramRecorder } from "./datagram-recorder.ts";
import { EventStore } from "./event-store.ts";
import { FrameStore } from "./frame-store.ts";
import { type MachinePlan, planMachines, planRouter } from "./machine-plan.ts";
import type { RecordedEvent, RecordedMachine, Recording, RunWatcher } from "./recording.ts";
import { actionOf, machinesOf, type Scenario } from "./scenario-file.ts";
import { type ScenarioStep, SERVER_SEGMENT } from "./scenario-schema.ts";
import { Workstation, type WorkstationObserver } from "./workstation.ts";

export interface RunOptions {
  /** Variant ids that a client with `platform: each` stands for. */
  readonly variants: readonly string[];
  readonly seed: string;
  /** In place of the scenario's KeepAliveTime. */
  readonly keepAliveUs?: number;
  /** In place of the scenario's notification interval. */
  readonly intervalUs?: number;
  /** In place of the count of every fleet. */
  readonly count?: number;
  /** The machines of fleets that take part, by name; all of them where it is left out. */
  readonly only?: ReadonlySet<string>;
  /** Called with each event as it is written down. */
  readonly onEvent?: (event: RecordedEvent) => void;
  /** Told of everything as it happens. */
  readonly watch?: (machines: readonly RecordedMachine[], serverAddress: number) => RunWatcher;
  /** False: the recording stays empty, what happens is for `watch` alone. */
  readonly keep?: boolean;
}

const DEFAULT_INTERVAL_US = 60_000_000;

/** Between two messages that one step delivers, where there is a router. */
const DELIVERY_SPACING_US = 5_000;

/** A run that somebody drives: time goes on when told to, and steps may be added to those of the scenario. */
export interface ScenarioRun {
  readonly nowUs: number;
  /** When something happens next by itself; Infinity when nothing will. */
  readonly nextEventUs: number;
  /** What has been written down so far: the same object always, its events and frames grow. */
  readonly recording: Recording;
  /** Runs everything up to and including `us`; the clock is then there. */
  runUntil(us: number): void;
  /**
   * Does what a scenario's step says, now: its `at` is not looked at. Names are the scenario's or the recording's. The same steps
   * after the same `runUntil` give the same recording. Throws a RangeError for a name that no machine has.
   */
  perform(step: ScenarioStep): void;
}

/** Everything that belongs to one run while it goes. */
class Lab implements ScenarioRun {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #simulation: Simulation;
  readonly #memory = new StackMemory();
  readonly #segments = new Map<string, Segment>();
  readonly #plans: readonly MachinePlan[];
  /** By the scenario's names, and by the machines' own where those differ. */
  readonly #plansByName = new Map<string, MachinePlan[]>();
  readonly #machines: readonly RecordedMachine[];
  readonly #frames = new FrameStore();
  readonly #events: EventStore;
  readonly #watcher: RunWatcher | null;
  readonly #keep: boolean;
  /** `null` where somebody is told of each event as it comes. */
  readonly #datagrams: ReturnType<typeof createDatagramRecorder> | null;
  readonly #workstations = new Map<string, Workstation>();
  /** One for all machines, and not one of each: in a fleet every datagram would have to fetch another. */
  readonly #onMachineEvent = (event: MachineEvent | StackEvent, machine: number): void => {
    this.#record(machine, "machine", event);
    if (event.type === "machine-off") this.#workstations.get(this.#machines[machine].name)?.forget();
  };
  readonly #workstationObserver: WorkstationObserver = {
    onClientEvent: (number, event) => this.#record(number, "client", event),
    onFailed: (number, action, reason) => this.#record(number, "scenario", { type: "step-failed", action, reason }),
  };
  /** Places among the recording's machines. */
  readonly #numbers = new Map<string, number>();
  readonly #serverMachine: Machine;
  readonly #server: MailServer;
  #keepAlive: KeepAlive;
  readonly #keepAliveUs: number;
  readonly #intervalUs: number;
  readonly recording: Recording;

  constructor(file: Scenario, options: RunOptions) {
    const scenario = options.count === undefined ? file : withFleetsOf(file, options.count);
    this.#scenario = scenario;
    this.#options = options;
    this.#simulation = new Simulation({ seed: options.seed, epochMs: Date.parse(scenario.start) });
    this.#keep = options.keep ?? true;
    // The analyzed segment's frames are where they are written down: nothing is copied twice.
    const analyzed = this.#addSegment(SERVER_SEGMENT, "segment", scenario.network, this.#keep ? this.#frames : null);
    for (const segment of scenario.network.segments) this.#addSegment(segment.name, `segment/${segment.name}`, segment);
    this.#plans = planMachines(scenario, options.variants, options.only ?? null);
    for (const plan of this.#plans) for (const name of new Set([plan.scenarioName, plan.recorded.name])) this.#addName(name, plan);
    const router = planRouter(scenario);
    this.#machines = [...this.#plans.map((plan) => plan.recorded), ...(router === null ? [] : [router])];
    this.#events = new EventStore(this.#machines.map((machine) => machine.name));
    this.#watcher = options.watch?.(this.#machines, this.#machines[0].address) ?? null;
    this.#datagrams =
      this.#keep && this.#watcher === null && !options.onEvent
        ? createDatagramRecorder(this.#events, () => this.#simulation.nowUs())
        : null;
    analyzed.tap((b, at, len, _from, lost) => {
      const nowUs = this.#simulation.nowUs();
      if (this.#keep) this.#frames.add(nowUs, b, at, len, lost);
      this.#watcher?.frame(nowUs, b, at, len, lost);
    });
    this.#intervalUs = options.intervalUs ?? scenario.server.notificationInterval ?? DEFAULT_INTERVAL_US;

    const [serverPlan, ...clientPlans] = this.#plans;
    const personality = valuesOf(serverPlan.variant.personality);
    this.#keepAlive = personality.keepAlive;
    this.#keepAliveUs = options.keepAliveUs ?? scenario.server.KeepAliveTime ?? personality.keepAlive.idleUs;
    this.#serverMachine = createAlwaysOnMachine({
      name: serverPlan.recorded.hostName,
      address: serverPlan.recorded.address,
      netmask: netmaskOf(scenario, serverPlan.segment),
      gateway: routerAddress(scenario, serverPlan.segment),
      personality,
      card: this.#connect(serverPlan),
      scheduler: this.#simulation,
      memory: this.#memory,
      random: this.#simulation.random.fork("server"),
      onEvent: this.#onMachineEvent,
      datagrams: this.#datagrams,
    });
    this.#setKeepAlive({ ...scenario.server, KeepAliveTime: this.#keepAliveUs });
    this.#serverMachine.powerOn();
    const host = this.#serverMachine.host();
    if (!host) throw new Error("the server has no TCP/IP");
    this.#server = createMailServer(
      host,
      {
        notificationIntervalUs: this.#intervalUs,
        honourIcmp: scenario.server.honourIcmp,
        ...(scenario.server.port !== undefined && { emsmdbPort: scenario.server.port }),
      },
      (event) => this.#record(0, "server", event),
      this.#datagrams?.datagramSent ?? null,
    );
    for (const [i, plan] of clientPlans.entries()) this.#addWorkstation(plan, i + 1);
    this.#addRouter(router);
    this.recording = this.#startRecording();
    for (const step of scenario.steps) this.#scheduleStep(step, scenario.steps.indexOf(step));
  }

  get nowUs(): number {
    return this.#simulation.nowUs();
  }

  get nextEventUs(): number {
    return this.#simulation.nextEventUs;
  }

  runUntil(us: number): void {
    this.#simulation.runUntil(us);
  }

  perform(step: ScenarioStep): void {
    for (const name of machinesOf(step)) if (this.#named(name).length === 0) throw new RangeError(`no machine is called ${name}`);
    this.#runStep(step);
  }

  #addSegment(
    name: string,
    seed: string,
    wire: { readonly latency: number; readonly jitter: number; readonly loss: number },
    memory: FrameMemory | null = null,
  ): Segment {
    const options = {
      latencyUs: wire.latency,
      jitterUs: wire.jitter,
      loss: wire.loss,
      readTopics: readArpTopics,
      ...(memory !== null && { memory }),
    };
    const segment = new Segment(this.#simulation, this.#simulation.random.fork(seed), options);
    this.#segments.set(name, segment);
    return segment;
  }

  #connect(plan: MachinePlan): SegmentCard {
    return this.#card(plan.segment, plan.recorded.name, plan.recorded.mac);
  }

  #card(segment: string, name: string, address: string): SegmentCard {
    const mac = parseMac(address);
    if (!mac) throw new RangeError(`bad hardware address ${address}`);
    return (this.#segments.get(segment) as Segment).connect(name, mac);
  }

  /** Joins the segments, where there are more than the server's. */
  #addRouter(recorded: RecordedMachine | null): void {
    if (recorded === null) return;
    const number = this.#machines.length - 1;
    const names = segmentNames(this.#scenario);
    const { segments, firewall } = this.#scenario.network;
    createRouter({
      name: recorded.hostName,
      interfaces: names.map((segment, i) => {
        const address = routerAddress(this.#scenario, segment) as number;
        const mtu = segments[i - 1]?.mtu;
        const card = this.#card(segment, recorded.name, macFor(address));
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
      scheduler: this.#simulation,
      memory: this.#memory,
      random: this.#simulation.random.fork(recorded.name),
      onEvent: (event) => this.#record(number, "machine", event),
    }).start();
  }

  #addName(name: string, plan: MachinePlan): void {
    const plans = this.#plansByName.get(name);
    if (plans) plans.push(plan);
    else this.#plansByName.set(name, [plan]);
  }

  /** `number`: its place among the recording's machines. */
  #addWorkstation(plan: MachinePlan, number: number): void {
    const { name, hostName, address } = plan.recorded;
    const card = this.#connect(plan);
    const userDn = this.#server.addMailbox({ alias: name, displayName: plan.recorded.title });
    if (userDn === null) throw new Error(`two mailboxes are called ${name}`);
    const machine = createMachine({
      name: hostName,
      address,
      netmask: netmaskOf(this.#scenario, plan.segment),
      gateway: routerAddress(this.#scenario, plan.segment),
      variant: plan.variant,
      card,
      scheduler: this.#simulation,
      memory: this.#memory,
      random: this.#simulation.random.fork(name),
      onEvent: this.#onMachineEvent,
      datagrams: this.#datagrams,
      eventSource: number,
    });
    const workstation = new Workstation({
      plan,
      machine,
      card,
      serverAddress: this.#plans[0].recorded.address,
      userDn,
      number,
      observer: this.#workstationObserver,
    });
    this.#workstations.set(name, workstation);
    this.#numbers.set(name, number);
    if (plan.startsOn) workstation.powerOn();
  }

  #record(machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void {
    const nowUs = this.#simulation.nowUs();
    if (this.#keep) this.#events.add(nowUs, machine, layer, event);
    this.#watcher?.event(nowUs, machine, layer, event);
    this.#options.onEvent?.({ atUs: nowUs, machine: this.#machines[machine].name, layer, event } as RecordedEvent);
  }

  /** The machines of this run that a name stands for: the scenario's, which may be that of several, or the recording's. */
  #named(name: string): readonly MachinePlan[] {
    return this.#plansByName.get(name) ?? [];
  }

  #setKeepAlive(registry: {
    KeepAliveTime?: number | undefined;
    KeepAliveInterval?: number | undefined;
    TcpMaxDataRetransmissions?: number | undefined;
  }): void {
    const old = this.#keepAlive;
    this.#keepAlive = {
      idleUs: registry.KeepAliveTime ?? old.idleUs,
      intervalUs: registry.KeepAliveInterval ?? old.intervalUs,
      probes: registry.TcpMaxDataRetransmissions ?? old.probes,
    };
    this.#serverMachine.setKeepAliveDefaults(this.#keepAlive);
  }

  /** All its machines at once, or each at a time of its own, which depends on its name and not on who else there is. */
  #scheduleStep(step: ScenarioStep, number: number): void {
    const { at, stagger = 0 } = step;
    if (stagger === 0) {
      this.#simulation.schedule(at, (s: ScenarioStep) => this.#runStep(s), step);
      return;
    }
    const random = this.#simulation.random.fork(`step-${number}`);
    for (const name of machinesOf(step)) {
      for (const plan of this.#named(name)) {
        const laterUs = Math.floor((random.fork(plan.recorded.name).u32() / 2 ** 32) * stagger);
        this.#simulation.schedule(at + laterUs, (p: MachinePlan) => this.#runStepOf(p, step, 0), plan);
      }
    }
  }

  #runStep(step: ScenarioStep): void {
    let delivered = 0;
    for (const name of machinesOf(step)) for (const plan of this.#named(name)) this.#runStepOf(plan, step, delivered++);
  }

  /** `before`: machines for which the same step has been taken in this instant. */
  #runStepOf(plan: MachinePlan, step: ScenarioStep, before: number): void {
    const action = actionOf(step);
    const { name } = plan.recorded;
    const detail = step.how ?? step.deliver?.subject ?? step.address?.to ?? step.address?.takes ?? (step.address ? "new" : "");
    this.#record(this.#numbers.get(name) ?? 0, "scenario", { type: "step", action, detail });
    // Behind a router all datagrams wait for one ARP answer, and only the latest of them stays: so one message after the other.
    if (action === "deliver" && this.#scenario.network.segments.length > 0)
      this.#simulation.schedule(DELIVERY_SPACING_US * before, () => this.#deliver(name, step), null);
    else if (action === "deliver") this.#deliver(name, step);
    else if (action === "registry") this.#setKeepAlive(step.registry ?? {});
    else if (action === "address") this.#readdress(plan, step);
    else this.#act(this.#workstations.get(name) as Workstation, action, step);
  }

  #deliver(name: string, step: ScenarioStep): void {
    const { subject = "New mail", body = "", from = "Somebody" } = step.deliver ?? {};
    this.#server.deliver(name, { subject, body, from });
  }

  #readdress(plan: MachinePlan, { address }: ScenarioStep): void {
    if (address !== undefined) this.#workstations.get(plan.recorded.name)?.setAddress(this.#addressFor(plan, address));
  }

  /** Another's address is that of the machine beside which this one stands, or else of the first of that name. */
  #addressFor(plan: MachinePlan, { to, takes }: NonNullable<ScenarioStep["address"]>): number {
    if (to !== undefined) return parseIpv4(to) ?? plan.spareAddress;
    const others = takes === undefined ? [] : this.#named(takes);
    const other = others.find((o) => o.recorded.name === plan.partner) ?? others[0];
    return other?.recorded.address ?? plan.spareAddress;
  }

  #act(
    workstation: Workstation,
    action: Exclude<ReturnType<typeof actionOf>, "deliver" | "registry" | "address">,
    step: ScenarioStep,
  ): void {
    switch (action) {
      case "logon":
        workstation.logOn();
        break;
      case "read":
        workstation.read(step.message);
        break;
      case "logoff":
        workstation.logOff();
        break;
      case "shutdown":
        workstation.goDown("shutdown", false);
        break;
      case "reboot":
        workstation.goDown(step.how ?? "unclean", true);
        break;
      case "power-off":
        workstation.goDown("power-cut", false);
        break;
      case "power-on":
        workstation.powerOn();
        break;
      case "unplug":
        workstation.setPlugged(false);
        break;
      case "plug":
        workstation.setPlugged(true);
        break;
    }
  }

  #startRecording(): Recording {
    return {
      scenario: this.#scenario,
      seed: this.#options.seed,
      epochMs: Date.parse(this.#scenario.start),
      durationUs: this.#scenario.duration,
      keepAliveUs: this.#keepAliveUs,
      notificationIntervalUs: this.#intervalUs,
      machines: this.#machines,
      frames: this.#frames,
      events: this.#events,
    };
  }
}

/** The same scenario with so many machines in every fleet. */
function withFleetsOf(scenario: Scenario, count: number): Scenario {
  return { ...scenario, clients: scenario.clients.map((client) => (client.count === undefined ? client : { ...client, count })) };
}

/** A run at time 0, its machines switched on and the scenario's steps waiting. */
export function openScenario(scenario: Scenario, options: RunOptions): ScenarioRun {
  return new Lab(scenario, options);
}

/** One run with all its machines. The same scenario, variants and seed give the same recording. */
export function runScenario(scenario: Scenario, options: RunOptions): Recording {
  const run = openScenario(scenario, options);
  run.runUntil(scenario.duration);
  return run.recording;
}
