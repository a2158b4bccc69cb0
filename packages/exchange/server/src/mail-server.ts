/** The server core: opens its ports, accepts associations, and gives administrators their handles. It knows no scenario and no platform. */

import { formatHex } from "@pushback/bytes";
import { AddressBook, prepareDirectory } from "@pushback/directory";
import type { Host, Ipv4Address, TcpListener } from "@pushback/host";
import { EMSMDB_SYNTAX, LOGON_FOLDER, type ObjectId, type VersionWords } from "@pushback/mapi";
import { NSPI_SYNTAX, RFR_SYNTAX } from "@pushback/nspi";
import type { MailServerEvent } from "./events.ts";
import { MAX_STORE_BYTES_IN_MEMORY } from "./limits.ts";
import type { Mailbox } from "./mail-store/mailbox.ts";
import { addressedTo } from "./mail-store/message-content.ts";
import { type Delivery, type GroupDelivery, InformationStore, type MessageToDeliver, randomBytes } from "./mail-store/store.ts";
import { decodeWireText, encodeWireText, isWireCodePage } from "./mail-store/wire-text.ts";
import { Notifier } from "./push/notifier.ts";
import { Association, type AssociationGroup, type RpcInterface } from "./rpc/association.ts";
import { AssociationGuard } from "./rpc/association-guard.ts";
import { Nspi, Rfr } from "./rpc/directory.ts";
import { Emsmdb } from "./rpc/emsmdb.ts";
import { EndpointMapper } from "./rpc/endpoint-mapper.ts";
import { TurnShare } from "./rpc/turn-share.ts";
import { applyRules } from "./rules/apply-rules.ts";
import { DEFAULT_SETTINGS, type MailServerSettings, type RpcService, type StoppedServer } from "./settings.ts";

/** A mailbox to add; without `dn` the organization's settings and the alias make one, without `displayName` it is the alias. */
export interface MailboxToAdd {
  readonly alias: string;
  readonly dn?: string;
  readonly displayName?: string;
}

/** A session as an administrator sees it; times are microseconds of the server's clock. */
export interface SessionView {
  readonly id: number;
  readonly user: string;
  readonly clientVersion: VersionWords;
  readonly remoteAddress: Ipv4Address;
  readonly remotePort: number;
  readonly callback: { readonly address: Ipv4Address; readonly port: number; readonly contextHex: string } | null;
  readonly pendingCount: number;
  readonly datagramsSent: number;
  readonly connectedAtUs: number;
  readonly lastActivityUs: number;
}

/** A mailbox as an administrator sees it: of messages, those in the Inbox. */
export interface MailboxView {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  readonly messages: number;
  readonly unread: number;
}

/** Counters since the server was created, unless stated otherwise. */
export interface ServerCounts {
  /** Number of associations that are open now. */
  readonly associations: number;
  readonly datagramsSent: number;
  readonly delivered: number;
}

