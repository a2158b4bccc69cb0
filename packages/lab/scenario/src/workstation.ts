/** A client machine and the person in front of it: switches it on and off, starts the mail client, reads mail. */

import { createMailClient, type MailClient, type MailClientEvent } from "@pushback/client";
import { type MailHabits, valuesOf, type WayDown } from "@pushback/host";
import type { SegmentCard } from "@pushback/sim";
import type { Machine } from "@pushback/stack";
import type { MachinePlan } from "./machine-plan.ts";
import type { InboxEvent } from "./recording.ts";

export interface WorkstationSettings {
  readonly plan: MachinePlan;
  readonly machine: Machine;
  readonly card: SegmentCard;
  readonly serverAddress: number;
  readonly userDn: string;
  readonly onClientEvent: (event: MailClientEvent | InboxEvent) => void;
  /** A person wanted to do something that the machine could not do. */
  readonly onFailed: (action: string, reason: string) => void;
}

export class Workstation {
  readonly #settings: WorkstationSettings;
  readonly #habits: MailHabits;
  #client: MailClient | null = null;

  constructor(settings: WorkstationSettings) {
    this.#settings = settings;
    this.#habits = valuesOf(settings.plan.variant.mail);
  }

  /** Starts the mail client, as soon as the machine is ready. */
  logOn(): void {
    const { machine } = this.#settings;
    if (machine.state === "off" || machine.state === "going-down") {
      this.#settings.onFailed("logon", "the machine is off");
      return;
    }
    machine.onReady(() => this.#startClient());
  }

  #startClient(): void {
    const { machine, serverAddress, userDn, onClientEvent } = this.#settings;
    const host = machine.host();
    if (!host) {
      this.#settings.onFailed("logon", "the machine has no TCP/IP");
      return;
    }
    let shown: InboxEvent["rows"] | null = null;
    const client = createMailClient(host, { serverAddress, userDn, habits: this.#habits }, (event) => {
      onClientEvent(event);
      const rows = client.inbox();
      if (client.state !== "logged-on" || rows === shown) return;
      shown = rows;
      onClientEvent({ type: "inbox-shown", rows });
    });
    this.#client = client;
    machine.onGoingDown(() => this.#client?.logOff());
    client.logOn();
  }

  /** Opens the newest message. */
  read(): void {
    if (this.#client?.state !== "logged-on") this.#settings.onFailed("read", "nobody is logged on");
    else this.#client.read("newest");
  }

  logOff(): void {
    if (this.#client?.state !== "logged-on") this.#settings.onFailed("logoff", "nobody is logged on");
    else this.#client.logOff();
  }

  /** Takes the machine down; a way that lasts is over when the machine says so. */
  goDown(how: WayDown | "unclean", thenBoot: boolean): void {
    const { machine, plan } = this.#settings;
    if (machine.state === "off") {
      this.#settings.onFailed(thenBoot ? "reboot" : "power-off", "the machine is off");
      return;
    }
    const way = how === "unclean" ? plan.variant.goingDown.uncleanReboot.value : how;
    machine.goDown(way, { thenBoot });
  }

  /** The machine is off: its programs are gone. */
  forget(): void {
    this.#client = null;
  }

  powerOn(): void {
    if (this.#settings.machine.state !== "off") this.#settings.onFailed("power-on", "the machine is on");
    else this.#settings.machine.powerOn();
  }

  /** From its next boot on. */
  setAddress(address: number): void {
    this.#settings.machine.setAddress(address);
  }

  setPlugged(plugged: boolean): void {
    this.#settings.card.plugged = plugged;
  }
}
