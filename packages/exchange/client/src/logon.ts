/** Logging on, in the order seen on the wire: EcDoConnect, RopLogon, long-term id, store properties, Inbox, push registration, subscription and table. */

import { encodeText } from "@pushback/bytes";
import type { Host } from "@pushback/host";
import {
  EMSMDB_OP,
  emitEcDoConnectRequest,
  emitEcRRegisterPushNotificationRequest,
  emitSockaddrIn,
  LOGON_FOLDER,
  LOGON_PRIVATE,
  NO_HANDLE,
  NOTIFICATION_TYPE,
  NULL_OBJECT_ID,
  newSessionRequest,
  type ObjectId,
  PR_CONTENT_COUNT,
  PR_CONTENT_UNREAD,
  PR_DISPLAY_NAME,
  parseEcDoConnectResponse,
  parseEcRRegisterPushNotificationResponse,
  type RopRequest,
  type RopResponse,
  TABLE_NO_NOTIFICATIONS,
} from "@pushback/mapi";
import type { MailClientErrorStep } from "./events.ts";
import { INBOX_COLUMNS } from "./inbox-view.ts";
import type { PushSocket } from "./push-socket.ts";
import { callRops, failureOf, LARGE_ANSWER, MEDIUM_ANSWER, type RopOutcome, responseOf, SMALL_ANSWER } from "./rop-call.ts";
import type { RpcConnection } from "./rpc-connection.ts";
import type { MailClientSettings } from "./settings.ts";

/** OpenFlags of RopLogon as a 5.5 client sends them: home logon, take ownership. */
const LOGON_OPEN_FLAGS = 0x0000000c;

/** grbitAdviseBits: all of them. */
const ALL_ADVISE_BITS = 0xffffffff;

/** Rows per RopQueryRows. The client queries again for rows that did not fit into the response. */
export const ROWS_PER_QUERY = 1000;

/** LogonId of the session's only logon. */
export const LOGON_ID = 0;

/** The handles and ids of a session that is logged on. */
export interface OpenMailbox {
  readonly pcxh: Uint8Array;
  readonly inboxFid: ObjectId;
  readonly outboxFid: ObjectId;
  readonly deletedItemsFid: ObjectId;
  readonly logonHandle: number;
  readonly inboxHandle: number;
  readonly subscriptionHandle: number;
  readonly tableHandle: number;
  /** True if the server accepted the push registration. */
  readonly pushed: boolean;
}

/** How a logon ends. At most one of `onDone` and `onFailed` is called; neither if the connection ends first. */
export interface LogonHandlers {
  /** `responses`: the ROP responses of the last EcDoRpc call; QueryRows is among them and has the first rows of the Inbox's contents table. */
  onDone(mailbox: OpenMailbox, responses: readonly RopResponse[]): void;
  /** The logon failed at the step `what`. `code`: the server's error code or fault status; `null` if there is none. */
  onFailed(what: MailClientErrorStep, code: number | null): void;
  /** The server refused the push registration. The logon continues without it. */
  onNotPushed(code: number | null): void;
}

const { NEW_MAIL, OBJECT_CREATED, OBJECT_DELETED, OBJECT_MODIFIED, OBJECT_MOVED, OBJECT_COPIED } = NOTIFICATION_TYPE;
/** New mail, and every other change of a message in the folder (MS-OXCNOTIF 2.2.1.1). */
const EVERY_CHANGE = NEW_MAIL | OBJECT_CREATED | OBJECT_DELETED | OBJECT_MODIFIED | OBJECT_MOVED | OBJECT_COPIED;

/** Resources of a logon: the machine, the settings, a bound connection to the server, and a function that opens the UDP socket. */
export interface LogonEnvironment {
  readonly host: Host;
  readonly settings: MailClientSettings;
  readonly rpc: RpcConnection;
  /** Opens the UDP socket and calls back with it; calls back with `null` at once if this client does not register for push. */
  openPushSocket(ready: (socket: PushSocket | null) => void): void;
}

/** ulConMod is a hash of the DN that the client may choose (MS-OXCRPC); this is FNV-1a. */
function hashOf(b: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const octet of b) hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  return hash;
}

