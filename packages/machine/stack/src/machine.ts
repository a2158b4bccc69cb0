/** A computer. It boots phase by phase, loads and unloads its stack as the platform says, and goes down in one of four ways. */

import {
  type BootModel,
  type BootPhase,
  type EventHandle,
  type GoingDown,
  type Host,
  type Ipv4Address,
  type KeepAlive,
  type NetworkCard,
  type Personality,
  type PlatformVariant,
  type RandomSource,
  type Scheduler,
  type SystemServices,
  valuesOf,
  type WayDown,
} from "@pushback/host";
import type { DatagramObserver, StackEvent } from "./events.ts";
import { OnDemandHost } from "./on-demand-host.ts";
import { createStack, type Stack } from "./stack.ts";
import { StackMemory } from "./stack-memory.ts";

/** Power state of a machine. `booting` ends when the last boot phase is over. */
export type MachineState = "off" | "booting" | "ready" | "going-down";

/** Events that a machine reports to its owner, besides the events of its stack. */
export type MachineEvent =
  | { readonly type: "boot-phase"; readonly phase: BootPhase }
  | { readonly type: "stack-up" | "stack-down" | "machine-ready" | "machine-off" }
  | { readonly type: "machine-going-down"; readonly way: WayDown }
  | { readonly type: "address-changed"; readonly from: Ipv4Address; readonly to: Ipv4Address };

interface MachineBase {
  readonly name: string;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address | null;
  readonly card: NetworkCard;
  readonly scheduler: Scheduler;
  /** Memory shared with the other machines of a simulation. A machine without this option creates its own. */
  readonly memory?: StackMemory | undefined;
  /** Source of randomness; the machine draws from forks labelled with its name and the ordinal of the boot. */
  readonly random: RandomSource;
  /** One function may serve many machines: `source` is the `eventSource` of the machine that calls. */
  readonly onEvent?: ((event: MachineEvent | StackEvent, source: number) => void) | null | undefined;
  readonly eventSource?: number | undefined;
  /** Receives datagram and error events instead of `onEvent`. */
  readonly datagrams?: DatagramObserver | null | undefined;
  /** Services of the operating system while the stack is up; `null` or left out: none. */
  readonly services?: SystemServices | null | undefined;
}

/** Where a machine is attached to a network, and its address there. */
export type Attachment = Pick<MachineBase, "address" | "netmask" | "gateway" | "card">;

/** Settings of a machine of a platform variant. */
export interface MachineSettings extends MachineBase {
  readonly variant: PlatformVariant;
  /** Replaces parts of the variant's boot model. */
  readonly boot?: Partial<BootModel>;
  /** Replaces parts of the variant's personality. */
  readonly personality?: Partial<Personality>;
  /** Whether the machine is ready as soon as it is switched on for the first time. Every later boot goes through its phases. */
  readonly startsReady?: boolean;
}

/** Settings of a machine without a boot model. */
export interface AlwaysOnSettings extends MachineBase {
  readonly personality: Personality;
}

/** A machine that boots, runs a stack and programs, and goes down. */
export interface Machine {
  readonly name: string;
  readonly address: Ipv4Address;
  readonly state: MachineState;
  readonly stackIsUp: boolean;
  /** Stack of the current boot while it is loaded, for reading its counters; `null` otherwise. */
  readonly stack: Stack | null;
  /** Boots the machine if it is off; ignored otherwise. */
  powerOn(): void;
  /** Takes the machine down if it is on (booting or ready); ignored otherwise. */
  goDown(way: WayDown, then?: { readonly thenBoot: boolean }): void;
  /** Host that programs run on while the machine is ready or going down; `null` otherwise. Every boot creates a new one. */
  host(): Host | null;
  /** Calls back once, when the machine is next ready. If it is ready now, the call comes soon, but not before this method has returned. */
  onReady(run: () => void): void;
  /** Registers a program's callback for a shutdown that lets it log off. The registration ends when the machine is down. */
  onGoingDown(run: (way: WayDown) => void): void;
  /** Sets the machine's address on its network from the next boot on, as a DHCP server would. */
  setAddress(address: Ipv4Address): void;
  /** Changes the machine's personality from the next boot on, as values of its registry do. `change` gets the one that the boot would have. */
  setPersonality(change: (before: Personality) => Personality): void;
  /** Ends the use of its address, as the end of a DHCP lease does (RFC 2131 section 4.4.5): the stack is silent until the next boot. */
  loseAddress(): void;
  /** Attaches the machine to another network from the next boot on. The present card is not changed. */
  attach(attachment: Attachment): void;
  /** Sets the registry's keep-alive values, for the running stack and every later one. */
  setKeepAliveDefaults(keepAlive: KeepAlive): void;
  /** Sets the registry's limit on retransmissions of data, for the running stack and every later one. */
  setMaxDataRetries(retries: number): void;
}

