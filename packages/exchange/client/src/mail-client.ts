/** The mail client that all platforms share: one logon at a time, its states, and what it tells of itself. */

import { formatHex } from "@pushback/bytes";
import type { Host, TcpEndCause } from "@pushback/host";
import { EMSMDB_SYNTAX, type ObjectId } from "@pushback/mapi";
import type { MailClientErrorStep, MailClientEvent, MailClientState } from "./events.ts";
import type { InboxRow } from "./inbox-view.ts";
import { logOnToMailbox, type OpenMailbox } from "./logon.ts";
import { MailboxSession } from "./mailbox-session.ts";
import { mapEndpoint } from "./map-endpoint.ts";
import { PushSocket } from "./push-socket.ts";
import { RpcConnection } from "./rpc-connection.ts";
import type { MailClientSettings } from "./settings.ts";

export interface MailClient {
  readonly state: MailClientState;
  /** Ignored unless logged off or disconnected. */
  logOn(): void;
  /** In order when logged on; while connecting it gives up. Ignored in other states. */
  logOff(): void;
  /** Fetches a message and marks it read; whether there was something to ask for (logged on, and for `newest` a message in the Inbox). */
  read(which: "newest" | ObjectId): boolean;
  /** The Inbox as last seen, in order of arrival; kept after the end of a session. */
  inbox(): readonly InboxRow[];
}

/** One attempt to be logged on: everything that ends with it. */
class Attempt {
  readonly #host: Host;
  readonly #settings: MailClientSettings;
  readonly #emit: (event: MailClientEvent) => void;
  readonly #setState: (state: MailClientState) => void;
  #mapping: { cancel(): void } | null = null;
  #rpc: RpcConnection | null = null;
  #socket: PushSocket | null = null;
  session: MailboxSession | null = null;
  /** Datagrams may come before the session is ready to poll. */
  #nudged = false;
  #ready = false;
  #over = false;

  constructor(
    host: Host,
    settings: MailClientSettings,
    emit: (event: MailClientEvent) => void,
    setState: (state: MailClientState) => void,
  ) {
    this.#host = host;
    this.#settings = settings;
    this.#emit = emit;
    this.#setState = setState;
  }

