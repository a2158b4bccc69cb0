/** The mail client that all platforms share. It has one logon at a time, a state, and reports events. */

import { formatHex } from "@pushback/bytes";
import type { Host, Ipv4Address, TcpEndCause } from "@pushback/host";
import { EMSMDB_SYNTAX, type ObjectId } from "@pushback/mapi";
import type { AnswerKind } from "./answer-message.ts";
import { findNames } from "./directory-names.ts";
import type { MailClientErrorStep, MailClientEvent, MailClientState } from "./events.ts";
import type { InboxChange, InboxRow } from "./inbox-view.ts";
import { logOnToMailbox, type OpenMailbox } from "./logon.ts";
import { MailboxSession } from "./mailbox-session.ts";
import { mapEndpoint } from "./map-endpoint.ts";
import { PushSocket, type PushSocketHandlers } from "./push-socket.ts";
import { RpcConnection, type RpcConnectionHandlers } from "./rpc-connection.ts";
import type { MailClientSettings } from "./settings.ts";

/** A mail client of one mailbox. It has at most one logon at a time. */
export interface MailClient {
  readonly state: MailClientState;
  /** Starts a logon. Ignored in every state but `logged-off` and `disconnected`. */
  logOn(): void;
  /** Releases the session in order if the client is logged on; abandons the logon if it is still connecting. Ignored in other states. */
  logOff(): void;
  /** Fetches a message and marks it read. Returns false, and does nothing, if the client is not logged on or `newest` finds the Inbox empty. */
  read(which: "newest" | ObjectId): boolean;
  /**
   * Marks a message as read or unread without opening it; `all` is every message that the client has in its Inbox. Returns false, and does nothing, if the
   * client is not logged on or there is no such message.
   */
  mark(which: "newest" | "all" | ObjectId, read: boolean): boolean;
  /**
   * Deletes a message of the Inbox as the user of a mail program does: the server moves it into Deleted Items. `all` is every message that the client has in its
   * Inbox. Returns false, and does nothing, if the client is not logged on or there is no such message.
   */
  delete(which: "newest" | "all" | ObjectId): boolean;
  /** Sends a message to aliases of the user's site, DNs or Internet addresses. Returns false if the client is not logged on. */
  send(to: string | readonly string[], subject: string, body: string): boolean;
  /**
   * Answers a message of the Inbox, or forwards it: to the DNs, Internet addresses or aliases of `to`. Returns false if the client is not logged on or
   * `newest` finds the Inbox empty.
   */
  answer(kind: AnswerKind, which: "newest" | ObjectId, text: string, to?: readonly string[]): boolean;
  /** The rows of the Inbox as the client last read them, in order of arrival. They stay after the session ends. No later change touches the array. */
  inbox(): readonly InboxRow[];
  /** What changed in the rows since the last call; `null` if nothing did, or without a session. The first call of a session returns all rows. */
  takeInboxChange(): InboxChange | null;
}

/** One logon, from the first connection to the end of its session. */
class Attempt implements RpcConnectionHandlers, PushSocketHandlers {
  readonly #client: OnlineMailClient;
  /** The question to the directory or to the endpoint mapper that has no answer yet. */
  #mapping: { cancel(): void } | null = null;
  #userDn: string;
  #rpc: RpcConnection | null = null;
  #socket: PushSocket | null = null;
  /** The callback that waits for the socket. It is dropped once it ran, so that the closures of the logon can be collected. */
  #whenOpen: ((socket: PushSocket | null) => void) | null = null;
  session: MailboxSession | null = null;
  /** Whether a datagram with the session's context arrived before the session was ready to poll. */
  #nudged = false;
  #ready = false;
  #over = false;

  constructor(client: OnlineMailClient) {
    this.#client = client;
    this.#userDn = client.settings.userDn;
  }

