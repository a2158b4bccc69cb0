/** A client machine and its user, who switches it on and off, starts the mail client and reads mail. */

import { createMailClient, type InboxRow, type MailClient } from "@pushback/client";
import { type Host, type Timer, valuesOf, type WayDown } from "@pushback/host";
import type { SegmentCard } from "@pushback/sim";
import type { Attachment, Machine } from "@pushback/stack";
import type { MachinePlan } from "./machine-plan.ts";
import type { MachineScheduler } from "./machine-scheduler.ts";
import type { ClientEvent } from "./recorded-event.ts";
import { type RegistryValues, withRegistry } from "./registry-parameters.ts";
import type { OutgoingMail, StepWorkstation } from "./steps/step.ts";

/** Receives what happens at workstations; `number` is the machine's index in the recording. */
export interface WorkstationObserver {
  /** The mail client of the machine reported an event. */
  onClientEvent(number: number, event: ClientEvent): void;
  /** The machine could not do what a step asked for. */
  onFailed(number: number, action: string, reason: string): void;
}

/** Settings of a Workstation. `number` is the machine's index in the recording. */
export interface WorkstationSettings {
  readonly number: number;
  readonly observer: WorkstationObserver;
  readonly plan: MachinePlan;
  readonly machine: Machine;
  readonly card: SegmentCard;
  /** The machine's scheduler where it may be suspended; `null`: no step suspends it. */
  readonly scheduler: MachineScheduler | null;
  readonly serverAddress: number;
  readonly userDn: string;
  /** The Host that the mail client gets for the machine's. */
  readonly hostOf: (host: Host) => Host;
}

/** A client machine of a run with its mail program, as steps of a scenario act on it. */
export class Workstation implements StepWorkstation {
  readonly #settings: WorkstationSettings;
  #card: SegmentCard;
  #isPlugged = true;
  /** After a move: whether the cable is to be in when the machine boots; `null`: it was not moved since it booted. */
  #isPluggedThere: boolean | null = null;
  #client: MailClient | null = null;
  /** Whether a logon was requested that is delayed until the machine is ready. */
  #logonWaits = false;
  /** The logon that the mail client tries by itself, after it lost a session. */
  #retry: Timer | null = null;
  /** Whether the program had a session that its user did not end. Then it tries to get a session again, also after a logon by hand has failed. */
  #hadSession = false;

  constructor(settings: WorkstationSettings) {
    this.#settings = settings;
    this.#card = settings.card;
  }

