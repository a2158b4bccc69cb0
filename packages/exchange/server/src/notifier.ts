/** Sends the push datagrams: at once when something becomes pending, then every interval until nothing is. */

import type { Host, HostFault, Ipv4Address, UdpSocket } from "@pushback/host";
import { emitPushDatagram } from "@pushback/mapi";
import { NOT_DUE, PushRound } from "./push-round.ts";
import type { Session } from "./session.ts";
import type { ServerLimits } from "./settings.ts";

const SECOND_US = 1_000_000;

export interface NotifierHandlers {
  onOpen(localPort: number): void;
  onFailed(fault: HostFault): void;
  onSent(session: Session, localPort: number): void;
  /** Nobody listens there; left out by a server that does not want to know. */
  onUnreachable?(address: Ipv4Address, port: number): void;
}

/** One unconnected socket on a port that the machine chooses (Q264035) serves all sessions. */
export class Notifier {
  readonly #host: Host;
  readonly #handlers: NotifierHandlers;
  readonly #socket: UdpSocket;
  readonly #limits: ServerLimits | null;
  readonly #round: PushRound;
  #intervalUs: number;
  #localPort = 0;
  #closed = false;
  /** The second that is counted, and its datagrams so far. */
  #secondFromUs = 0;
  #sentInSecond = 0;
  /** Datagrams of all sessions, those that have ended among them. */
  datagramsSent = 0;

  constructor(host: Host, intervalUs: number, limits: ServerLimits | null, handlers: NotifierHandlers) {
    this.#host = host;
    this.#intervalUs = intervalUs;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#round = new PushRound(host, (session) => this.#send(session));
    this.#socket = host.openUdp(0, {
      onOpen: (localPort) => {
        this.#localPort = localPort;
        handlers.onOpen(localPort);
      },
      // Nobody has any reason to send here.
      onDatagram: () => {},
      onFailed: (fault) => handlers.onFailed(fault),
      ...(handlers.onUnreachable && { onUnreachable: handlers.onUnreachable }),
    });
  }

  /** Counts from each session's next datagram on. */
  setInterval(intervalUs: number): void {
    this.#intervalUs = intervalUs;
  }

  /** To be called whenever a session's pending notifications or its registration changed. */
  update(session: Session): void {
    const wanted = session.registration !== null && session.pending.length > 0 && !session.inCall && !this.#closed;
    const waits = session.pushTurn !== NOT_DUE || session.pushTimer !== null;
    if (wanted && !waits) this.#send(session);
    else if (waits && (!session.registration || session.pending.length === 0)) this.stop(session);
  }

  stop(session: Session): void {
    session.pushTurn = NOT_DUE;
    session.pushTimer?.cancel();
    session.pushTimer = null;
  }

  #send(session: Session): void {
    const to = session.registration;
    if (!to) return;
    const waitUs = this.#limits ? this.#waitUs(session, this.#limits) : 0;
    if (waitUs > 0) {
      this.#sendAfter(session, waitUs);
      return;
    }
    session.datagramsSent++;
    this.datagramsSent++;
    if (session.pushTimer !== null || !this.#round.add(session, this.#intervalUs)) this.#sendAfter(session, this.#intervalUs);
    this.#socket.send(emitPushDatagram(to.rgbContext), to.address, to.port);
    this.#handlers.onSent(session, this.#localPort);
  }

  #sendAfter(session: Session, delayUs: number): void {
    if (session.pushTimer) session.pushTimer.again(delayUs);
    else session.pushTimer = this.#host.setTimer(delayUs, () => this.#send(session));
  }

  /** How long this session's datagram has to wait for what limits it; one that need not wait is counted. */
  #waitUs(session: Session, limits: ServerLimits): number {
    const now = this.#host.nowUs();
    const gapUs = session.lastDatagramUs + limits.datagramGapUs - now;
    if (session.datagramsSent > 0 && gapUs > 0) return gapUs;
    if (now - this.#secondFromUs >= SECOND_US) {
      this.#secondFromUs = now;
      this.#sentInSecond = 0;
    }
    if (this.#sentInSecond >= limits.datagramsPerSecond) return this.#secondFromUs + SECOND_US - now;
    this.#sentInSecond++;
    session.lastDatagramUs = now;
    return 0;
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }
}
