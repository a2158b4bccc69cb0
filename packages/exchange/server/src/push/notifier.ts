/** Sends the push datagrams: at once when a notification becomes pending, then every interval until none is. */

import type { Host, HostFault, Ipv4Address, Timer, UdpSocket } from "@pushback/host";
import type { ServerLimits } from "../limits.ts";
import { NO_ROW, type Session } from "../session/session.ts";
import { NOT_DUE, type PushRegistration, PushRegistrations } from "./push-registrations.ts";
import { PushRound } from "./push-round.ts";

const SECOND_US = 1_000_000;

/** Microseconds from the first datagram of a port until the server moves to another port, if `movesPushPort` is set. Assumption: Q264035 gives no time. */
const PORT_LIFE_US = SECOND_US;

/** Events of a notifier. */
export interface NotifierHandlers {
  /** Called when the first port is open. */
  onOpen(localPort: number): void;
  /** Called if the first port cannot be opened. */
  onFailed(fault: HostFault): void;
  /** Called for each datagram sent, with the session's id, the datagram's ordinal in the session, its destination and its source port. */
  onSent(session: number, number: number, address: Ipv4Address, port: number, localPort: number): void;
  /** Called when an ICMP port unreachable comes back; optional, since the notifier does not depend on it. */
  onUnreachable?(address: Ipv4Address, port: number): void;
}

/** One unconnected socket at a time serves all sessions, on a port that the machine chooses (Q264035). */
export class Notifier {
  readonly #host: Host;
  readonly #handlers: NotifierHandlers;
  #socket: UdpSocket;
  readonly #limits: ServerLimits | null;
  readonly #registrations = new PushRegistrations();
  readonly #round: PushRound;
  /** By row: timers of datagrams that a limit delays, outside the round. */
  readonly #timers = new Map<number, Timer>();
  /** By row, if datagrams are limited: the time of the session's last one. */
  readonly #sentAtUs = new Map<number, number>();
  /** NaN keeps the field a double from the start (docs/FLEET-PROFILE.md, "Representation of numbers"). */
  #intervalUs = Number.NaN;
  /** 0 until the first socket is open. */
  #localPort = 0;
  readonly #movesPort: boolean;
  /** Runs from the first datagram of a port that moves; `null` while no datagram has left from it. */
  #moveTimer: Timer | null = null;
  /** A socket that takes the place of `#socket` once it is open. */
  #next: UdpSocket | null = null;
  #closed = false;
  /** Start of the second in which datagrams are counted, and their number so far. */
  #secondFromUs = 0;
  #sentInSecond = 0;
  /** Datagrams of all sessions, ended ones included. */
  datagramsSent = 0;