/** A mail server with its information store and directory. */
export interface MailServer {
  /** The new mailbox's DN; `null` when alias or DN is taken, or when it could not be stored. */
  addMailbox(mailbox: MailboxToAdd): string | null;
  /** Removes a mailbox with its mail and ends its sessions. Returns whether it existed and was removed. */
  removeMailbox(alias: string): boolean;
  /** All mailboxes, in the order in which they were added. */
  mailboxes(): MailboxView[];
  /** Delivers to the Inbox; durable on return. A message without `content` has the mailbox's owner as its recipient. Repeating a `key` for the same mailbox stores nothing further. */
  accept(alias: string, message: MessageToDeliver, key: string | null): Delivery;
  /** Delivers to the Inboxes of all mailboxes in one durable step, or to none if one fails. Duplicate aliases count once. See `accept` for `key`. */
  acceptAll(aliases: readonly string[], message: MessageToDeliver, key: string | null): GroupDelivery;
  counts(): ServerCounts;
  /** Delivers to the Inbox; `null` if the mailbox does not exist. */
  deliver(alias: string, message: MessageToDeliver): ObjectId | null;
  /** Deletes from the Inbox; returns whether the message existed. */
  remove(alias: string, mid: ObjectId): boolean;
  /** All open sessions, in the order of their EcDoConnect. */
  sessions(): SessionView[];
  /** Microseconds between a session's datagrams, from its next one on; RangeError unless positive. */
  setNotificationInterval(intervalUs: number): void;
  /**
   * Sorts the directory, and computes what its conditions compare, before a call needs it; each `next` of the result takes about a millisecond.
   * A server on which it is not called does the same in the calls that need it first.
   */
  prepareDirectory(): Iterator<void>;
  /** Ends every connection in order (FIN), stops the datagrams and closes the ports. */
  close(): void;
  /**
   * Ends every session, as the end of the server's process does; connections and ports stay as they are (`close` first, unless the machine is
   * gone). A server that is created with the result in `continues` has the same mail.
   */
  halt(): StoppedServer;
}

function createAddressBook(host: Host, all: MailServerSettings, serverDn: string): AddressBook {
  return new AddressBook({
    organization: all.organization,
    site: all.site,
    server: host.name,
    serverDn,
    mailDomain: all.directoryMailDomain,
    serverGuid: randomBytes(host, 16),
    text: { knows: isWireCodePage, encode: encodeWireText, decode: decodeWireText },
  });
}

/** Receives datagrams as numbers, in place of `onEvent`: a large fleet sends tens of millions, and an object for each is slow. */
export type DatagramListener = (session: number, number: number, address: Ipv4Address, port: number, localPort: number) => void;

