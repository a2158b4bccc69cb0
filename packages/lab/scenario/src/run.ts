/** Runs a scenario: machines on a segment, steps at their times, everything recorded. `openScenario` leaves the clock and further steps to the caller. */

import { type Host, type NetworkCard, type PlatformVariant, type Scheduler, type SystemServices, valuesOf } from "@pushback/host";
import { createMailServer, DEFAULT_SETTINGS, type MailServer } from "@pushback/server";
import { createSystemServices } from "@pushback/services";
import { type SegmentCard, Simulation } from "@pushback/sim";
import { createMachine, type MachineEvent, type RouterEvent, type RouterSettings, type StackEvent, StackMemory } from "@pushback/stack";
import { netmaskOf, networkOf, routerAddress, translatedNetworks } from "./addressing.ts";
import { createDatagramRecorder } from "./datagram-recorder.ts";
import { EventStore } from "./event-store.ts";
import { FrameStore } from "./frame-store.ts";
import { LabNetwork } from "./lab-network.ts";
import { type MachinePlan, planMachines, planRouter } from "./machine-plan.ts";
import { MachineScheduler } from "./machine-scheduler.ts";
import type { ClientEvent, RecordedEvent, RecordedMachine, RunWatcher } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import type { Scenario } from "./scenario-file.ts";
import type { ScenarioStep } from "./scenario-schema.ts";
import { ServerStation } from "./server-station.ts";
import { StepRunner } from "./step-runner.ts";
import { Workstation, type WorkstationObserver } from "./workstation.ts";

/** Functions with which a caller replaces parts of a run, for example to inject a fault that the claims must detect. */
export interface RunSeams {
  /** Replaces the plan of a machine: its hardware, personality and the habits of its mail client. */
  readonly plan?: (plan: MachinePlan) => MachinePlan;
  /** Replaces the Host on which a machine's mail program runs. */
  readonly host?: (machine: RecordedMachine, host: Host) => Host;
  /** Replaces the network card of a machine's stack. */
  readonly card?: (machine: RecordedMachine, card: NetworkCard) => NetworkCard;
  /** Replaces the router's settings. */
  readonly router?: (settings: RouterSettings) => RouterSettings;
  /** Replaces the mail server that was just started on this Host. */
  readonly mail?: (server: MailServer, host: Host) => MailServer;
  /** Replaces an event of a compared machine's mail client or window. */
  readonly shown?: (event: ClientEvent) => ClientEvent;
}

/** Options of a run. The same scenario and options give the same bytes. */
export interface RunOptions {
  /** Variant ids that a client with `platform: each` stands for. */
  readonly variants: readonly string[];
  readonly seed: string;
  /** Replaces the scenario's KeepAliveTime; microseconds. */
  readonly keepAliveUs?: number;
  /** Replaces the scenario's notification interval; microseconds. */
  readonly intervalUs?: number;
  /** Replaces the count of every fleet. */
  readonly count?: number;
  /** The machines of fleets that take part, by name. Default: all of them. */
  readonly only?: ReadonlySet<string>;
  /** Called with each event as it is recorded. */
  readonly onEvent?: (event: RecordedEvent) => void;
  /** Creates a watcher that gets every frame and event of the run. */
  readonly watch?: (machines: readonly RecordedMachine[], serverAddress: number) => RunWatcher;
  /** Called once with the run's clock. */
  readonly seams?: (scheduler: Scheduler) => RunSeams;
  /** False: the recording stays empty, and only the watcher gets frames and events. */
  readonly keep?: boolean;
}

/** A run that the caller advances in time, and to which the caller may add steps. */
export interface ScenarioRun {
  readonly nowUs: number;
  /** Time of the next scheduled event; Infinity if there is none. */
  readonly nextEventUs: number;
  /** Everything recorded so far: always the same object, whose events and frames grow. */
  readonly recording: Recording;
  /** Runs everything up to and including `us`; the clock then stands at `us`. */
  runUntil(us: number): void;
  /**
   * Runs a step now; its `at` is ignored. Names are the scenario's or the recording's. The same steps after the same `runUntil` give the same
   * recording. Throws a RangeError for a name that no machine has.
   */
  perform(step: ScenarioStep): void;
}

const NO_PROGRAMS: readonly string[] = [];

/** A machine's attachment to a segment: `own` is the segment's card; `card` is what the stack uses, possibly replaced by `RunSeams.card`. */
interface Place {
  readonly own: SegmentCard;
  readonly card: NetworkCard;
}