  begin(): void {
    const { host, settings } = this.#client;
    const { serverPort, directoryPort, habits, userDn } = settings;
    if (!habits.directory || (serverPort !== undefined && directoryPort === undefined)) {
      this.#findStore();
      return;
    }
    this.#mapping = findNames(host, { ...settings, ...habits }, userDn, {
      onFound: (userDn) => {
        this.#userDn = userDn;
        this.#findStore();
      },
      onMissing: () => this.#findStore(),
      onFailed: (code) => {
        this.#client.emit({ type: "error", what: "directory", code });
        this.#findStore();
      },
      onLost: (cause) => this.onClosed(cause),
    });
  }

  #findStore(): void {
    this.#mapping = null;
    if (this.#over) return;
    const { host, settings } = this.#client;
    const { serverAddress, serverPort } = settings;
    if (serverPort !== undefined) {
      this.#connect(serverPort);
      return;
    }
    this.#mapping = mapEndpoint(host, serverAddress, {
      onMapped: (port) => this.#connect(port),
      onFailed: (code) => {
        this.#client.emit({ type: "error", what: "endpoint-map", code });
        this.#finish("disconnected", { type: "disconnected", cause: "closed" });
      },
      onLost: (cause) => this.onClosed(cause),
    });
  }

  #connect(port: number): void {
    this.#mapping = null;
    const { host, settings } = this.#client;
    const { serverAddress: address, keepAlive, createAuthenticator } = settings;
    const options = {
      address,
      port,
      syntax: EMSMDB_SYNTAX,
      authenticator: createAuthenticator?.() ?? null,
      keepAlive: keepAlive ?? null,
    };
    this.#rpc = new RpcConnection(host, options, this);
  }

  onBound(): void {
    const rpc = this.#rpc as RpcConnection;
    const { host, settings } = this.#client;
    const user = this.#userDn === settings.userDn ? settings : { ...settings, userDn: this.#userDn };
    const env = { host, settings: user, rpc, openPushSocket: (ready: (socket: PushSocket | null) => void) => this.#openPushSocket(ready) };
    logOnToMailbox(env, {
      onFailed: (what, code) => this.#fail(what, code),
      onNotPushed: (code) => {
        this.#client.emit({ type: "error", what: "register-push", code });
        this.#closeSocket();
      },
      onDone: (mailbox, responses) => {
        if (this.#over) return;
        this.session = new MailboxSession(host, user, rpc, mailbox, this.#client.emit);
        this.session.start(responses, () => this.#loggedOn(rpc, mailbox));
      },
    });
  }

  onRefused(reason: number): void {
    this.#fail("bind", reason);
  }

  onClosed(cause: TcpEndCause): void {
    this.#finish("disconnected", { type: "disconnected", cause });
  }

  /** A host name that does not fit the client's buffer makes the client conclude that TCP/IP is missing, so it does not register for push (Q156711). */
  #wantsPush(): boolean {
    const { host, settings } = this.#client;
    const { push, hostNameLimit } = settings.habits;
    return push && (hostNameLimit === null || host.name.length <= hostNameLimit);
  }

  #openPushSocket(ready: (socket: PushSocket | null) => void): void {
    if (!this.#wantsPush()) {
      ready(null);
      return;
    }
    const { host, settings } = this.#client;
    this.#whenOpen = ready;
    this.#socket = new PushSocket(host, settings.habits.contextBytes, this);
  }

  onSocketOpen(): void {
    const ready = this.#whenOpen;
    this.#whenOpen = null;
    if (!this.#over) ready?.(this.#socket);
  }

  onSocketFailed(): void {
    const ready = this.#whenOpen;
    this.#whenOpen = null;
    if (this.#over) return;
    this.#socket = null;
    this.#client.emit({ type: "error", what: "udp-socket", code: null });
    ready?.(null);
  }

  onDatagram(own: boolean, b: Uint8Array, at: number, len: number, fromAddress: Ipv4Address, fromPort: number): void {
    if (this.#over) return;
    if (!own) {
      this.#client.emit({ type: "foreign-datagram", fromAddress, fromPort, payloadHex: formatHex(b, at, len) });
      return;
    }
    this.#client.emit({ type: "datagram-received", fromAddress, fromPort });
    if (this.#ready) this.session?.poll("datagram");
    else this.#nudged = true;
  }

  #closeSocket(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  #loggedOn(rpc: RpcConnection, mailbox: OpenMailbox): void {
    const pushed = mailbox.pushed ? this.#socket : null;
    this.#ready = true;
    this.#client.state = "logged-on";
    this.#client.emit({
      type: "logged-on",
      localTcpPort: rpc.localPort,
      callbackPort: pushed?.localPort ?? null,
      contextHex: pushed && formatHex(pushed.rgbContext),
    });
    if (this.#nudged) this.session?.poll("datagram");
  }

  #fail(what: MailClientErrorStep, code: number | null): void {
    if (this.#over) return;
    this.#client.emit({ type: "error", what, code });
    this.#finish("disconnected", { type: "disconnected", cause: "closed" });
  }

  logOff(): void {
    this.#client.state = "logging-off";
    if (!this.#ready || !this.session) {
      this.#finish("logged-off", { type: "logged-off" });
      return;
    }
    this.session.logOff(() => this.#finish("logged-off", { type: "logged-off" }));
  }

  /** Closes the socket and the connection, and reports how the logon ended. Later calls do nothing. */
  #finish(state: "logged-off" | "disconnected", event: MailClientEvent): void {
    if (this.#over) return;
    this.#over = true;
    this.session?.end();
    this.#mapping?.cancel();
    this.#rpc?.close();
    this.#closeSocket();
    this.#client.state = state;
    this.#client.emit(event);
  }
}

class OnlineMailClient implements MailClient {
  readonly host: Host;
  readonly settings: MailClientSettings;
  readonly emit: (event: MailClientEvent) => void;
  state: MailClientState = "logged-off";
  #attempt: Attempt | null = null;
  #lastRows: readonly InboxRow[] = NO_ROWS;

  constructor(host: Host, settings: MailClientSettings, onEvent: (event: MailClientEvent) => void) {
    this.host = host;
    this.settings = settings;
    this.emit = onEvent;
  }

  logOn(): void {
    if (this.state !== "logged-off" && this.state !== "disconnected") return;
    this.inbox();
    this.state = "connecting";
    this.#attempt = new Attempt(this);
    this.emit({ type: "connecting", serverAddress: this.settings.serverAddress });
    this.#attempt.begin();
  }

  logOff(): void {
    if (this.state === "connecting" || this.state === "logged-on") this.#attempt?.logOff();
  }

  read(which: "newest" | ObjectId): boolean {
    const session = this.#attempt?.session;
    if (this.state !== "logged-on" || !session) return false;
    const mid = which === "newest" ? session.inbox.newest?.mid : which;
    if (mid === undefined) return false;
    session.read(mid);
    return true;
  }

  mark(which: "newest" | "all" | ObjectId, read: boolean): boolean {
    const mids = this.#midsOf(which);
    if (mids.length > 0) this.#attempt?.session?.mark(mids, read);
    return mids.length > 0;
  }

  delete(which: "newest" | "all" | ObjectId): boolean {
    const mids = this.#midsOf(which);
    if (mids.length > 0) this.#attempt?.session?.delete(mids);
    return mids.length > 0;
  }

  /** Ids of the messages that a caller means; none if the client is not logged on. */
  #midsOf(which: "newest" | "all" | ObjectId): readonly ObjectId[] {
    const session = this.#attempt?.session;
    if (this.state !== "logged-on" || !session) return [];
    if (which === "all") return session.inbox.all().map(({ mid }) => mid);
    if (which !== "newest") return [which];
    const { newest } = session.inbox;
    return newest === null ? [] : [newest.mid];
  }

  send(to: string | readonly string[], subject: string, body: string): boolean {
    const session = this.#attempt?.session;
    if (this.state !== "logged-on" || !session) return false;
    session.send(typeof to === "string" ? [to] : to, subject, body);
    return true;
  }

  answer(kind: AnswerKind, which: "newest" | ObjectId, text: string, to: readonly string[] = []): boolean {
    const session = this.#attempt?.session;
    if (this.state !== "logged-on" || !session) return false;
    const mid = which === "newest" ? session.inbox.newest?.mid : which;
    if (mid === undefined) return false;
    session.answer(kind, mid, text, to);
    return true;
  }

  inbox(): readonly InboxRow[] {
    if (this.#attempt?.session) this.#lastRows = this.#attempt.session.inbox.all();
    return this.#lastRows;
  }

  takeInboxChange(): InboxChange | null {
    return this.#attempt?.session?.inbox.takeChange() ?? null;
  }
}

const NO_ROWS: readonly InboxRow[] = [];

/** Creates a client that is logged off. It sends nothing before `logOn`. */
export function createMailClient(
  host: Host,
  settings: MailClientSettings,
  onEvent: (event: MailClientEvent) => void = () => {},
): MailClient {
  return new OnlineMailClient(host, settings, onEvent);
}