  constructor(host: Host, intervalUs: number, movesPort: boolean, limits: ServerLimits | null, handlers: NotifierHandlers) {
    this.#host = host;
    this.#intervalUs = intervalUs;
    this.#movesPort = movesPort;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#round = new PushRound(host, this.#registrations, (row) => this.#send(row));
    this.#socket = this.#openSocket(
      (localPort) => {
        this.#localPort = localPort;
        handlers.onOpen(localPort);
      },
      (fault) => handlers.onFailed(fault),
    );
  }

  #openSocket(onOpen: (localPort: number) => void, onFailed: (fault: HostFault) => void): UdpSocket {
    const { onUnreachable } = this.#handlers;
    // No peer has a reason to send to this socket.
    return this.#host.openUdp(0, { onOpen, onDatagram: () => {}, onFailed, ...(onUnreachable && { onUnreachable }) });
  }

  /** Changes the port: opens the next one before closing the present one, so that datagrams never wait. If none can be opened, the present one stays. */
  #movePort(): void {
    this.#moveTimer = null;
    if (this.#next !== null) return;
    const next = this.#openSocket(
      (localPort) => {
        if (this.#closed) return;
        this.#socket.close();
        this.#socket = next;
        this.#next = null;
        this.#localPort = localPort;
      },
      () => {
        this.#next = null;
      },
    );
    this.#next = next;
  }

  /** A new interval applies after each session's next datagram. */
  setInterval(intervalUs: number): void {
    this.#intervalUs = intervalUs;
  }

  /** Sets the destination of the session's datagrams. */
  register(session: Session, registration: PushRegistration): void {
    if (session.pushRow === NO_ROW) session.pushRow = this.#registrations.add(session.id);
    this.stop(session);
    this.#registrations.register(session.pushRow, registration);
    this.update(session);
  }

  /** Withdraws the session's registration. Returns false if there was none. */
  unregister(session: Session): boolean {
    if (!this.isRegistered(session)) return false;
    this.stop(session);
    this.#registrations.unregister(session.pushRow);
    return true;
  }

  /** The session is over. */
  forget(session: Session): void {
    if (session.pushRow === NO_ROW) return;
    this.stop(session);
    this.#sentAtUs.delete(session.pushRow);
    this.#registrations.remove(session.pushRow);
    session.pushRow = NO_ROW;
  }

  /** Whether the session has a push registration. */
  isRegistered(session: Session): boolean {
    return session.pushRow !== NO_ROW && this.#registrations.isRegistered(session.pushRow);
  }

  /** The session's push registration, as a copy; `null` if it has none. */
  registrationOf(session: Session): PushRegistration | null {
    if (!this.isRegistered(session)) return null;
    const registrations = this.#registrations;
    const row = session.pushRow;
    const at = registrations.datagramAt(row);
    const rgbContext = registrations.bytes.slice(at, at + registrations.datagramLen(row));
    return { rgbContext, address: registrations.addressOf(row), port: registrations.portOf(row) };
  }

  /** Number of datagrams sent for the session, over all its registrations. */
  datagramsSentTo(session: Session): number {
    return session.pushRow === NO_ROW ? 0 : this.#registrations.datagramsSent(session.pushRow);
  }

  /** To be called whenever a session's pending notifications changed. */
  update(session: Session): void {
    const row = session.pushRow;
    if (row === NO_ROW) return;
    const wanted = this.#registrations.isRegistered(row) && session.hasNews && !session.inCall && !this.#closed;
    const waits = this.#registrations.turnOf(row) !== NOT_DUE || this.#timers.has(row);
    if (wanted && !waits) this.#send(row);
    else if (waits && !session.hasNews) this.stop(session);
  }

  /** Cancels the session's next datagram. The registration stays. */
  stop(session: Session): void {
    const row = session.pushRow;
    if (row === NO_ROW) return;
    this.#registrations.setTurn(row, NOT_DUE);
    this.#timers.get(row)?.cancel();
    this.#timers.delete(row);
  }

  #send(row: number): void {
    const registrations = this.#registrations;
    if (this.#limits !== null) {
      const waitUs = this.#waitUs(row, this.#limits);
      if (waitUs > 0) {
        this.#sendAfter(row, waitUs);
        return;
      }
    }
    const number = registrations.countDatagram(row);
    this.datagramsSent++;
    if ((this.#timers.size > 0 && this.#timers.has(row)) || !this.#round.add(row, this.#intervalUs)) this.#sendAfter(row, this.#intervalUs);
    const address = registrations.addressOf(row);
    const port = registrations.portOf(row);
    this.#socket.send(registrations.bytes, address, port, registrations.datagramAt(row), registrations.datagramLen(row));
    if (this.#movesPort) this.#moveTimer ??= this.#host.setTimer(PORT_LIFE_US, () => this.#movePort());
    this.#handlers.onSent(registrations.sessionOf(row), number, address, port, this.#localPort);
  }

  #sendAfter(row: number, delayUs: number): void {
    const timer = this.#timers.get(row);
    if (timer) timer.again(delayUs);
    else
      this.#timers.set(
        row,
        this.#host.setTimer(delayUs, () => this.#send(row)),
      );
  }

  /** Microseconds that a limit delays this session's datagram; 0 counts it as sent. */
  #waitUs(row: number, limits: ServerLimits): number {
    const now = this.#host.nowUs();
    const gapUs = (this.#sentAtUs.get(row) ?? now - limits.datagramGapUs) + limits.datagramGapUs - now;
    if (gapUs > 0) return gapUs;
    if (now - this.#secondFromUs >= SECOND_US) {
      this.#secondFromUs = now;
      this.#sentInSecond = 0;
    }
    if (this.#sentInSecond >= limits.datagramsPerSecond) return this.#secondFromUs + SECOND_US - now;
    this.#sentInSecond++;
    this.#sentAtUs.set(row, now);
    return 0;
  }

  /** Cancels all datagrams and closes the sockets; nothing is sent afterwards. */
  close(): void {
    this.#closed = true;
    this.#round.close();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#moveTimer?.cancel();
    this.#next?.close();
    this.#socket.close();
  }
}
