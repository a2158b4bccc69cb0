/** A machine of a platform, a mail server beside it, and a mailbox with its user. */

import { createMailClient, type MailClient, type MailClientEvent } from "@pushback/client";
import { PTYPE, requestOpnum, stubLength, stubOffset } from "@pushback/dcerpc";
import { type PlatformVariant, rfcBaseline, valuesOf } from "@pushback/host";
import { EMSMDB_OP, parseEcRRegisterPushNotificationRequest, parseSockaddrIn } from "@pushback/mapi";
import { createMailServer, type MailServer, type MailServerEvent } from "@pushback/server";
import { createAlwaysOnMachine, type Machine, type StackEvent } from "@pushback/stack";
import { type BenchOptions, macBytes, PlatformBench, SECOND } from "./bench.ts";
import { MACHINE_ADDRESS, PEER_ADDRESS, PEER_MAC, type ReadFrame, readFrame } from "./frames.ts";

/** KeepAliveTime, KeepAliveInterval and TcpMaxDataRetransmissions of the server's Windows NT (Q183786). */
const SERVER_KEEPALIVE = { idleUs: 7200 * SECOND, intervalUs: SECOND, probes: 5 };

export interface Timed<E> {
  readonly atUs: number;
  readonly event: E;
}

export class MailBench extends PlatformBench {
  readonly serverMachine: Machine;
  readonly server: MailServer;
  readonly serverEvents: Timed<MailServerEvent>[] = [];
  readonly serverStackEvents: Timed<StackEvent>[] = [];
  readonly clientEvents: Timed<MailClientEvent>[] = [];
  readonly #userDn: string;
  readonly #habits: PlatformVariant["mail"];
  client: MailClient | null = null;

  constructor(variant: PlatformVariant, options: BenchOptions = {}) {
    super(variant, options, false);
    this.#habits = variant.mail;
    this.serverMachine = createAlwaysOnMachine({
      name: "EXCHANGE",
      address: PEER_ADDRESS,
      netmask: 0xffffff00,
      gateway: null,
      personality: { ...valuesOf(rfcBaseline), keepAlive: SERVER_KEEPALIVE },
      card: this.segment.connect("server", macBytes(PEER_MAC)),
      scheduler: this.simulation,
      random: this.simulation.random.fork("server"),
      onEvent: (event) => this.serverStackEvents.push({ atUs: this.nowUs, event: event as StackEvent }),
    });
    this.serverMachine.powerOn();
    const host = this.serverMachine.host();
    if (!host) throw new Error("the server's machine has no TCP/IP");
    this.server = createMailServer(host, { directoryPort: 0 }, (event) => this.serverEvents.push({ atUs: this.nowUs, event }));
    this.#userDn = this.server.addMailbox({ alias: "user" }) ?? "";
  }

  /** Boots the machine if it is off, starts the mail client, and waits until it is logged on. */
  logOn(): this {
    if (this.machine.state === "off") this.machine.powerOn();
    for (let s = 0; s < 600 && this.machine.state !== "ready"; s++) this.runFor(SECOND);
    const settings = { serverAddress: PEER_ADDRESS, userDn: this.#userDn, habits: valuesOf(this.#habits) };
    const client = createMailClient(this.host(), settings, (event) => this.clientEvents.push({ atUs: this.nowUs, event }));
    this.client = client;
    this.machine.onGoingDown(() => client.logOff());
    client.logOn();
    this.runFor(20 * SECOND);
    if (client.state !== "logged-on") throw new Error(`the client is ${client.state}: ${JSON.stringify(this.clientEvents.at(-1))}`);
    return this;
  }

  deliver(subject: string): void {
    this.server.deliver("user", { subject, body: "…", from: "Sender" });
  }

  /** Takes the machine down without logging off, in the usual way of the platform or as given, and boots it again. */
  rebootUncleanly(uncleanReboot: Parameters<Machine["goDown"]>[0]): void {
    this.machine.goDown(uncleanReboot, { thenBoot: true });
  }

  clientEventsOf<T extends MailClientEvent["type"]>(type: T): (Extract<MailClientEvent, { type: T }> & { atUs: number })[] {
    return this.clientEvents.flatMap(({ atUs, event }) =>
      event.type === type ? [{ ...(event as Extract<MailClientEvent, { type: T }>), atUs }] : [],
    );
  }

  serverEventsOf<T extends MailServerEvent["type"]>(type: T): (Extract<MailServerEvent, { type: T }> & { atUs: number })[] {
    return this.serverEvents.flatMap(({ atUs, event }) =>
      event.type === type ? [{ ...(event as Extract<MailServerEvent, { type: T }>), atUs }] : [],
    );
  }

  /** Everything on the wire since `sinceUs`, in order. */
  wireSince(sinceUs: number): ReadFrame[] {
    return this.frames.filter((frame) => frame.atUs >= sinceUs).map(readFrame);
  }

  /** The push datagrams to the machine since `sinceUs`. */
  datagramsSince(sinceUs: number): ReadFrame[] {
    return this.wireSince(sinceUs).filter((f) => f.udp !== null && f.ip?.destination === MACHINE_ADDRESS);
  }

  /** The machine's ICMP port unreachable messages since `sinceUs`. */
  portUnreachablesSince(sinceUs: number): ReadFrame[] {
    return this.wireSince(sinceUs).filter((f) => f.from === "machine" && f.icmp?.kind === "unreachable" && f.icmp.code === 3);
  }

  /** Callback address and context of the latest EcRRegisterPushNotification on the wire. */
  registrationOnWire(): { readonly address: number; readonly port: number; readonly rgbContext: Uint8Array } | null {
    for (const { payload } of this.wireSince(0).reverse()) {
      if (payload.length < 24 || payload[0] !== 5 || payload[2] !== PTYPE.REQUEST) continue;
      if (requestOpnum(payload, 0) !== EMSMDB_OP.EcRRegisterPushNotification) continue;
      const at = stubOffset(payload, 0);
      const request = parseEcRRegisterPushNotificationRequest(payload.slice(at, at + stubLength(payload, 0)));
      if (request) return { ...parseSockaddrIn(request.rgbCallbackAddress), rgbContext: request.rgbContext };
    }
    return null;
  }
}

export function createMailBench(variant: PlatformVariant, options: BenchOptions = {}): MailBench {
  return new MailBench(variant, options);
}
