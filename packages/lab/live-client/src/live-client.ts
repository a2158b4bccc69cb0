/** The user's actions at a machine in real time: switching it on and off, starting the mail client, reading mail. */

import { formatIpv4 } from "@pushback/bytes";
import {
  type AddressBookAnswer,
  type AnswerKind,
  createMailClient,
  lookUpName,
  type MailClient,
  type MailClientEvent,
  type MailClientSettings,
} from "@pushback/client";
import { type PlatformVariant, valuesOf, type WayDown } from "@pushback/host";
import type { LiveMachine } from "./live-machine.ts";

/** Settings of a LiveClient. */
export interface LiveClientSettings {
  readonly variant: PlatformVariant;
  readonly machine: LiveMachine;
  readonly mail: Pick<MailClientSettings, "serverAddress" | "serverPort" | "userDn" | "createAuthenticator">;
  /** The directory's port; the endpoint mapper is asked if it is left out. */
  readonly directoryPort?: number;
  readonly onClientEvent: (event: MailClientEvent) => void;
}

/** Each action returns the reason why it could not be done, or `null`. */
export class LiveClient {
  readonly #settings: LiveClientSettings;
  #client: MailClient | null = null;

  constructor(settings: LiveClientSettings) {
    this.#settings = settings;
  }

  /** Starts the mail client as soon as the machine is ready. */
  logOn(): string | null {
    const { machine } = this.#settings;
    if (machine.state === "off" || machine.state === "going-down") return "the machine is off";
    if (this.#client?.state === "logged-on" || this.#client?.state === "connecting") return "a user is logged on already";
    machine.onReady(() => this.#startClient());
    return null;
  }

  #startClient(): void {
    const { machine, mail, variant, directoryPort, onClientEvent } = this.#settings;
    const host = machine.host();
    if (host === null) return;
    const settings = { ...mail, habits: valuesOf(variant.mail), ...(directoryPort !== undefined && { directoryPort }) };
    const client = createMailClient(host, settings, (event) => {
      // Events of a client whose machine was switched off are ignored.
      if (this.#client === client) onClientEvent(event);
    });
    this.#client = client;
    machine.onGoingDown(() => client.logOff());
    client.logOn();
  }

  /** Logs the user off. */
  logOff(): string | null {
    if (this.#client?.state !== "logged-on") return "no user is logged on";
    this.#client.logOff();
    return null;
  }

  /** Opens the newest message of the Inbox. */
  read(): string | null {
    if (this.#client?.state !== "logged-on") return "no user is logged on";
    return this.#client.read("newest") ? null : "the Inbox is empty";
  }

  /** Sends a message whose body is its subject. */
  send(to: string, subject: string): string | null {
    if (this.#client?.state !== "logged-on") return "no user is logged on";
    this.#client.send(to, subject, `${subject}\r\n`);
    return null;
  }

  /** Answers the newest message of the Inbox with one line, or forwards it to `to`. */
  answer(kind: AnswerKind, text: string, to: readonly string[]): string | null {
    if (this.#client?.state !== "logged-on") return "no user is logged on";
    return this.#client.answer(kind, "newest", text, to) ? null : "the Inbox is empty";
  }

  /** Looks a name up in the server's address book, logged on or not; `onAnswer` is called once unless the machine goes down first. */
  resolve(name: string, onAnswer: (answer: AddressBookAnswer) => void): string | null {
    const { machine, mail, variant, directoryPort } = this.#settings;
    const host = machine.host();
    if (machine.state !== "ready" || host === null) return "the machine is not ready";
    const { codePage, locale } = valuesOf(variant.mail);
    const settings = { ...mail, codePage, locale, ...(directoryPort !== undefined && { directoryPort }) };
    lookUpName(host, settings, name, onAnswer);
    return null;
  }

  /** Reboots the machine. `null`: the platform's usual way to reboot without logging off. */
  goDown(way: WayDown | null, thenBoot: boolean): string | null {
    const { machine, variant } = this.#settings;
    if (machine.state !== "booting" && machine.state !== "ready")
      return machine.state === "off" ? "the machine is off" : "it is going down";
    machine.goDown(way ?? variant.goingDown.uncleanReboot.value, { thenBoot });
    // If going down takes time, the client may still log off and report it.
    if (this.#settings.machine.host() === null) this.#client = null;
    return null;
  }

  powerOn(): string | null {
    if (this.#settings.machine.state !== "off") return "the machine is on";
    this.#settings.machine.powerOn();
    return null;
  }

  /** Calls back when the mail client is logged off (at once if it is already), or after `limitMs` at the latest. */
  leave(done: () => void, limitMs: number): void {
    if (this.logOff() !== null) {
      done();
      return;
    }
    const end = Date.now() + limitMs;
    const look = () => (this.#client?.state === "logging-off" && Date.now() < end ? setTimeout(look, 20) : done());
    look();
  }

  /** State of machine and client, on one line. */
  status(): string {
    const { machine, mail } = this.#settings;
    const host = machine.host();
    const where = host === null ? "" : ` at ${formatIpv4(host.address)}`;
    const inbox = this.#client?.inbox() ?? [];
    return `machine ${machine.state}${where}; mail client ${this.#client?.state ?? "logged-off"}, server ${formatIpv4(mail.serverAddress)}, ${inbox.length} in the Inbox`;
  }
}
