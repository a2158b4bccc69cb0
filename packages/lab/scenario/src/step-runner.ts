/** Runs a scenario's steps at their times, each at every machine that it names. */

import { parseIpv4 } from "@pushback/bytes";
import type { Simulation } from "@pushback/sim";
import { segmentNames } from "./addressing.ts";
import { keyValue } from "./catalogue.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { callNamed, shown } from "./named-errors.ts";
import { type NoteStep, notedServer, notedWorkstation } from "./noted-steps.ts";
import type { Scenario } from "./scenario-file.ts";
import type { ScenarioStep } from "./scenario-schema.ts";
import type { ServerStation } from "./server-station.ts";
import { STEPS } from "./steps/index.ts";
import {
  type AddressChoice,
  DEFAULT_MAIL,
  type MailText,
  type StepDefinition,
  type StepMachine,
  type StepServer,
  type StepTarget,
  type StepWorkstation,
} from "./steps/step.ts";
import type { Workstation } from "./workstation.ts";

/**
 * Time between two messages that one step delivers, in microseconds. Behind a router all datagrams wait for the same ARP reply, and the stack
 * keeps only the latest of them (RFC 1122 section 2.3.2.2), so messages are delivered one after the other.
 */
const DELIVERY_SPACING_US = 5_000;

/** The steps that judges know by name. */
const BUILT_IN: ReadonlySet<unknown> = new Set(STEPS);

/** The parts of a run that steps act on. */
export interface StepEnvironment {
  readonly scenario: Scenario;
  readonly simulation: Simulation;
  readonly plans: readonly MachinePlan[];
  readonly server: ServerStation;
  /** Client machines by their names in the recording. */
  readonly workstations: ReadonlyMap<string, Workstation>;
  /** Attaches a client's machine to a segment, from its next boot on. */
  attach(plan: MachinePlan, segment: string): void;
  /** Records that a step was taken at a machine. */
  onStep(machine: string, action: string, detail: string): void;
}

export class StepRunner {
  readonly #environment: StepEnvironment;
  /** Plans of the machines, by their name in the scenario and, where it is another, by their name in the recording. */
  readonly #plansByName = new Map<string, MachinePlan[]>();

  constructor(environment: StepEnvironment) {
    this.#environment = environment;
    for (const plan of environment.plans)
      for (const name of new Set([plan.scenarioName, plan.isProgram ? plan.mailbox : plan.recorded.name])) this.#addName(name, plan);
  }

