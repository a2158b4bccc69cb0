/** Sends the push datagrams: at once when something becomes pending, then every interval until nothing is. */

import type { Host, HostFault, UdpSocket } from "@pushback/host";
import { emitPushDatagram } from "@pushback/mapi";
import type { Session } from "./session.ts";

export interface NotifierHandlers {
  onOpen(localPort: number): void;
  onFailed(fault: HostFault): void;
  onSent(session: Session, localPort: number): void;
}

/** One unconnected socket on a port that the machine chooses (Q264035) serves all sessions. */
export class Notifier {
  readonly #host: Host;
  readonly #handlers: NotifierHandlers;
  readonly #socket: UdpSocket;
  #intervalUs: number;
  #localPort = 0;
  #closed = false;

  constructor(host: Host, intervalUs: number, handlers: NotifierHandlers) {
    this.#host = host;
    this.#intervalUs = intervalUs;
    this.#handlers = handlers;
    this.#socket = host.openUdp(0, {
      onOpen: (localPort) => {
        this.#localPort = localPort;
        handlers.onOpen(localPort);
      },
      // Nobody has any reason to send here.
      onDatagram: () => {},
      onFailed: (fault) => handlers.onFailed(fault),
    });
  }

  /** Counts from each session's next datagram on. */
  setInterval(intervalUs: number): void {
    this.#intervalUs = intervalUs;
  }

  /** To be called whenever a session's pending notifications or its registration changed. */
  update(session: Session): void {
    const wanted = session.registration !== null && session.pending.length > 0 && !session.inCall && !this.#closed;
    if (wanted && !session.pushTimer) this.#send(session);
    else if (session.pushTimer && (!session.registration || session.pending.length === 0)) this.stop(session);
  }

  stop(session: Session): void {
    session.pushTimer?.cancel();
    session.pushTimer = null;
  }

  #send(session: Session): void {
    const to = session.registration;
    if (!to) return;
    session.datagramsSent++;
    session.pushTimer = this.#host.setTimer(this.#intervalUs, () => this.#send(session));
    this.#socket.send(emitPushDatagram(to.rgbContext), to.address, to.port);
    this.#handlers.onSent(session, this.#localPort);
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }
}