/** Creates a machine of a platform, switched off. */
export function createMachine(settings: MachineSettings): Machine {
  const { variant } = settings;
  const boot = valuesOf(variant.boot);
  const personality = valuesOf(variant.personality);
  return new BootingMachine(
    settings,
    settings.personality === undefined ? personality : { ...personality, ...settings.personality },
    settings.boot === undefined ? boot : { ...boot, ...settings.boot },
    valuesOf(variant.goingDown),
    settings.startsReady,
  );
}

/** Creates a machine that does not boot: it is ready, with its stack up, as soon as it is switched on. Every way down is silent and immediate. */
export function createAlwaysOnMachine(settings: AlwaysOnSettings): Machine {
  const boot: BootModel = { phases: [], stack: { kind: "after-phase", phase: "" }, jitter: 0 };
  const silent = { logsOff: false, connections: "silent", takesUs: 0 } as const;
  return new BootingMachine(settings, settings.personality, boot, {
    shutdown: silent,
    "warm-boot": silent,
    reset: silent,
    "power-cut": silent,
    uncleanReboot: "reset",
  });
}

const NO_CALLBACKS: readonly never[] = [];

class BootingMachine implements Machine {
  readonly #settings: MachineBase;
  readonly #memory: StackMemory;
  #personality: Personality;
  #nextPersonality: Personality;
  readonly #boot: BootModel;
  readonly #goingDown: GoingDown;
  /** Whether the machine may use its address; `loseAddress` ends that until the next boot. */
  #hasAddress = true;
  #keepAlive: KeepAlive | null = null;
  #maxDataRetries: number | null = null;
  #address: Ipv4Address;
  #nextAddress: Ipv4Address;
  #attachment: Attachment;
  #nextAttachment: Attachment;
  #state: MachineState = "off";
  #stack: Stack | null = null;
  #onDemand: OnDemandHost | null = null;
  #bootNumber = 0;
  #bootedAtUs = 0;
  #stacksMade = 0;
  #random: RandomSource;
  #phase = 0;
  #pending: readonly EventHandle[] = [];
  #thenBoot = false;
  // `concat` keeps the exact length; `push` would over-allocate 16 slots per machine (docs/FLEET-PROFILE.md).
  #ready: readonly (() => void)[] = NO_CALLBACKS;
  #leaving: readonly ((way: WayDown) => void)[] = NO_CALLBACKS;

  readonly #startsReady: boolean;

  constructor(settings: MachineBase, personality: Personality, boot: BootModel, goingDown: GoingDown, startsReady = false) {
    this.#startsReady = startsReady;
    this.#settings = settings;
    this.#memory = settings.memory ?? new StackMemory();
    this.#personality = personality;
    this.#nextPersonality = personality;
    this.#boot = boot;
    this.#goingDown = goingDown;
    this.#random = settings.random;
    this.#address = settings.address;
    this.#nextAddress = settings.address;
    this.#attachment = settings;
    this.#nextAttachment = settings;
  }

  get name(): string {
    return this.#settings.name;
  }

  get address(): Ipv4Address {
    return this.#address;
  }

  get state(): MachineState {
    return this.#state;
  }

  get stackIsUp(): boolean {
    return this.#stack?.isRunning === true;
  }

  get stack(): Stack | null {
    return this.#stack;
  }