/** The state of one run. */
class Lab implements ScenarioRun {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #simulation: Simulation;
  readonly #memory = new StackMemory();
  readonly #network: LabNetwork;
  readonly #plans: readonly MachinePlan[];
  readonly #machines: readonly RecordedMachine[];
  readonly #frames = new FrameStore();
  readonly #events: EventStore;
  readonly #watcher: RunWatcher | null;
  readonly #keep: boolean;
  readonly #seams: RunSeams;
  /** Records datagrams in compact form; `null` if a watcher or `onEvent` is to get each event as it happens. */
  readonly #datagrams: ReturnType<typeof createDatagramRecorder> | null;
  readonly #workstations = new Map<string, Workstation>();
  /** Names of machines that a step suspends, or whose clock it sets. */
  readonly #ownSchedulers: ReadonlySet<string>;
  /** Attachments by machine and segment. Machines of fleets have none, because they do not move. */
  readonly #places = new Map<string, Place>();
  readonly #steps: StepRunner;
  /** One function for all machines: in a fleet, a function per machine would be fetched from memory for every datagram (docs/FLEET-PROFILE.md). */
  readonly #onMachineEvent = (event: MachineEvent | StackEvent, machine: number): void => {
    this.#record(machine, "machine", event);
    if (event.type === "boot-phase") this.#workstations.get(this.#machines[machine].name)?.boots(event.phase.id);
    if (event.type !== "machine-off") return;
    if (machine === 0) this.#server.machineIsOff();
    else {
      const { name, programs = NO_PROGRAMS } = this.#machines[machine];
      this.#workstations.get(name)?.forget();
      for (const program of programs) this.#workstations.get(program)?.forget();
    }
  };
  readonly #workstationObserver: WorkstationObserver = {
    onClientEvent: (number, event) =>
      this.#record(number, "client", this.#machines[number].role === "compared" ? (this.#seams.shown?.(event) ?? event) : event),
    onFailed: (number, action, reason) => this.#record(number, "scenario", { type: "step-failed", action, reason }),
  };
  /** A machine's index in the recording, by name. */
  readonly #numbers = new Map<string, number>();
  readonly #server: ServerStation;
  readonly #keepAliveUs: number;
  readonly #asWritten: boolean;
  readonly #intervalUs: number;
  readonly recording: Recording;

  constructor(file: Scenario, options: RunOptions) {
    const scenario = options.count === undefined ? file : withFleetsOf(file, options.count);
    this.#scenario = scenario;
    this.#options = options;
    this.#simulation = new Simulation({ seed: options.seed, epochMs: Date.parse(scenario.start) });
    this.#keep = options.keep ?? true;
    this.#seams = options.seams?.(this.#simulation) ?? {};
    this.#network = new LabNetwork(this.#simulation, scenario, this.#keep ? this.#frames : null);
    const plans = planMachines(scenario, options.variants, options.only ?? null);
    this.#plans = this.#seams.plan === undefined ? plans : plans.map(this.#seams.plan);
    const router = planRouter(scenario);
    this.#machines = [
      ...this.#plans.filter(({ isProgram }) => !isProgram).map((plan) => plan.recorded),
      ...(router === null ? [] : [router]),
    ];
    this.#events = new EventStore(this.#machines.map((machine) => machine.name));
    this.#watcher = options.watch?.(this.#machines, this.#machines[0].address) ?? null;
    this.#datagrams =
      this.#keep && this.#watcher === null && !options.onEvent
        ? createDatagramRecorder(this.#events, () => this.#simulation.nowUs())
        : null;
    this.#network.analyzed.tap((b, at, len, _from, lost) => {
      const nowUs = this.#simulation.nowUs();
      if (this.#keep) this.#frames.add(nowUs, b, at, len, lost);
      this.#watcher?.frame(nowUs, b, at, len, lost);
    });
    const writtenIntervalUs = scenario.server.notificationInterval ?? DEFAULT_SETTINGS.notificationIntervalUs;
    this.#intervalUs = options.intervalUs ?? writtenIntervalUs;

    const [serverPlan, ...clientPlans] = this.#plans;
    const personality = valuesOf(serverPlan.variant.personality);
    const writtenUs = scenario.server.KeepAliveTime ?? personality.keepAlive.idleUs;
    this.#keepAliveUs = options.keepAliveUs ?? writtenUs;
    this.#asWritten = this.#keepAliveUs === writtenUs && this.#intervalUs === writtenIntervalUs;
    const { catalogue } = scenario;
    this.#ownSchedulers = new Set(
      scenario.steps.filter((step) => catalogue.actionOf(step).ownTime).flatMap((step) => catalogue.machinesOf(step)),
    );
    this.#server = this.#createServer(serverPlan);
    this.#server.setRegistry({ ...scenario.server, KeepAliveTime: this.#keepAliveUs });
    this.#server.start();
    let number = 1;
    for (const plan of clientPlans) {
      if (plan.isProgram) this.#addProgram(plan);
      else this.#addWorkstation(plan, number++);
    }
    const routerNumber = this.#machines.length - 1;
    const onRouterEvent = (event: RouterEvent) => this.#record(routerNumber, "machine", event);
    if (router !== null) this.#network.startRouter(router, this.#memory, onRouterEvent, this.#seams.router);
    this.recording = this.#startRecording();
    this.#steps = new StepRunner({
      scenario,
      simulation: this.#simulation,
      plans: this.#plans,
      server: this.#server,
      workstations: this.#workstations,
      attach: (plan, segment) => this.#attach(plan, segment),
      onStep: (machine, action, detail) => this.#record(this.#numbers.get(machine) ?? 0, "scenario", { type: "step", action, detail }),
    });
    for (const [i, step] of scenario.steps.entries()) this.#steps.schedule(step, i);
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
    this.#steps.perform(step);
  }

  #createServer(plan: MachinePlan): ServerStation {
    const { recorded, variant } = plan;
    const card = this.#connect(plan);
    // The server's services use TCP/IP from the boot on, even on a platform whose workstations load it with the first program.
    const onDemand = variant.boot.stack.value.kind === "on-demand";
    const clock = this.#ownSchedulers.has("server") ? new MachineScheduler(this.#simulation) : null;
    const machine = createMachine({
      name: recorded.hostName,
      address: recorded.address,
      netmask: netmaskOf(this.#scenario, plan.segment),
      gateway: routerAddress(this.#scenario, plan.segment),
      variant,
      ...(onDemand && { boot: { stack: { kind: "after-phase", phase: "" } } }),
      startsReady: true,
      card: this.#cardOf(plan, card),
      scheduler: clock ?? this.#simulation,
      memory: this.#memory,
      random: this.#simulation.random.fork("server"),
      onEvent: this.#onMachineEvent,
      datagrams: this.#datagrams,
    });
    const { honourIcmp, pushPort, port } = this.#scenario.server;
    const settings = {
      notificationIntervalUs: this.#intervalUs,
      honourIcmp,
      movesPushPort: pushPort === "moves",
      directoryPort: 0,
      // MS-OXCRPC section 3.1.4.5 lets a client register any address. This server accepts only the client's own address and those of these networks.
      callbackRanges: translatedNetworks(this.#scenario),
      ...(port !== undefined && { emsmdbPort: port }),
    };
    return new ServerStation({
      plan,
      clock,
      machine,
      card,
      scheduler: this.#simulation,
      keepAlive: valuesOf(variant.personality).keepAlive,
      createMail: (host, { continues }) => {
        const mail = createMailServer(
          this.#seams.host?.(recorded, host) ?? host,
          { ...settings, continues },
          (event) => this.#record(0, "server", event),
          this.#datagrams?.datagramSent ?? null,
        );
        return this.#seams.mail?.(mail, host) ?? mail;
      },
      onFailed: (action, reason) => this.#record(0, "scenario", { type: "step-failed", action, reason }),
    });
  }

  /** `number`: the machine's index in the recording. */
  #addWorkstation(plan: MachinePlan, number: number): void {
    const { name, hostName, address, role } = plan.recorded;
    const { own: card, card: stackCard } = this.#placeOf(plan, this.#connect(plan));
    const scheduler =
      this.#ownSchedulers.has(plan.scenarioName) || this.#ownSchedulers.has(name) ? new MachineScheduler(this.#simulation) : null;
    if (role !== "fleet") this.#places.set(`${name} ${plan.segment}`, { own: card, card: stackCard });
    const userDn = plan.mailbox === name ? this.#server.addMailbox(name, plan.recorded.title) : this.#server.dnOf(plan.mailbox);
    if (userDn === null) throw new Error(`there is no mailbox ${plan.mailbox}, or two are called so`);
    const machine = createMachine({
      name: hostName,
      address,
      netmask: netmaskOf(this.#scenario, plan.segment),
      gateway: routerAddress(this.#scenario, plan.segment),
      variant: plan.variant,
      card: stackCard,
      scheduler: scheduler ?? this.#simulation,
      memory: this.#memory,
      random: this.#simulation.random.fork(name),
      onEvent: this.#onMachineEvent,
      datagrams: this.#datagrams,
      services: servicesOf(plan.variant),
      eventSource: number,
    });
    const workstation = new Workstation({
      plan,
      scheduler,
      machine,
      card,
      serverAddress: this.#plans[0].recorded.address,
      userDn,
      number,
      observer: this.#workstationObserver,
      hostOf: (host) => this.#seams.host?.(plan.recorded, host) ?? host,
    });
    this.#workstations.set(name, workstation);
    this.#numbers.set(name, number);
    if (plan.startsOn) workstation.powerOn();
  }

  /** A second mail program on a machine that is there already. */
  #addProgram(plan: MachinePlan): void {
    const { name } = plan.recorded;
    const userDn = this.#server.addMailbox(plan.mailbox, plan.mailbox);
    if (userDn === null) throw new Error(`two mailboxes are called ${plan.mailbox}`);
    const workstation = this.#workstations.get(name) as Workstation;
    this.#workstations.set(plan.mailbox, workstation.secondProgram(plan, userDn));
  }

  #record(machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void {
    const nowUs = this.#simulation.nowUs();
    if (this.#keep) this.#events.add(nowUs, machine, layer, event);
    this.#watcher?.event(nowUs, machine, layer, event);
    this.#options.onEvent?.({ atUs: nowUs, machine: this.#machines[machine].name, layer, event } as RecordedEvent);
  }

  /** Connects the machine to a segment. On another segment than its first one its address has its spare host number. */
  #attach(plan: MachinePlan, segment: string): void {
    const { name, mac, address } = plan.recorded;
    const isHome = segment === plan.segment;
    const key = `${name} ${segment}`;
    const place = this.#places.get(key) ?? this.#placeOf(plan, this.#network.connect(segment, name, mac));
    this.#places.set(key, place);
    const spareHost = plan.spareAddress - networkOf(this.#scenario, plan.segment);
    this.#workstations.get(name)?.moveTo(place.own, {
      card: place.card,
      address: isHome ? address : networkOf(this.#scenario, segment) + spareHost,
      netmask: netmaskOf(this.#scenario, segment),
      gateway: routerAddress(this.#scenario, segment),
    });
  }

  #placeOf(plan: MachinePlan, own: SegmentCard): Place {
    return { own, card: this.#cardOf(plan, own) };
  }

  #connect(plan: MachinePlan): SegmentCard {
    return this.#network.connect(plan.segment, plan.recorded.name, plan.recorded.mac);
  }

  #cardOf({ recorded }: MachinePlan, card: NetworkCard): NetworkCard {
    return this.#seams.card?.(recorded, card) ?? card;
  }

  #startRecording(): Recording {
    return {
      scenario: this.#scenario,
      seed: this.#options.seed,
      epochMs: Date.parse(this.#scenario.start),
      durationUs: this.#scenario.duration,
      keepAliveUs: this.#keepAliveUs,
      notificationIntervalUs: this.#intervalUs,
      asWritten: this.#asWritten,
      machines: this.#machines,
      clientOf: new Map(
        this.#plans.flatMap(({ isProgram, recorded: { name, role }, scenarioName }) =>
          !isProgram && (role === "compared" || role === "other") ? [[name, scenarioName]] : [],
        ),
      ),
      frames: this.#frames,
      events: this.#events,
    };
  }
}

/** The scenario with `count` machines in every fleet. */
function withFleetsOf(scenario: Scenario, count: number): Scenario {
  return { ...scenario, clients: scenario.clients.map((client) => (client.count === undefined ? client : { ...client, count })) };
}

/** A run at time 0: machines are switched on and the scenario's steps are scheduled. */
export function openScenario(scenario: Scenario, options: RunOptions): ScenarioRun {
  return new Lab(scenario, options);
}

/** Runs the scenario to its end with all its machines. The same scenario, variants and seed give the same recording. */
export function runScenario(scenario: Scenario, options: RunOptions): Recording {
  const run = openScenario(scenario, options);
  run.runUntil(scenario.duration);
  return run.recording;
}

/** One object for all machines of a variant: a fleet has thousands. */
const SERVICES = new WeakMap<PlatformVariant, SystemServices>();

function servicesOf(variant: PlatformVariant): SystemServices | null {
  const known = SERVICES.get(variant);
  if (known !== undefined) return known;
  const made = createSystemServices(valuesOf(variant.personality).systemServices);
  if (made !== null) SERVICES.set(variant, made);
  return made;
}