  begin(): void {
    const { serverAddress, serverPort } = this.#settings;
    if (serverPort !== undefined) {
      this.#connect(serverPort);
      return;
    }
    this.#mapping = mapEndpoint(this.#host, serverAddress, {
      onMapped: (port) => this.#connect(port),
      onFailed: (code) => {
        this.#emit({ type: "error", what: "endpoint-map", code });
        this.#finish("disconnected", { type: "disconnected", cause: "closed" });
      },
      onLost: (cause) => this.#lost(cause),
    });
  }

  #connect(port: number): void {
    this.#mapping = null;
    const { serverAddress: address, keepAlive, createAuthenticator } = this.#settings;
    const options = {
      address,
      port,
      syntax: EMSMDB_SYNTAX,
      authenticator: createAuthenticator?.() ?? null,
      keepAlive: keepAlive ?? null,
    };
    const rpc = new RpcConnection(this.#host, options, {
      onBound: () => this.#logOn(rpc),
      onRefused: (reason) => this.#fail("bind", reason),
      onClosed: (cause) => this.#lost(cause),
    });
    this.#rpc = rpc;
  }

  #logOn(rpc: RpcConnection): void {
    const env = {
      host: this.#host,
      settings: this.#settings,
      rpc,
      openPushSocket: (ready: (socket: PushSocket | null) => void) => this.#openPushSocket(ready),
    };
    logOnToMailbox(env, {
      onFailed: (what, code) => this.#fail(what, code),
      onNotPushed: (code) => {
        this.#emit({ type: "error", what: "register-push", code });
        this.#closeSocket();
      },
      onDone: (mailbox, responses) => {
        if (this.#over) return;
        this.session = new MailboxSession(this.#host, this.#settings, rpc, mailbox, this.#emit);
        this.session.start(responses, () => this.#loggedOn(rpc, mailbox));
      },
    });
  }

  /** A name too long for the client's buffer makes it believe that there is no TCP/IP to be pushed over (Q156711). */
  #wantsPush(): boolean {
    const { push, hostNameLimit } = this.#settings.habits;
    return push && (hostNameLimit === null || this.#host.name.length <= hostNameLimit);
  }

  #openPushSocket(ready: (socket: PushSocket | null) => void): void {
    if (!this.#wantsPush()) {
      ready(null);
      return;
    }
    const socket = new PushSocket(this.#host, this.#settings.habits.contextBytes, {
      onOpen: () => {
        if (!this.#over) ready(socket);
      },
      onFailed: () => {
        if (this.#over) return;
        this.#socket = null;
        this.#emit({ type: "error", what: "udp-socket", code: null });
        ready(null);
      },
      onDatagram: (own, b, at, len, fromAddress, fromPort) => {
        if (this.#over) return;
        if (!own) {
          this.#emit({ type: "foreign-datagram", fromAddress, fromPort, payloadHex: formatHex(b, at, len) });
          return;
        }
        this.#emit({ type: "datagram-received", fromAddress, fromPort });
        if (this.#ready) this.session?.poll("datagram");
        else this.#nudged = true;
      },
    });
    this.#socket = socket;
  }

  #closeSocket(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  #loggedOn(rpc: RpcConnection, mailbox: OpenMailbox): void {
    const pushed = mailbox.pushed ? this.#socket : null;
    this.#ready = true;
    this.#setState("logged-on");
    this.#emit({
      type: "logged-on",
      localTcpPort: rpc.localPort,
      callbackPort: pushed?.localPort ?? null,
      contextHex: pushed && formatHex(pushed.rgbContext),
    });
    if (this.#nudged) this.session?.poll("datagram");
  }

  #fail(what: MailClientErrorStep, code: number | null): void {
    if (this.#over) return;
    this.#emit({ type: "error", what, code });
    this.#finish("disconnected", { type: "disconnected", cause: "closed" });
  }

  #lost(cause: TcpEndCause): void {
    this.#finish("disconnected", { type: "disconnected", cause });
  }

  logOff(): void {
    this.#setState("logging-off");
    if (!this.#ready || !this.session) {
      this.#finish("logged-off", { type: "logged-off" });
      return;
    }
    this.session.logOff(() => this.#finish("logged-off", { type: "logged-off" }));
  }

  /** Closes whatever is open, once, and tells how it ended. */
  #finish(state: "logged-off" | "disconnected", event: MailClientEvent): void {
    if (this.#over) return;
    this.#over = true;
    this.session?.end();
    this.#mapping?.cancel();
    this.#rpc?.close();
    this.#closeSocket();
    this.#setState(state);
    this.#emit(event);
  }
}

/** Makes a client that is logged off; nothing happens on the network before `logOn`. */
export function createMailClient(
  host: Host,
  settings: MailClientSettings,
  onEvent: (event: MailClientEvent) => void = () => {},
): MailClient {
  let state: MailClientState = "logged-off";
  let attempt: Attempt | null = null;
  let lastRows: readonly InboxRow[] = [];

  function rows(): readonly InboxRow[] {
    if (attempt?.session) lastRows = attempt.session.rows;
    return lastRows;
  }

  return {
    get state() {
      return state;
    },
    logOn() {
      if (state !== "logged-off" && state !== "disconnected") return;
      rows();
      state = "connecting";
      attempt = new Attempt(host, settings, onEvent, (next) => {
        state = next;
      });
      onEvent({ type: "connecting", serverAddress: settings.serverAddress });
      attempt.begin();
    },
    logOff() {
      if (state === "connecting" || state === "logged-on") attempt?.logOff();
    },
    read(which) {
      if (state !== "logged-on" || !attempt?.session) return false;
      const newest = rows().reduce<InboxRow | null>((best, row) => (best && best.deliveredMs > row.deliveredMs ? best : row), null);
      const mid = which === "newest" ? newest?.mid : which;
      if (mid === undefined) return false;
      attempt.session.read(mid);
      return true;
    },
    inbox: rows,
  };
}
