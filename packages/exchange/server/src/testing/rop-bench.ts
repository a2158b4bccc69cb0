/** Test support: one session of one mailbox, and ROP buffers carried out on it without a network. */

import { ByteWriter } from "@pushback/bytes";
import type { Host } from "@pushback/host";
import {
  type ColumnsOf,
  emitRopBuffer,
  LOGON_FOLDER,
  NO_HANDLE,
  parseRopBuffer,
  parseRopResponses,
  putRopRequest,
  type RopRequest,
  type RopResponse,
} from "@pushback/mapi";
import { createRopService, type RopService } from "../dispatch/rop-handlers.ts";
import { processRops, type RopOutcome } from "../dispatch/rop-processor.ts";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { InformationStore } from "../mail-store/store.ts";
import type { StorePersistence } from "../mail-store/store-persistence.ts";
import { queueNotifications } from "../notification/notification-rops.ts";
import { applyRules } from "../rules/apply-rules.ts";
import type { RopFault, ServedRop } from "../session/served-rop.ts";
import { Session } from "../session/session.ts";

/** 1997-07-04 12:00 UTC, in milliseconds. */
const NOON = Date.UTC(1997, 6, 4, 12);
const ROOM_BYTES = 5632;
const CODE_PAGE = 1252;

/** Clock and randomness of a machine without a network. */
function hostWithoutNetwork(): Host {
  let word = 1;
  const refuse = (): never => {
    throw new Error("this host has no network");
  };
  return {
    name: "BENCH",
    address: 0x0a000001,
    nowUs: () => 0,
    wallClockMs: () => NOON,
    setTimer: refuse,
    randomU32: () => word++,
    listenTcp: refuse,
    connectTcp: refuse,
    openUdp: refuse,
  };
}

/** What a buffer did: its responses, and its handle table afterwards. */
interface Carried {
  readonly responses: readonly RopResponse[];
  readonly handles: readonly number[];
}

export interface RopBench {
  readonly store: InformationStore;
  readonly mailbox: Mailbox;
  readonly session: Session;
  /** Handles of the logon and of the Inbox. */
  readonly handles: readonly number[];
  /** Exceptions in custom ROPs. Those in built-in ROPs are thrown. */
  readonly faults: readonly RopFault[];
  /** Carries out a ROP buffer as it came from the network. */
  raw(rgb: Uint8Array, usSize?: number): RopOutcome;
  /** Carries out requests; throws if the buffer fails as a whole. `columns` are those of rows in the responses. */
  ask(requests: readonly RopRequest[], handles?: readonly number[], columns?: readonly number[]): Carried;
  /** Carries out one request on the logon (index 0), the Inbox (1) and two empty slots (2, 3). */
  one(request: RopRequest, columns?: readonly number[]): RopResponse;
  /** A bench with another session of the same mailbox. */
  another(): RopBench;
  /** A bench of a session of this mailbox. */
  as(alias: string): RopBench;
}

/** A store with the mailboxes "ada" and "grace" (taken from the persistence if it has them), and a session of ada with logon and Inbox open. */
export function createRopBench(extra: readonly ServedRop[] = [], persistence: StorePersistence | null = null): RopBench {
  const store = new InformationStore(hostWithoutNetwork(), persistence);
  store.router = applyRules;
  const known = store.findByAlias("ada");
  const mailbox = known ?? (store.addMailbox("ada", "/o=Pushback/ou=Lab/cn=Recipients/cn=ada", "Ada") as Mailbox);
  store.addMailbox("grace", "/o=Pushback/ou=Lab/cn=Recipients/cn=grace", "Grace");
  return benchOf(store, mailbox, createRopService(extra), 1);
}

function benchOf(store: InformationStore, mailbox: Mailbox, service: RopService, sessionId: number): RopBench {
  const session = new Session(sessionId, mailbox, CODE_PAGE, [4, 837, 0], 0, 0x0a000002, 1024, 0);
  session.watcher = (change) => queueNotifications(session, change);
  session.watch(mailbox);
  const faults: RopFault[] = [];
  const onFault = (fault: RopFault): void => {
    if (!service.added.has(fault.rop)) throw fault.error;
    faults.push(fault);
  };
  const raw = (rgb: Uint8Array, usSize = ROOM_BYTES) => processRops(service, store, session, rgb, usSize, NOON, () => 0, onFault);

  function ask(requests: readonly RopRequest[], handles: readonly number[], columns: readonly number[] = []): Carried {
    const w = new ByteWriter();
    for (const request of requests) putRopRequest(w, request, service.rops);
    const outcome = raw(emitRopBuffer({ ropsList: w.toBytes(), handles }));
    const columnsOf: ColumnsOf = () => columns;
    const buffer = parseRopBuffer(outcome.rgb);
    const responses = buffer && parseRopResponses(buffer.ropsList, columnsOf, service.rops);
    if (!buffer || !responses) throw new Error(`the buffer failed: 0x${outcome.returnValue.toString(16)}`);
    return { responses, handles: buffer.handles };
  }

  const essdn = new TextEncoder().encode(mailbox.dn);
  const folderId = mailbox.folder(LOGON_FOLDER.INBOX).fid;
  const opened = ask(
    [
      { rop: "Logon", logonId: 0, outputHandleIndex: 0, logonFlags: 1, openFlags: 0, storeState: 0, essdn },
      { rop: "OpenFolder", logonId: 0, inputHandleIndex: 0, outputHandleIndex: 1, folderId, openModeFlags: 0 },
    ],
    [NO_HANDLE, NO_HANDLE],
  );
  const { handles } = opened;
  const slots = [...handles, NO_HANDLE, NO_HANDLE];
  return {
    store,
    mailbox,
    session,
    handles,
    faults,
    raw,
    ask: (requests, table = slots, columns = []) => ask(requests, table, columns),
    one(request, columns = []) {
      const { responses, handles: table } = ask([request], slots, columns);
      slots.splice(0, slots.length, ...table);
      return responses[0];
    },
    another: () => benchOf(store, mailbox, service, sessionId + 1),
    as: (alias) => benchOf(store, store.findByAlias(alias) as Mailbox, service, sessionId + 1),
  };
}

/** The first fields of a request on the object in slot `index`. */
export function on(index: number) {
  return { logonId: 0, inputHandleIndex: index };
}

/** The first fields of a request that opens an object from slot `index` into slot `into`. */
export function opens(index: number, into: number) {
  return { ...on(index), outputHandleIndex: into };
}