  #addName(name: string, plan: MachinePlan): void {
    const plans = this.#plansByName.get(name);
    if (plans) plans.push(plan);
    else this.#plansByName.set(name, [plan]);
  }

  /** The machines that a name denotes: one machine of the recording, or all machines of a client of the scenario. */
  plansOf(name: string): readonly MachinePlan[] {
    return this.#plansByName.get(name) ?? [];
  }

  /** Schedules the scenario's step `number`. With `stagger` each machine's time depends on the seed and the machine's name alone. */
  schedule(step: ScenarioStep, number: number): void {
    const { scenario, simulation } = this.#environment;
    const { at, stagger = 0 } = step;
    if (stagger === 0) {
      simulation.schedule(at, (s: ScenarioStep) => this.run(s), step);
      return;
    }
    const random = simulation.random.fork(`step-${number}`);
    for (const name of scenario.catalogue.machinesOf(step)) {
      for (const plan of this.plansOf(name)) {
        const laterUs = Math.floor((random.fork(plan.recorded.name).u32() / 2 ** 32) * stagger);
        simulation.schedule(at + laterUs, (p: MachinePlan) => this.#runAt(p, step, 0), plan);
      }
    }
  }

  /** Runs the step now. Throws a RangeError for a name that no machine has. */
  perform(step: ScenarioStep): void {
    for (const name of this.#environment.scenario.catalogue.machinesOf(step))
      if (this.plansOf(name).length === 0) throw new RangeError(`no machine is called ${name}`);
    this.run(step);
  }

  /** Runs the step now at all its machines. */
  run(step: ScenarioStep): void {
    let ordinal = 0;
    for (const name of this.#environment.scenario.catalogue.machinesOf(step))
      for (const plan of this.plansOf(name)) this.#runAt(plan, step, ordinal++);
  }

  /** `ordinal`: how many machines took the same step at the same time before this one. */
  #runAt(plan: MachinePlan, step: ScenarioStep, ordinal: number): void {
    const { scenario, onStep } = this.#environment;
    const action = scenario.catalogue.actionOf(step);
    const value = keyValue(step, action.name);
    // Companion keys are siblings of the action's key, so their values are in the step object itself.
    const companions = step as Readonly<Record<string, unknown>>;
    onStep(plan.recorded.name, action.name, action.detail(value, companions));
    action.run(new Target(this.#environment, this, plan, ordinal, action), value, companions);
  }
}

/** One machine while a step runs there. */
class Target implements StepTarget {
  readonly #environment: StepEnvironment;
  readonly #runner: StepRunner;
  readonly #plan: MachinePlan;
  readonly #ordinal: number;
  readonly #isBuiltIn: boolean;
  readonly #step: string;

  constructor(environment: StepEnvironment, runner: StepRunner, plan: MachinePlan, ordinal: number, action: StepDefinition) {
    this.#environment = environment;
    this.#runner = runner;
    this.#plan = plan;
    this.#ordinal = ordinal;
    this.#isBuiltIn = BUILT_IN.has(action);
    this.#step = action.name;
  }

  /** Records a built-in step at a machine, before a custom step has the effect of that step. */
  #note(machine: string, action: string, detail = ""): void {
    if (!this.#isBuiltIn) this.#environment.onStep(machine, action, detail);
  }

  get name(): string {
    return this.#plan.recorded.name;
  }

  get server(): StepServer {
    const { server, plans } = this.#environment;
    if (this.#isBuiltIn) return server;
    // `plans[0]` is the server's plan. It has the name under which the server's steps are recorded.
    return notedServer(server, (action, detail) => this.#note(plans[0].recorded.name, action, detail));
  }

  get machine(): StepMachine {
    return this.#plan.recorded.role === "server" ? this.server : this.workstation;
  }

  get workstation(): StepWorkstation {
    const workstation = this.#ownWorkstation;
    return this.#isBuiltIn ? workstation : notedWorkstation(workstation, this.#noteHere);
  }

  readonly #noteHere: NoteStep = (action, detail) => this.#note(this.name, action, detail);

  get #ownWorkstation(): Workstation {
    const { isProgram, mailbox } = this.#plan;
    const workstation = this.#environment.workstations.get(isProgram ? mailbox : this.name);
    if (!workstation) throw new RangeError(`${this.name} is no client machine`);
    return workstation;
  }

  deliver(mail: MailText): void {
    const { scenario, server } = this.#environment;
    const { subject = DEFAULT_MAIL.subject, body = DEFAULT_MAIL.body, from = DEFAULT_MAIL.from } = mail;
    this.#noteHere("deliver", mail.subject ?? "");
    const deliver = () => server.deliver(this.#plan.mailbox, { subject, body, from });
    if (scenario.network.segments.length > 0) this.after(DELIVERY_SPACING_US * this.#ordinal, deliver);
    else deliver();
  }

  mailboxesOf = (names: readonly string[]): string[] => [
    ...new Set(names.flatMap((name) => this.#counterpartsOf(name).map(({ mailbox }) => mailbox))),
  ];

  /**
   * The machines that `name` denotes for a step at this machine. A client with one machine per platform denotes only the machine beside this one, or this
   * machine itself: then the step has the same effect whether the platforms run alone or together.
   */
  #counterpartsOf(name: string): readonly MachinePlan[] {
    const plans = this.#runner.plansOf(name);
    const own = this.#plan.recorded.name;
    const near = plans.filter(({ recorded, partner }) => [recorded.name, partner].includes(own) || recorded.name === this.#plan.partner);
    return near.length > 0 ? near : plans;
  }

  setAddress(choice: AddressChoice): void {
    this.#noteHere("address", choice.to ?? choice.takes ?? "new");
    this.#ownWorkstation.setAddress(this.#addressFor(choice));
  }

  moveTo(segment: string): void {
    const { scenario } = this.#environment;
    if (!segmentNames(scenario).includes(segment)) throw new RangeError(`no segment is called "${segment}"`);
    this.#noteHere("move", segment);
    this.#environment.attach(this.#plan, segment);
  }

  after(us: number, run: () => void): void {
    if (!Number.isSafeInteger(us) || us < 0)
      throw new RangeError(`after(${String(us)}): takes a number of microseconds, whole and not negative`);
    if (typeof run !== "function") throw new TypeError(`after(${us}): takes a function to call then, not ${shown(run)}`);
    this.#environment.simulation.schedule(us, () => callNamed("step", this.#step, "callback of `after`", run), null);
  }

  /** The address that a step gives to the machine. With `takes`: that of its partner (scenario key `beside`), otherwise of the first machine with that name. */
  #addressFor({ to, takes }: AddressChoice): number {
    if (to !== undefined) return parseIpv4(to) ?? this.#plan.spareAddress;
    const others = takes === undefined ? [] : this.#runner.plansOf(takes);
    const other = others.find((o) => o.recorded.name === this.#plan.partner) ?? others[0];
    return other?.recorded.address ?? this.#plan.spareAddress;
  }
}