  powerOn(): void {
    if (this.#state !== "off") return;
    const { random, scheduler, name } = this.#settings;
    this.#state = "booting";
    this.#bootNumber++;
    this.#stacksMade = 0;
    this.#bootedAtUs = scheduler.nowUs();
    this.#random = random.fork(`${name}/boot-${this.#bootNumber}`);
    this.#phase = -1;
    this.#hasAddress = true;
    this.#attachment = this.#nextAttachment;
    this.#personality = this.#nextPersonality;
    if (this.#nextAddress !== this.#address) {
      this.#tell({ type: "address-changed", from: this.#address, to: this.#nextAddress });
      this.#address = this.#nextAddress;
    }
    if (this.#startsReady && this.#bootNumber === 1) this.#becomeReady();
    else this.#nextPhase();
  }

  goDown(way: WayDown, then = { thenBoot: false }): void {
    if (this.#state !== "booting" && this.#state !== "ready") return;
    const behaviour = this.#goingDown[way];
    const wasReady = this.#state === "ready";
    this.#cancelPending();
    this.#state = "going-down";
    this.#thenBoot = then.thenBoot;
    this.#tell({ type: "machine-going-down", way });
    const leaving = this.#leaving;
    this.#leaving = NO_CALLBACKS;
    if (behaviour.logsOff && wasReady) {
      for (const run of leaving) run(way);
      // After half of the time the machine closes the connections that programs have left open, so that FIN or RST still gets out.
      this.#later(Math.floor(behaviour.takesUs / 2), () => this.#endConnections(behaviour.connections));
    } else {
      this.#endConnections(behaviour.connections);
    }
    if (behaviour.takesUs === 0) this.#powerOff();
    else this.#later(behaviour.takesUs, () => this.#powerOff());
  }

  host(): Host | null {
    if (this.#state !== "ready" && this.#state !== "going-down") return null;
    return this.#onDemand ?? this.#stack?.host ?? null;
  }

  onReady(run: () => void): void {
    this.#ready = this.#ready.concat(run);
    if (this.#state === "ready") this.#later(0, () => this.#callReady());
  }

  onGoingDown(run: (way: WayDown) => void): void {
    this.#leaving = this.#leaving.concat(run);
  }

  setAddress(address: Ipv4Address): void {
    this.#nextAddress = address;
  }

  setPersonality(change: (before: Personality) => Personality): void {
    this.#nextPersonality = change(this.#nextPersonality);
  }

  loseAddress(): void {
    if (this.#state === "off" || !this.#hasAddress) return;
    const wasRunning = this.#stack?.isRunning === true;
    this.#hasAddress = false;
    this.#stack?.loseAddress();
    if (wasRunning) this.#tell({ type: "stack-down" });
  }

  attach(attachment: Attachment): void {
    this.#nextAttachment = attachment;
    this.#nextAddress = attachment.address;
  }

  setKeepAliveDefaults(keepAlive: KeepAlive): void {
    this.#keepAlive = keepAlive;
    this.#stack?.setKeepAliveDefaults(keepAlive);
  }

  setMaxDataRetries(retries: number): void {
    this.#maxDataRetries = retries;
    this.#stack?.setMaxDataRetries(retries);
  }

  /** Ends the current phase: loads the stack if the phase brings it, and starts the next phase. */
  #nextPhase(): void {
    const { phases, stack, jitter } = this.#boot;
    if (stack.kind === "after-phase" && this.#phase >= 0 && phases[this.#phase].id === stack.phase) this.#loadStack();
    this.#phase++;
    if (this.#phase >= phases.length) {
      this.#becomeReady();
      return;
    }
    const phase = phases[this.#phase];
    this.#tell({ type: "boot-phase", phase });
    const deviation = (this.#random.u32() / 0x80000000 - 1) * jitter;
    this.#later(Math.max(0, Math.round(phase.durationUs * (1 + deviation))), () => this.#nextPhase());
  }

  #becomeReady(): void {
    const { stack } = this.#boot;
    this.#state = "ready";
    if (stack.kind === "on-demand") {
      this.#onDemand = new OnDemandHost({
        name: this.name,
        address: this.address,
        scheduler: this.#settings.scheduler,
        random: this.#random.fork("programs"),
        unloadAfterUs: stack.unloadAfterUs,
        load: () => this.#loadStack(),
        unload: () => this.#unloadStack(),
      });
    } else if (this.#stack === null) {
      // If the boot model names a phase that does not exist, the stack is loaded at the end of the boot.
      this.#loadStack();
    }
    this.#tell({ type: "machine-ready" });
    this.#callReady();
  }

  #callReady(): void {
    const ready = this.#ready;
    this.#ready = NO_CALLBACKS;
    for (const run of ready) run();
  }

  #loadStack(): Stack {
    const { name, scheduler, onEvent, eventSource, datagrams, services } = this.#settings;
    const { netmask, gateway, card } = this.#attachment;
    const stack = createStack({
      name,
      address: this.#address,
      netmask,
      gateway,
      card,
      scheduler,
      memory: this.#memory,
      personality: this.#personality,
      random: this.#random.fork(`stack-${++this.#stacksMade}`),
      bootedAtUs: this.#bootedAtUs,
      onEvent,
      eventSource,
      datagrams,
      services,
      ...(this.#onDemand !== null && { onEndpoints: (count: number) => this.#onDemand?.endpointsChanged(count) }),
    });
    if (this.#keepAlive !== null) stack.setKeepAliveDefaults(this.#keepAlive);
    if (this.#maxDataRetries !== null) stack.setMaxDataRetries(this.#maxDataRetries);
    this.#stack = stack;
    // A stack that is loaded after the address was lost stays silent.
    if (!this.#hasAddress) return stack;
    this.#tell({ type: "stack-up" });
    stack.start();
    return stack;
  }

  #unloadStack(): void {
    if (this.#stack === null) return;
    this.#stack.kill();
    this.#stack = null;
    if (this.#hasAddress) this.#tell({ type: "stack-down" });
  }

  #endConnections(way: "silent" | "close" | "reset"): void {
    if (way !== "silent") this.#stack?.closeAll(way);
  }

  #powerOff(): void {
    this.#cancelPending();
    this.#onDemand?.kill();
    this.#onDemand = null;
    this.#unloadStack();
    this.#state = "off";
    this.#tell({ type: "machine-off" });
    if (this.#thenBoot) this.powerOn();
  }

  #tell(event: MachineEvent): void {
    this.#settings.onEvent?.(event, this.#settings.eventSource ?? 0);
  }

  #later(delayUs: number, run: () => void): void {
    const event = this.#settings.scheduler.schedule(delayUs, call, () => {
      this.#pending = this.#pending.filter((pending) => pending !== event);
      run();
    });
    this.#pending = this.#pending.concat(event);
  }

  #cancelPending(): void {
    for (const event of this.#pending) this.#settings.scheduler.cancel(event);
    this.#pending = [];
  }
}

function call(run: () => void): void {
  run();
}