/** Logs on: connects a session, opens the mailbox and the Inbox, and registers for push datagrams if the platform does. */
export function logOnToMailbox(env: LogonEnvironment, handlers: LogonHandlers): void {
  const { host, settings, rpc } = env;
  const { habits } = settings;
  const dn = encodeText(habits.codePage, settings.userDn);
  let pcxh: Uint8Array = new Uint8Array(0);
  let logonHandle = NO_HANDLE;
  let inboxHandle = NO_HANDLE;
  let inboxFid: ObjectId = NULL_OBJECT_ID;
  let outboxFid: ObjectId = NULL_OBJECT_ID;
  let deletedItemsFid: ObjectId = NULL_OBJECT_ID;
  let pushed = false;

  function rops(
    what: MailClientErrorStep,
    requests: readonly RopRequest[],
    handles: readonly number[],
    usSize: number,
    then: (outcome: Extract<RopOutcome, { readonly ok: true }>) => void,
  ): void {
    callRops(rpc, { pcxh, requests, handles, usSize, rowColumns: INBOX_COLUMNS }, (outcome) => {
      if (!outcome.ok) return handlers.onFailed(what, outcome.code);
      const code = failureOf(outcome.responses);
      if (code !== null) return handlers.onFailed(what, code);
      then(outcome);
    });
  }

  function connect(): void {
    const request = emitEcDoConnectRequest(newSessionRequest(dn, habits, { ulConMod: hashOf(dn) }));
    rpc.call(EMSMDB_OP.EcDoConnect, request, (answer) => {
      if (!answer.ok) return handlers.onFailed("connect", answer.status);
      const response = parseEcDoConnectResponse(answer.stub, answer.littleEndian);
      if (response?.returnValue !== 0) return handlers.onFailed("connect", response?.returnValue ?? null);
      pcxh = response.pcxh;
      logon();
    });
  }

  function logon(): void {
    const request: RopRequest = {
      rop: "Logon",
      logonId: LOGON_ID,
      outputHandleIndex: 0,
      logonFlags: LOGON_PRIVATE,
      openFlags: LOGON_OPEN_FLAGS,
      storeState: 0,
      essdn: dn,
    };
    rops("logon", [request], [NO_HANDLE], SMALL_ANSWER, ({ responses, handles }) => {
      const reply = responseOf(responses, "Logon");
      if (!reply) return handlers.onFailed("logon", null);
      logonHandle = handles[0];
      inboxFid = reply.reply.folderIds[LOGON_FOLDER.INBOX];
      outboxFid = reply.reply.folderIds[LOGON_FOLDER.OUTBOX];
      deletedItemsFid = reply.reply.folderIds[LOGON_FOLDER.DELETED_ITEMS];
      askForNames();
    });
  }

  function askForNames(): void {
    const on = { logonId: LOGON_ID, inputHandleIndex: 0 };
    rops("logon", [{ rop: "LongTermIdFromId", ...on, objectId: inboxFid }], [logonHandle], SMALL_ANSWER, () => {
      const properties: RopRequest = { rop: "GetPropertiesSpecific", ...on, propertySizeLimit: 0, wantUnicode: 0, tags: [PR_DISPLAY_NAME] };
      rops("logon", [properties], [logonHandle], MEDIUM_ANSWER, openInbox);
    });
  }

  function openInbox(): void {
    const requests: RopRequest[] = [
      { rop: "OpenFolder", logonId: LOGON_ID, inputHandleIndex: 0, outputHandleIndex: 1, folderId: inboxFid, openModeFlags: 0 },
      {
        rop: "GetPropertiesSpecific",
        logonId: LOGON_ID,
        inputHandleIndex: 1,
        propertySizeLimit: 0,
        wantUnicode: 0,
        tags: [PR_DISPLAY_NAME, PR_CONTENT_COUNT, PR_CONTENT_UNREAD],
      },
    ];
    rops("open-inbox", requests, [logonHandle, NO_HANDLE], MEDIUM_ANSWER, ({ handles }) => {
      inboxHandle = handles[1];
      env.openPushSocket((socket) => (socket ? register(socket) : subscribe()));
    });
  }

  function register(socket: PushSocket): void {
    const request = emitEcRRegisterPushNotificationRequest({
      pcxh,
      iRpc: 0,
      rgbContext: socket.rgbContext,
      grbitAdviseBits: ALL_ADVISE_BITS,
      rgbCallbackAddress: emitSockaddrIn(host.address, socket.localPort),
    });
    rpc.call(EMSMDB_OP.EcRRegisterPushNotification, request, (answer) => {
      const response = answer.ok ? parseEcRRegisterPushNotificationResponse(answer.stub, answer.littleEndian) : null;
      pushed = response?.returnValue === 0;
      if (!pushed) handlers.onNotPushed(answer.ok ? (response?.returnValue ?? null) : answer.status);
      subscribe();
    });
  }

  /** One call carries all of these requests: the client library holds its Advise back until its next call. */
  function subscribe(): void {
    const requests: RopRequest[] = [
      {
        rop: "RegisterNotification",
        logonId: LOGON_ID,
        inputHandleIndex: 0,
        outputHandleIndex: 2,
        notificationTypes: settings.habits.watches === "inbox" ? EVERY_CHANGE : NOTIFICATION_TYPE.NEW_MAIL,
        wantWholeStore: false,
        folderId: inboxFid,
        messageId: NULL_OBJECT_ID,
      },
      { rop: "GetContentsTable", logonId: LOGON_ID, inputHandleIndex: 1, outputHandleIndex: 3, tableFlags: TABLE_NO_NOTIFICATIONS },
      { rop: "SetColumns", logonId: LOGON_ID, inputHandleIndex: 3, flags: 0, tags: INBOX_COLUMNS },
      { rop: "QueryRows", logonId: LOGON_ID, inputHandleIndex: 3, flags: 0, forwardRead: 1, rowCount: ROWS_PER_QUERY },
    ];
    const slots = [logonHandle, inboxHandle, NO_HANDLE, NO_HANDLE];
    rops("subscribe", requests, slots, LARGE_ANSWER, ({ responses, handles }) => {
      const [, , subscriptionHandle, tableHandle] = handles;
      const folders = { inboxFid, outboxFid, deletedItemsFid };
      handlers.onDone({ pcxh, ...folders, logonHandle, inboxHandle, subscriptionHandle, tableHandle, pushed }, responses);
    });
  }

  connect();
}
