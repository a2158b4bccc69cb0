/** Cases of single ROPs: what is refused alone, folders, copies, embedded messages, notifications. They work in a folder of their own. */

import { encodeText } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";
import { type Case, expectCode, type Stage, sessionOf } from "./case.ts";
import { codeText, NotConforming } from "./session.ts";

/** Slots of the handle table. */
const LOGON = 0;
const ROOT = 1;
const FOLDER = 2;
const MESSAGE = 3;
const OTHER = 4;
const SLOTS = 6;

const on = (index: number) => ({ logonId: 0, inputHandleIndex: index });
const opens = (index: number, into: number) => ({ ...on(index), outputHandleIndex: into });
const SUBJECT = "A message of the conformance suite";
const ALL_CONTENT = mapi.DELETE_FOLDER.MESSAGES | mapi.DELETE_FOLDER.FOLDERS;

/** ROPs of one case: the handle table goes from one buffer to the next. */
class Bench {
  readonly #s: Stage;
  #handles: readonly number[];

  constructor(s: Stage) {
    this.#s = s;
    this.#handles = [sessionOf(s).session.logon, ...new Array<number>(SLOTS - 1).fill(mapi.NO_HANDLE)];
  }

  async all(requests: readonly mapi.RopRequest[], columns: readonly number[] | null = null): Promise<readonly mapi.RopResponse[]> {
    const { responses, handles } = await sessionOf(this.#s).session.rops(requests, this.#handles, columns);
    this.#handles = handles;
    return responses;
  }

  /** One ROP that must succeed. */
  async one<Name extends mapi.RopResponse["rop"]>(
    request: mapi.RopRequest & { readonly rop: Name },
    columns: readonly number[] | null = null,
  ): Promise<Extract<mapi.RopResponse, { readonly rop: Name }>> {
    const [answer] = await this.all([request], columns);
    if (answer?.rop === request.rop) return answer as Extract<mapi.RopResponse, { readonly rop: Name }>;
    throw new NotConforming(`Rop${request.rop}: ${answer?.rop === "failure" ? codeText(answer.returnValue) : "no answer"}`);
  }

  /** Opens the parent of the Inbox, and makes a folder below it. */
  async makeFolder(): Promise<mapi.ObjectId> {
    const { inbox } = sessionOf(this.#s).session;
    await this.one({ rop: "OpenFolder", ...opens(LOGON, ROOT), folderId: inbox, openModeFlags: 0 });
    const displayName = encodeText(1252, `Conformance ${Date.now().toString(36)} ${Math.random().toString(36).slice(2, 8)}`);
    const made = await this.one({
      rop: "CreateFolder",
      ...opens(ROOT, FOLDER),
      folderType: mapi.FOLDER_TYPE.GENERIC,
      useUnicodeStrings: false,
      openExisting: 0,
      displayName,
      comment: new Uint8Array(0),
    });
    return made.folderId;
  }

  async dropFolder(folderId: mapi.ObjectId): Promise<void> {
    const dropped = await this.one({ rop: "DeleteFolder", ...on(ROOT), deleteFolderFlags: ALL_CONTENT, folderId });
    if (dropped.partialCompletion) throw new NotConforming("RopDeleteFolder: carried out in part");
  }

  /** Creates a message in slot `slot` and sets its subject; the message is not saved. */
  async write(folderId: mapi.ObjectId, slot: number, subject: string | null): Promise<void> {
    await this.one({ rop: "CreateMessage", ...opens(LOGON, slot), codePageId: mapi.CODE_PAGE_OF_LOGON, folderId, associated: false });
    if (subject !== null) await this.setSubject(slot, subject);
  }

  async setSubject(slot: number, subject: string): Promise<void> {
    const values = [{ tag: mapi.PR_SUBJECT, value: encodeText(1252, subject) }];
    const { problems } = await this.one({ rop: "SetProperties", ...on(slot), values });
    if (problems.length > 0) throw new NotConforming(`RopSetProperties: ${codeText(problems[0].errorCode)}`);
  }

  async save(slot: number): Promise<mapi.ObjectId> {
    const saved = await this.one({
      rop: "SaveChangesMessage",
      logonId: 0,
      responseHandleIndex: slot,
      inputHandleIndex: slot,
      saveFlags: 0x0a,
    });
    return saved.messageId;
  }

  async mustHaveSubject(slot: number, wanted: string): Promise<void> {
    const columns = [mapi.PR_SUBJECT];
    const request = { rop: "GetPropertiesSpecific", ...on(slot), propertySizeLimit: 0, wantUnicode: 0, tags: columns } as const;
    const { cells } = await this.one(request, columns);
    const [cell] = cells;
    const found = cell instanceof Uint8Array ? new TextDecoder("latin1").decode(cell) : "nothing";
    if (found !== wanted) throw new NotConforming(`the subject is "${found}", not "${wanted}"`);
  }
}

/** Runs a case with a new folder, which is deleted at the end. */
function inFolder(run: (b: Bench, folderId: mapi.ObjectId, s: Stage) => Promise<void>): Case["run"] {
  return async (s) => {
    const bench = new Bench(s);
    const folderId = await bench.makeFolder();
    try {
      await run(bench, folderId, s);
    } finally {
      await bench.dropFolder(folderId);
    }
  };
}

export const ROP_CASES: readonly Case[] = [
  {
    id: "rop-refused-alone",
    title: "a ROP of later servers, and one on no object, are refused alone: the rest of the buffer is carried out",
    needs: ["logon"],
    async run(s) {
      const { session } = sessionOf(s);
      const ask: mapi.RopRequest = { rop: "LongTermIdFromId", ...on(LOGON), objectId: session.inbox };
      const later: mapi.RopRequest = { rop: "WriteStreamExtended", ...on(LOGON), data: new Uint8Array(3) };
      const none: mapi.RopRequest = { rop: "LongTermIdFromId", ...on(9), objectId: session.inbox };
      const responses = await new Bench(s).all([ask, later, ask, none, ask]);
      const found = responses.filter(({ rop }) => rop !== "Notify" && rop !== "Pending").map(({ rop }) => rop);
      const wanted = ["LongTermIdFromId", "failure", "LongTermIdFromId", "failure", "LongTermIdFromId"];
      if (found.join() !== wanted.join()) throw new NotConforming(`the answers are ${found.join(", ") || "none"}`);
    },
  },
  {
    id: "rop-reserved",
    title: "an id that MS-OXCROPS reserves fails its buffer with ecRpcFormat, and the session goes on",
    needs: ["logon"],
    async run(s) {
      const { session } = sessionOf(s);
      const rgb = mapi.emitRopBuffer({ ropsList: Uint8Array.of(0x00, 0x00, 0x00), handles: [session.logon] });
      const request = mapi.emitEcDoRpcRequest({ pcxh: session.pcxh, rgb, usSize: 512 });
      const answer = await session.connection.call(mapi.EMSMDB_OP.EcDoRpc, request);
      const response = typeof answer === "number" ? null : mapi.parseEcDoRpcResponse(answer);
      if (!response) throw new NotConforming(`EcDoRpc: ${typeof answer === "number" ? `fault ${codeText(answer)}` : "no answer"}`);
      expectCode("EcDoRpc: return value", response.returnValue, mapi.MAPI_ERROR.ecRpcFormat, "ecRpcFormat");
      await session.rops([], []);
    },
  },
  {
    id: "rop-folder",
    title: "a folder that is made can be opened, and one that is deleted cannot",
    needs: ["logon"],
    async run(s) {
      const bench = new Bench(s);
      const folderId = await bench.makeFolder();
      await bench.one({ rop: "OpenFolder", ...opens(LOGON, OTHER), folderId, openModeFlags: 0 });
      await bench.dropFolder(folderId);
      const [after] = await bench.all([{ rop: "OpenFolder", ...opens(LOGON, OTHER), folderId, openModeFlags: 0 }]);
      const code = after?.rop === "failure" ? after.returnValue : 0;
      expectCode("RopOpenFolder after RopDeleteFolder", code, mapi.MAPI_ERROR.ecNotFound, "ecNotFound");
    },
  },
  {
    id: "rop-copy-to",
    title: "RopCopyTo gives another message the properties of the first",
    needs: ["rop-folder"],
    run: inFolder(async (bench, folderId) => {
      await bench.write(folderId, MESSAGE, SUBJECT);
      await bench.save(MESSAGE);
      await bench.write(folderId, OTHER, null);
      const copy = { rop: "CopyTo", ...on(MESSAGE), destHandleIndex: OTHER, wantAsync: 0, wantSubObjects: 1, copyFlags: 0 } as const;
      const { problems } = await bench.one({ ...copy, excludedTags: [] });
      if (problems.length > 0) throw new NotConforming(`RopCopyTo: ${codeText(problems[0].errorCode)}`);
      const messageId = await bench.save(OTHER);
      await bench.one({
        rop: "OpenMessage",
        ...opens(LOGON, MESSAGE),
        codePageId: mapi.CODE_PAGE_OF_LOGON,
        folderId,
        openModeFlags: 0,
        messageId,
      });
      await bench.mustHaveSubject(MESSAGE, SUBJECT);
    }),
  },
  {
    id: "rop-embedded",
    title: "a message inside a message reads back",
    needs: ["rop-folder"],
    run: inFolder(async (bench, folderId) => {
      const attachment = OTHER;
      const embedded = 5;
      const open = { rop: "OpenEmbeddedMessage", ...opens(attachment, embedded), codePageId: mapi.CODE_PAGE_OF_LOGON } as const;
      await bench.write(folderId, MESSAGE, "Outer");
      await bench.one({ rop: "CreateAttachment", ...opens(MESSAGE, attachment) });
      await bench.one({ rop: "SetProperties", ...on(attachment), values: [{ tag: mapi.PR_ATTACH_METHOD, value: 5 }] });
      await bench.one({ ...open, openModeFlags: mapi.EMBEDDED_MODE.CREATE });
      await bench.setSubject(embedded, SUBJECT);
      await bench.save(embedded);
      await bench.one({
        rop: "SaveChangesAttachment",
        logonId: 0,
        responseHandleIndex: attachment,
        inputHandleIndex: attachment,
        saveFlags: 0x0a,
      });
      const messageId = await bench.save(MESSAGE);
      await bench.one({
        rop: "OpenMessage",
        ...opens(LOGON, MESSAGE),
        codePageId: mapi.CODE_PAGE_OF_LOGON,
        folderId,
        openModeFlags: 0,
        messageId,
      });
      await bench.one({ rop: "OpenAttachment", ...opens(MESSAGE, attachment), openAttachmentFlags: 0, attachmentId: 0 });
      await bench.one({ ...open, openModeFlags: mapi.EMBEDDED_MODE.READ_ONLY });
      await bench.mustHaveSubject(embedded, SUBJECT);
    }),
  },
  {
    id: "rop-notification",
    title: "a message that is made draws the notification that was registered for",
    needs: ["rop-folder"],
    run: inFolder(async (bench, folderId, s) => {
      const notificationTypes = mapi.NOTIFICATION_TYPE.OBJECT_CREATED;
      await bench.one({
        rop: "RegisterNotification",
        ...opens(LOGON, OTHER),
        notificationTypes,
        wantWholeStore: false,
        folderId,
        messageId: mapi.NULL_OBJECT_ID,
      });
      await bench.write(folderId, MESSAGE, SUBJECT);
      await bench.save(MESSAGE);
      const seen = await sessionOf(s).session.seen();
      const found = seen.some(
        (n) => n.kind === "object" && n.type === notificationTypes && n.folderId === folderId && n.messageId !== null,
      );
      if (!found) throw new NotConforming(`${seen.length} notifications, none of the message`);
    }),
  },
];
