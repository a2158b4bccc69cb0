/** The server of a run: its machine, and the mail service on it, which starts and stops with the machine or by itself. */

import type { Host, KeepAlive, Scheduler, WayDown } from "@pushback/host";
import type { MailServer, MailServerSettings, MessageToDeliver, StoppedServer } from "@pushback/server";
import type { SegmentCard } from "@pushback/sim";
import type { Machine } from "@pushback/stack";
import type { MachinePlan } from "./machine-plan.ts";
import type { MachineScheduler } from "./machine-scheduler.ts";
import { type RegistryValues, setsAny, withKeepAlive, withoutKeepAlive, withRegistry } from "./registry-parameters.ts";
import type { StepServer } from "./steps/step.ts";

/** From the start of the mail service, or from the end of the machine's boot, until the mail service answers. An assumption: no document has it. */
export const SERVICE_START_US = 30_000_000;

export interface ServerStationSettings {
  readonly plan: MachinePlan;
  readonly machine: Machine;
  readonly card: SegmentCard;
  readonly scheduler: Scheduler;
  /** The machine's own scheduler, if a step of the scenario sets its clock or suspends it; otherwise `null`. */
  readonly clock: MachineScheduler | null;
  readonly keepAlive: KeepAlive;
  /** Creates the mail server on this Host. `continues`: state of an earlier server process, if the service is restarted. */
  readonly createMail: (host: Host, settings: Pick<MailServerSettings, "continues">) => MailServer;
  /** Called when the server cannot carry out a step. */
  readonly onFailed: (action: string, reason: string) => void;
}

interface Waiting {
  readonly mailbox: string;
  readonly message: MessageToDeliver;
}

export class ServerStation implements StepServer {
  readonly #settings: ServerStationSettings;
  readonly #machine: Machine;
  #keepAlive: KeepAlive;
  #mail: MailServer | null = null;
  #left: StoppedServer | null = null;
  /** Counts starts and stops of the service, so that a start that is overtaken by a stop does nothing. */
  #turn = 0;
  /** Messages that came while the service was down. Senders keep them and try again (RFC 1123 section 5.3.1.1). */
  #waiting: Waiting[] = [];

  constructor(settings: ServerStationSettings) {
    this.#settings = settings;
    this.#machine = settings.machine;
    this.#keepAlive = settings.keepAlive;
  }

  /** Switches the machine on and starts the service; both are there at once. */
  start(): void {
    this.#machine.powerOn();
    this.#startService();
  }

  /** Adds a mailbox before the run. Returns its DN; `null` if a mailbox of that name exists. */
  addMailbox(alias: string, displayName: string): string | null {
    return this.#mail?.addMailbox({ alias, displayName }) ?? null;
  }

  /** The DN of a mailbox; `null` if there is no mailbox of that name. */
  dnOf(alias: string): string | null {
    return this.#mail?.mailboxes().find((mailbox) => mailbox.alias === alias)?.dn ?? null;
  }

  /** Delivers now, or as soon as the service runs again. */
  deliver(mailbox: string, message: MessageToDeliver): void {
    if (this.#mail) this.#mail.deliver(mailbox, message);
    else this.#waiting.push({ mailbox, message });
  }

  #startService(): void {
    const host = this.#machine.host();
    if (!host) throw new Error("the server has no TCP/IP");
    this.#mail = this.#settings.createMail(host, { continues: this.#left });
    this.#machine.onGoingDown(() => this.#stopService());
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { mailbox, message } of waiting) this.#mail.deliver(mailbox, message);
  }

  #startServiceLater(): void {
    const turn = ++this.#turn;
    this.#settings.scheduler.schedule(
      SERVICE_START_US,
      () => {
        if (turn === this.#turn && this.#machine.state === "ready") this.#startService();
      },
      null,
    );
  }

  /** Ends the connections in order, and the sessions. */
  #stopService(): void {
    this.#mail?.close();
    this.#dropService();
  }

  #dropService(): void {
    this.#turn++;
    if (this.#mail) this.#left = this.#mail.halt();
    this.#mail = null;
  }

  /** To be called when the machine is off: the service is gone with it. */
  machineIsOff(): void {
    this.#dropService();
    this.#machine.onReady(() => this.#startServiceLater());
  }

  goDown(how: WayDown | "unclean", thenBoot: boolean): void {
    if (this.#machine.state === "off" || this.#machine.state === "going-down") {
      this.#settings.onFailed(thenBoot ? "reboot" : "power-off", "the machine is off");
      return;
    }
    const way = how === "unclean" ? this.#settings.plan.variant.goingDown.uncleanReboot.value : how;
    this.#machine.goDown(way, { thenBoot });
  }

  powerOn(): void {
    if (this.#machine.state !== "off") this.#settings.onFailed("power-on", "the machine is on");
    else this.#machine.powerOn();
  }

  setClock(us: number): void {
    if (this.#settings.clock) this.#settings.clock.setClock(us);
    else this.#settings.onFailed("clock", "the scenario's file sets no clock of that machine");
  }

  setPlugged(plugged: boolean): void {
    this.#settings.card.plugged = plugged;
  }

  restartService(): void {
    if (this.#mail === null) {
      this.#settings.onFailed("restart-service", "the mail service is not running");
      return;
    }
    this.#stopService();
    this.#startServiceLater();
  }

  setRegistry(registry: RegistryValues): boolean {
    this.#keepAlive = withKeepAlive(this.#keepAlive, registry);
    this.#machine.setKeepAliveDefaults(this.#keepAlive);
    if (registry.TcpMaxDataRetransmissions !== undefined) this.#machine.setMaxDataRetries(registry.TcpMaxDataRetransmissions);
    const others = withoutKeepAlive(registry);
    if (setsAny(others)) this.#machine.setPersonality((before) => withRegistry(before, others));
    return true;
  }
}