/** Starts a mail server; the ports are open once the `listening` event was emitted. */
export function createMailServer(
  host: Host,
  settings: Partial<MailServerSettings> = {},
  onEvent: (event: MailServerEvent) => void = () => {},
  onDatagram: DatagramListener | null = null,
): MailServer {
  const all: MailServerSettings = { ...DEFAULT_SETTINGS, ...settings };
  const { continues } = all;
  const store =
    continues?.store ??
    new InformationStore(host, all.persistence, all.limits?.mailboxBytes, all.limits ? MAX_STORE_BYTES_IN_MEMORY : undefined);
  store.moveTo(host);
  store.router = applyRules;
  store.serverDn = `/o=${all.organization}/ou=${all.site}/cn=Configuration/cn=Servers/cn=${host.name}`;
  let delivered = 0;
  store.onDelivered = (mailbox, mid) => {
    delivered++;
    onEvent({ type: "delivered", mailbox: mailbox.alias, mid });
  };
  const guard = new AssociationGuard(host, all.limits, {
    onRefused: (remoteAddress, why) => onEvent({ type: "association-refused", remoteAddress, why }),
    onExpired: (association, why) => onEvent({ type: "association-expired", association: association.id, why }),
  });
  const unread = { bytes: 0 };
  const turn = all.limits ? new TurnShare(host) : null;
  let epmPort: number | null = null;
  let emsmdbPort = 0;
  let notifierPort = 0;
  let nextAssociation = continues?.nextAssociation ?? 1;
  let closed = false;
  let directoryPort: number | null = null;
  let opening = 2 + (all.endpointMapperPort === null ? 0 : 1) + (all.directoryPort === null ? 0 : 1);

  /** Emits `listening` when the last port is open. */
  function opened(): void {
    if (--opening > 0 || closed) return;
    onEvent({ type: "listening", epmPort, emsmdbPort, notifierPort, ...(directoryPort !== null && { directoryPort }) });
  }

  function withdraw(address: Ipv4Address, port: number): void {
    for (const session of emsmdb.sessions) {
      const to = notifier.registrationOf(session);
      if (to?.address !== address || to.port !== port) continue;
      notifier.unregister(session);
      onEvent({ type: "registration-withdrawn", session: session.id, address, port });
    }
  }

  const notifier = new Notifier(host, all.notificationIntervalUs, all.movesPushPort, all.limits, {
    onOpen: (localPort) => {
      notifierPort = localPort;
      opened();
    },
    onFailed: (fault) => onEvent({ type: "open-failed", what: "notifier", fault }),
    onSent:
      onDatagram ??
      ((session, number, address, port, localPort) => onEvent({ type: "datagram-sent", session, number, address, port, localPort })),
    ...(all.honourIcmp && { onUnreachable: withdraw }),
  });
  const emsmdb = new Emsmdb(host, store, all, notifier, onEvent);
  store.messages.onChanged = (change) => {
    if (change.kind === "announced" || (change.kind === "created" && change.newMail)) return;
    const { mailbox } = change.folder;
    const inbox = mailbox.kind === "private" ? mailbox.folder(LOGON_FOLDER.INBOX) : null;
    if (inbox === null || (change.folder !== inbox && !("from" in change && change.from.folder === inbox))) return;
    onEvent({
      type: "inbox-changed",
      mailbox: mailbox.alias,
      mid: change.message.mid,
      change: change.kind,
      by: emsmdb.caller?.id ?? null,
    });
  };
  emsmdb.nextSession = continues?.nextSession ?? 1;

  function listen(
    service: RpcService,
    port: number,
    rpcInterfaces: readonly [RpcInterface, ...RpcInterface[]],
    onPort: (port: number) => void,
  ): TcpListener {
    const { maxFragBytes } = all;
    // The endpoint mapper answers anonymous callers; it accepts credentials because some clients always send them.
    // The directory accepts anonymous binds to the interface; NspiBind itself refuses them.
    const allowAnonymous = all.allowAnonymous || service !== "emsmdb";
    const groups = new Map<number, AssociationGroup>();
    const statistics = { callsIn: 0, callsOut: 0, pdusIn: 0, pdusOut: 0 };
    const onClosed = (association: Association) => guard.forget(association);
    const ofAll = {
      rpcInterfaces,
      port,
      maxFragBytes,
      allowAnonymous,
      nowUs: () => host.nowUs(),
      turn,
      unread,
      groups,
      statistics,
      onClosed,
    };
    return host.listenTcp(port, {
      onListening: (localPort) => {
        ofAll.port = localPort;
        onPort(localPort);
        opened();
      },
      onAccept: (connection) =>
        guard.admit(connection, () => {
          const { createAuthenticator } = all;
          const create = createAuthenticator && (() => createAuthenticator(service));
          const association = new Association(nextAssociation++, connection, ofAll, create);
          // Without TCP keep-alive, pushes to a client that vanished would never end.
          connection.setKeepAlive();
          const { remoteAddress, remotePort } = connection;
          onEvent({ type: "association-opened", association: association.id, service, remoteAddress, remotePort });
          return association;
        }),
      onFailed: (fault) => onEvent({ type: "open-failed", what: service, fault }),
    });
  }

  const listeners = [
    listen("emsmdb", all.emsmdbPort, [emsmdb], (port) => {
      emsmdbPort = port;
    }),
  ];
  const book = all.directoryPort === null ? null : createAddressBook(host, all, store.serverDn);
  for (const mailbox of book ? store.mailboxes() : []) book?.add(mailbox);
  if (book && all.directoryPort !== null) {
    const mayBind = (account: string | null) => account !== null || all.createAuthenticator === null || all.allowAnonymous;
    const nspi = new Nspi(book, (len) => randomBytes(host, len), mayBind, onEvent);
    listeners.push(
      listen("directory", all.directoryPort, [nspi, new Rfr(book)], (port) => {
        directoryPort = port;
      }),
    );
  }
  if (all.endpointMapperPort !== null) {
    const mapped = [{ syntax: EMSMDB_SYNTAX, annotation: "MS Exchange Information Store", port: () => emsmdbPort }];
    if (book) {
      const port = () => directoryPort ?? 0;
      mapped.push({ syntax: NSPI_SYNTAX, annotation: "MS Exchange Directory NSPI Proxy", port });
      mapped.push({ syntax: RFR_SYNTAX, annotation: "MS Exchange Directory RFR Interface", port });
    }
    const mapper = new EndpointMapper(mapped, onEvent);
    listeners.push(
      listen("endpoint-mapper", all.endpointMapperPort, [mapper], (port) => {
        epmPort = port;
      }),
    );
  }

  function accept(alias: string, message: MessageToDeliver, key: string | null): Delivery {
    const mailbox = store.findByAlias(alias);
    if (!mailbox) return { ok: false, alias, why: "no-such-mailbox" };
    const { content = addressedTo(mailbox.dn, mailbox.displayName) } = message;
    return store.deliver(mailbox, store.prepare({ ...message, content }), key);
  }

  function acceptAll(aliases: readonly string[], message: MessageToDeliver, key: string | null): GroupDelivery {
    const mailboxes = new Set<Mailbox>();
    for (const alias of aliases) {
      const mailbox = store.findByAlias(alias);
      if (!mailbox) return { ok: false, alias, why: "no-such-mailbox" };
      mailboxes.add(mailbox);
    }
    return store.deliverAll([...mailboxes], () => store.prepare(message), key);
  }

  return {
    addMailbox({ alias, dn, displayName }) {
      const name = dn ?? `/o=${all.organization}/ou=${all.site}/cn=Recipients/cn=${alias}`;
      const mailbox = store.addMailbox(alias, name, displayName ?? alias);
      if (mailbox) book?.add(mailbox);
      return mailbox?.dn ?? null;
    },
    removeMailbox(alias) {
      const mailbox = store.findByAlias(alias);
      if (!mailbox || !store.removeMailbox(alias)) return false;
      book?.remove(mailbox.dn);
      emsmdb.endSessionsOf(mailbox);
      return true;
    },
    mailboxes() {
      return store.mailboxes().map((mailbox) => {
        const { alias, dn, displayName } = mailbox;
        const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
        return { alias, dn, displayName, messages: inbox.messages.size, unread: inbox.unread };
      });
    },
    deliver(alias, message) {
      const delivery = accept(alias, message, null);
      return delivery.ok ? delivery.mid : null;
    },
    accept,
    acceptAll,
    counts: () => ({ associations: guard.associations.size, datagramsSent: notifier.datagramsSent, delivered }),
    remove(alias, mid) {
      const mailbox = store.findByAlias(alias);
      return mailbox !== null && store.messages.remove(mailbox, mid);
    },
    sessions() {
      return [...emsmdb.sessions].map((s) => {
        const to = notifier.registrationOf(s);
        return {
          id: s.id,
          user: s.mailbox.alias,
          clientVersion: s.clientVersion,
          remoteAddress: s.remoteAddress,
          remotePort: s.remotePort,
          callback: to && { address: to.address, port: to.port, contextHex: formatHex(to.rgbContext) },
          pendingCount: s.pending.length,
          datagramsSent: notifier.datagramsSentTo(s),
          connectedAtUs: s.connectedAtUs,
          lastActivityUs: s.lastActivityUs,
        };
      });
    },
    setNotificationInterval(intervalUs) {
      if (!(intervalUs > 0)) throw new RangeError(`not a positive number of microseconds: ${intervalUs}`);
      notifier.setInterval(intervalUs);
    },
    prepareDirectory: () => (book ? prepareDirectory(book) : [].values()),
    close() {
      closed = true;
      for (const listener of listeners) listener.close();
      emsmdb.stop();
      guard.close();
      notifier.close();
    },
    halt() {
      closed = true;
      emsmdb.halt();
      return { store, nextSession: emsmdb.nextSession, nextAssociation };
    },
  };
}