  /** Another mail program on the same machine, for steps that are about programs. */
  secondProgram(plan: MachinePlan, userDn: string): Workstation {
    return new Workstation({ ...this.#settings, plan, userDn });
  }

  /** Starts the mail client, as soon as the machine is ready. */
  logOn(): void {
    if (this.#sleeps("logon")) return;
    const { machine } = this.#settings;
    if (machine.state === "off" || machine.state === "going-down") {
      this.#fail("logon", "the machine is off");
      return;
    }
    const state = this.#client?.state;
    if (this.#logonWaits || state === "connecting" || state === "logged-on") {
      this.#fail("logon", "the mail client is running already");
      return;
    }
    this.#logonWaits = true;
    this.#retry?.cancel();
    machine.onReady(() => {
      this.#logonWaits = false;
      this.#startClient();
    });
  }

  #startClient(): void {
    const { machine, plan, serverAddress, userDn, observer, number } = this.#settings;
    const host = machine.host();
    if (!host) {
      this.#fail("logon", "the machine has no TCP/IP");
      return;
    }
    const programHost = this.#settings.hostOf(host);
    const client = createMailClient(
      programHost,
      { serverAddress, userDn, habits: { ...valuesOf(plan.variant.mail), watches: plan.watchesInbox ? "inbox" : "new-mail" } },
      (event) => {
        observer.onClientEvent(number, event);
        const change = client.state === "logged-on" ? client.takeInboxChange() : null;
        if (change) observer.onClientEvent(number, { type: "inbox-shown", ...change, ...(plan.isProgram && { mailbox: plan.mailbox }) });
        if (event.type === "logged-on") this.#hadSession = true;
        else if (event.type === "logged-off") this.#hadSession = false;
        // An earlier client may lose its session beside the present one.
        if (event.type === "disconnected" && this.#client === client && this.#hadSession && plan.reconnectUs !== null)
          this.#retry = programHost.setTimer(plan.reconnectUs, () => client.logOn());
      },
    );
    this.#client = client;
    machine.onGoingDown(() => {
      this.#stopReconnecting();
      this.#client?.logOff();
    });
    client.logOn();
  }

  /** Opens the message at that position of the Inbox, 1 is the oldest. Default: the newest. */
  read(place?: number): void {
    if (this.#sleeps("read")) return;
    if (this.#client?.state !== "logged-on") {
      this.#fail("read", "no user is logged on");
      return;
    }
    const row = place === undefined ? null : this.#client.inbox()[place - 1];
    if (row === undefined) this.#fail("read", `there is no message ${place} in the Inbox`);
    else this.#client.read(row?.mid ?? "newest");
  }

  mark(read: boolean, message?: number | "all"): void {
    this.#onMessages("mark", message, (client, which) => client.mark(which, read));
  }

  delete(message?: number | "all"): void {
    this.#onMessages("delete", message, (client, which) => client.delete(which));
  }

  /** Does something with a message at a place of the Inbox, with all, or with the newest. `run` returns false if the Inbox is empty. */
  #onMessages(
    action: string,
    message: number | "all" | undefined,
    run: (client: MailClient, which: "newest" | "all" | InboxRow["mid"]) => boolean,
  ): void {
    if (this.#sleeps(action)) return;
    const client = this.#client;
    if (client?.state !== "logged-on") {
      this.#fail(action, "no user is logged on");
      return;
    }
    const which = typeof message === "number" ? client.inbox()[message - 1]?.mid : (message ?? "newest");
    if (which === undefined) this.#fail(action, `there is no message ${message} in the Inbox`);
    else if (!run(client, which)) this.#fail(action, "the Inbox is empty");
  }

  send({ to, subject, body, answers, message }: OutgoingMail): void {
    if (this.#sleeps("send")) return;
    const client = this.#client;
    if (client?.state !== "logged-on") {
      this.#fail("send", "no user is logged on");
      return;
    }
    if (answers === null) {
      client.send(to, subject, body);
      return;
    }
    const inbox = client.inbox();
    const row = inbox.at(message === undefined ? -1 : message - 1);
    if (row === undefined) this.#fail("send", message === undefined ? "the Inbox is empty" : `there is no message ${message} in the Inbox`);
    else client.answer(answers, row.mid, body, to);
  }

  #fail(action: string, reason: string): void {
    this.#settings.observer.onFailed(this.#settings.number, action, reason);
  }

  /** The user ends the work with the mail client: it does not log on again by itself. */
  #stopReconnecting(): void {
    this.#retry?.cancel();
    this.#hadSession = false;
  }

  logOff(): void {
    if (this.#sleeps("logoff")) return;
    this.#stopReconnecting();
    if (this.#client?.state !== "logged-on") this.#fail("logoff", "no user is logged on");
    else this.#client.logOff();
  }

  /** Takes the machine down. A shutdown takes time: the machine emits `machine-off` when it is over. */
  goDown(how: WayDown | "unclean", thenBoot: boolean): void {
    const { machine, plan } = this.#settings;
    if (this.#sleeps(thenBoot ? "reboot" : "power-off")) return;
    if (machine.state === "off") {
      this.#fail(thenBoot ? "reboot" : "power-off", "the machine is off");
      return;
    }
    const way = how === "unclean" ? plan.variant.goingDown.uncleanReboot.value : how;
    machine.goDown(way, { thenBoot });
  }

  /** Drops the mail client: the machine is off, so its programs are gone. */
  forget(): void {
    this.#client = null;
    this.#retry = null;
    this.#hadSession = false;
  }

  powerOn(): void {
    if (this.#settings.machine.state !== "off") this.#fail("power-on", "the machine is on");
    else this.#settings.machine.powerOn();
  }

  /** The machine has this address from its next boot on. */
  setAddress(address: number): void {
    this.#settings.machine.setAddress(address);
  }

  /**
   * Sets registry parameters of TCP/IP, which take effect at the next boot (Q183786). Returns false, and reports the step as failed, if the machine has no
   * registry.
   */
  setRegistry(values: RegistryValues): boolean {
    const { machine, plan } = this.#settings;
    const hasOne = plan.variant.tcpRegistry.value;
    if (hasOne) machine.setPersonality((before) => withRegistry(before, values));
    else this.#fail("registry", "the machine has no registry");
    return hasOne;
  }

  /** Unplugs the machine from its segment. From its next boot on it uses `card` on the new one, and is plugged in there. */
  moveTo(card: SegmentCard, attachment: Attachment): void {
    this.#card.plugged = false;
    this.#card = card;
    card.plugged = false;
    this.#isPlugged = false;
    this.#isPluggedThere = true;
    this.#settings.machine.attach(attachment);
  }

  /** To be called at each phase of a boot, by its id. The machine is attached to another network from the first on. */
  boots(phase: string): void {
    const [first] = this.#settings.plan.variant.boot.phases.value;
    if (this.#isPluggedThere === null || phase !== first?.id) return;
    this.#isPlugged = this.#isPluggedThere;
    this.#isPluggedThere = null;
    this.#showCable();
  }

  setPlugged(plugged: boolean): void {
    if (this.#isPluggedThere !== null) this.#isPluggedThere = plugged;
    else {
      this.#isPlugged = plugged;
      this.#showCable();
    }
  }

  /** Sets whether the card receives frames: a suspended machine receives none, even with its cable plugged in. */
  #showCable(): void {
    this.#card.plugged = this.#isPlugged && !this.#isSuspended;
  }

  get #isSuspended(): boolean {
    return this.#settings.scheduler?.isSuspended === true;
  }

  setClock(us: number): void {
    const { scheduler } = this.#settings;
    if (scheduler) scheduler.setClock(us);
    else this.#fail("clock", "the scenario's file sets no clock of that machine");
  }

  loseAddress(): boolean {
    if (this.#sleeps("lease-end")) return false;
    const { machine } = this.#settings;
    const isUp = machine.stackIsUp;
    if (isUp) machine.loseAddress();
    else this.#fail("lease-end", "the machine has no TCP/IP loaded");
    return isUp;
  }

  setSuspended(isSuspended: boolean): void {
    const { machine, scheduler } = this.#settings;
    const action = isSuspended ? "suspend" : "resume";
    if (!scheduler) this.#fail(action, "the scenario's file suspends no machine of that name");
    else if (machine.state === "off") this.#fail(action, "the machine is off");
    else if (isSuspended === scheduler.isSuspended)
      this.#fail(action, isSuspended ? "the machine is suspended already" : "the machine is not suspended");
    else if (isSuspended) {
      scheduler.suspend();
      this.#showCable();
    } else {
      this.#card.plugged = this.#isPlugged;
      scheduler.resume();
    }
  }

  /** Returns whether the machine is suspended; if so, reports that the step failed. */
  #sleeps(action: string): boolean {
    if (this.#isSuspended) this.#fail(action, "the machine is suspended");
    return this.#isSuspended;
  }
}
