/** Test support: requests of every ROP that the server carries out, with handles, ids, tags and values drawn at random from a seed. */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRecipientRow,
  emitRestriction,
  isKnownType,
  longTermId,
  makeObjectId,
  NULL_OBJECT_ID,
  type ObjectId,
  type PropertyValue,
  propertyType,
  type Restriction,
  type SingleValue,
  type SupportedRopRequest,
  type TaggedValue,
} from "@pushback/mapi";
import { childrenOf, type Mailbox } from "../mail-store/mailbox.ts";
import { userEntryId } from "../session/entry-ids.ts";
import type { ServerObject } from "../session/server-object.ts";
import { Dice } from "./dice.ts";
import { randomRule } from "./random-rules.ts";

/** Size of the handle table. A request may also have a greater index, which is beyond the table. */
export const SLOTS = 14;

/** LogonId of private logons. Public logons have other ids, because some of their requests have other fields. */
const PRIVATE_LOGON = 9;

const TYPES = [
  0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007, 0x000a, 0x000b, 0x000d, 0x0014, 0x001e, 0x001f, 0x0040, 0x0048, 0x00fb, 0x0102, 0x1002,
  0x1003, 0x1004, 0x1005, 0x1006, 0x1007, 0x1014, 0x101e, 0x101f, 0x1040, 0x1048, 0x1102,
] as const;

const IDS = [
  0x001a, 0x0037, 0x0039, 0x0042, 0x0c1a, 0x0e07, 0x0e08, 0x0e17, 0x0e1b, 0x0e20, 0x0e21, 0x0ff4, 0x0ff5, 0x0ff9, 0x0fff, 0x1000, 0x1013,
  0x3001, 0x3004, 0x3005, 0x3007, 0x3008, 0x3601, 0x3602, 0x36e4, 0x3701, 0x3705, 0x6619, 0x6631, 0x6671, 0x6673, 0x6674, 0x6748, 0x6749,
  0x674a, 0x8000, 0x8001, 0xffff,
] as const;

/** Tags that exist, besides those of any id and type. */
const REAL_TAGS = [
  0x0037001e, 0x1000001e, 0x0e070003, 0x0e080003, 0x3001001e, 0x674a0014, 0x67480014, 0x0c1a001e, 0x37010102, 0x3701000d, 0x36e41102,
] as const;

const KINDS: readonly (readonly [pattern: RegExp, kind: ServerObject["kind"]])[] = [
  [/Stream(Size)?$/, "stream"],
  [
    /^(SetColumns|SortTable|Restrict|Query(Rows|Position|ColumnsAll)|GetStatus|SeekRow.*|.*Bookmark|FindRow|ResetTable|Abort|.*CollapseState|ExpandRow|CollapseRow)$/,
    "table",
  ],
  [
    /^(GetReceive.*|SetReceive.*|.*PerUser.*|GetOwning.*|PublicFolder.*|GetStoreState|.*LongTermId.*|AbortSubmit|GetAddressTypes|SetSpooler|Spooler.*|TransportNewMail|GetTransportFolder|OptionsData|Update.*)$/,
    "logon",
  ],
  [
    /^(SaveChangesMessage|.*Recipients|ReloadCachedInformation|SetMessageReadFlag|OpenAttachment|CreateAttachment|DeleteAttachment|GetAttachmentTable|GetValidAttachments|SubmitMessage|TransportSend)$/,
    "message",
  ],
  [/^(SaveChangesAttachment|OpenEmbeddedMessage)$/, "attachment"],
  [/Folder|Folders|Messages|ContentsTable|HierarchyTable|SearchCriteria|Permissions|Rules|ReadFlags|MessageStatus/, "folder"],
];

/** The kind of object that a ROP operates on. For ROPs on properties, a random kind that has properties. */
function kindFor(name: string, dice: Dice): ServerObject["kind"] {
  const isOnProperties = /Propert|CopyTo$|OpenStream/.test(name);
  if (isOnProperties) return dice.of(["message", "message", "attachment", "folder", "logon"]);
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "folder";
}

function isSearch(object: ServerObject): boolean {
  return object.kind === "folder" && object.folder.isSearch;
}

function hasCategories(object: ServerObject): boolean {
  return object.kind === "table" && object.categoryCount > 0 && object.columns.length > 0;
}

export class RandomRequests {
  readonly dice: Dice;
  readonly #mailboxes: () => readonly Mailbox[];
  readonly #objects: () => readonly (ServerObject | null)[];
  #wanted: ServerObject["kind"] | null = null;

  /** `objects`: those in the slots of the next buffer. Most requests choose one of the kind that they are for. */
  constructor(seed: number, mailboxes: () => readonly Mailbox[], objects: () => readonly (ServerObject | null)[]) {
    this.dice = new Dice(seed);
    this.#mailboxes = mailboxes;
    this.#objects = objects;
  }

  /** Headings that the tables in the slots have now. */
  #categories(): ObjectId[] {
    return this.#objects().flatMap((object) =>
      object?.kind === "table" ? object.rows.flatMap((row) => ("category" in row ? [row.category] : [])) : [],
    );
  }

  /** An object of the kind that the ROP is for, seven times of eight. */
  #input(): number {
    const fitting = this.#objects().flatMap((object, slot) => (object?.kind === this.#wanted ? [slot] : []));
    return fitting.length > 0 && this.dice.pick(8) ? this.dice.of(fitting) : this.#slot();
  }

  /** A slot whose object fulfils the condition, if there is one. */
  #slotWith(isWanted: (object: ServerObject) => boolean): number {
    const fitting = this.#objects().flatMap((object, slot) => (object && isWanted(object) ? [slot] : []));
    return fitting.length > 0 && this.dice.pick(8) ? this.dice.of(fitting) : this.#input();
  }

  /** A folder with subfolders, and one of these. */
  #parentAndChild() {
    const isParent = (object: ServerObject) => object.kind === "folder" && childrenOf(object.folder).length > 0;
    const inputHandleIndex = this.#slotWith(isParent);
    const object = this.#objects()[inputHandleIndex];
    const children = object?.kind === "folder" ? childrenOf(object.folder) : [];
    const made = children.filter(({ index }) => index > 12);
    const child = made.length > 0 ? this.dice.of(made) : children[0];
    return { inputHandleIndex, folderId: child?.fid ?? this.#fid() };
  }

  #slot(): number {
    return this.dice.pick(40) === 0 ? SLOTS + this.dice.pick(200) : this.dice.pick(SLOTS);
  }

  #tag(): number {
    const { dice } = this;
    const kind = dice.pick(20);
    if (kind === 0) return ((dice.of(IDS) << 16) | dice.pick(0x10000)) >>> 0;
    if (kind < 8) return dice.of(REAL_TAGS);
    return ((dice.of(IDS) << 16) | (kind === 8 ? 0 : dice.of(TYPES))) >>> 0;
  }

  #fid(): ObjectId {
    const { dice } = this;
    const kind = dice.pick(16);
    if (kind === 0) return NULL_OBJECT_ID;
    if (kind === 1) return makeObjectId(dice.pick(3), dice.pick(0x1000));
    return dice.of(dice.of(this.#mailboxes()).folders).fid;
  }

  #mid(): ObjectId {
    const { dice } = this;
    const all = this.#mailboxes().flatMap(({ folders }) =>
      folders.flatMap((folder) => [...folder.messages.keys(), ...folder.associated.keys()]),
    );
    return all.length === 0 || dice.pick(10) === 0 ? makeObjectId(1, dice.pick(0x200)) : dice.of(all);
  }

  #single(type: number): SingleValue {
    const { dice } = this;
    switch (type) {
      case 0x0002:
        return dice.pick(0x10000);
      case 0x0003:
      case 0x0004:
      case 0x000a:
        return dice.of([0, 1, 5, 0x40, 0x7fffffff, 0xffffffff]);
      case 0x000b:
        return dice.pick(2) === 1;
      case 0x0005:
      case 0x0006:
      case 0x0007:
      case 0x0014:
      case 0x0040:
        return dice.of([0n, 1n, 125_124_912_000_000_000n, (1n << 64n) - 1n]);
      case 0x001e:
        return dice.text(12);
      case 0x001f:
        return Uint8Array.from(dice.list(6, () => 1 + dice.pick(255)).flatMap((low) => [low, dice.pick(256)]));
      case 0x0048:
        return new Uint8Array(16).fill(dice.pick(256));
      default:
        return dice.bytes(40);
    }
  }

  #value(tag: number): PropertyValue {
    const type = propertyType(tag);
    return type & 0x1000 ? this.dice.list(3, () => this.#single(type & ~0x1000)) : this.#single(type);
  }

  #tagged(): TaggedValue {
    const wanted = this.#tag();
    const type = propertyType(wanted);
    const tag = isKnownType(type) && type !== 0x00fd && type !== 0x00fe ? wanted : 0x0037001e;
    return { tag, value: this.#value(tag) };
  }

  #restriction(depth = 0): Restriction {
    const { dice } = this;
    const { tag, value } = this.#tagged();
    const inner = () => this.#restriction(depth + 1);
    switch (dice.pick(depth > 3 ? 6 : 12)) {
      case 0:
        return { kind: "exist", tag };
      case 1:
        return { kind: "property", relOp: dice.pick(8), tag, value };
      case 2:
        return { kind: "content", fuzzyLow: dice.pick(4), fuzzyHigh: dice.pick(8), tag, value };
      case 3:
        return { kind: "bitmask", relOp: dice.pick(2), tag, mask: dice.pick(0x10000) };
      case 4:
        return { kind: "size", relOp: dice.pick(6), tag, size: dice.pick(100) };
      case 5:
        return { kind: "compare", relOp: dice.pick(6), tag, otherTag: this.#tag() };
      case 6:
        return { kind: "not", part: inner() };
      case 7:
        return { kind: "sub", tag: dice.of([0x0e12000d, 0x0e13000d, tag]), part: inner() };
      case 8:
        return { kind: "count", count: dice.pick(5), part: inner() };
      case 9:
        return { kind: "comment", values: [this.#tagged()], part: dice.pick(2) ? inner() : null };
      default:
        return { kind: dice.pick(2) ? "and" : "or", parts: dice.list(3, inner) };
    }
  }

  #restrictionBytes(): Uint8Array {
    const kind = this.dice.pick(8);
    if (kind === 0) return new Uint8Array(0);
    if (kind < 4) return emitRestriction({ kind: "exist", tag: this.dice.of([0x674a0014, 0x3001001e]) });
    return kind === 4 ? this.dice.bytes(30) : emitRestriction(this.#restriction());
  }

  #recipient(columns: readonly number[]): Uint8Array {
    const { dice } = this;
    if (dice.pick(6) === 0) return dice.bytes(20);
    const w = new ByteWriter();
    const [addressType, address] = dice.of([
      ["EX", "/o=Pushback/ou=Lab/cn=Recipients/cn=grace"],
      ["SMTP", "ada@example.com"],
      ["FAX", "1"],
    ] as const);
    const cells = columns.map((tag) => this.#value(tag));
    const row = { addressType, address: new TextEncoder().encode(address), displayName: dice.text(9), unicode: false };
    emitRecipientRow(w, row, columns, cells);
    return w.toBytes();
  }

  /** A request of a ROP that the server carries out. */
  next(): SupportedRopRequest {
    const [name, make] = this.dice.of(Object.entries(this.#makers));
    this.#wanted = kindFor(name, this.dice);
    return make();
  }

  #on() {
    return { logonId: this.dice.pick(3), inputHandleIndex: this.#input() };
  }

  #opens() {
    return { ...this.#on(), outputHandleIndex: this.#slot() };
  }

  #to() {
    return { ...this.#on(), destHandleIndex: this.#input() };
  }

  #responds() {
    return { ...this.#on(), responseHandleIndex: this.#slot() };
  }

  #columns(): number[] {
    return this.dice.list(2, () => this.#tagged().tag);
  }

  readonly #makers: { readonly [Name in SupportedRopRequest["rop"]]: () => Extract<SupportedRopRequest, { readonly rop: Name }> } = {
    Release: () => ({ rop: "Release", logonId: 0, inputHandleIndex: 2 + this.dice.pick(SLOTS - 2) }),
    Logon: () => ({
      rop: "Logon",
      logonId: this.dice.pick(3),
      outputHandleIndex: this.#slot(),
      logonFlags: this.dice.pick(2),
      openFlags: this.dice.pick(16),
      storeState: 0,
      essdn: new TextEncoder().encode(`/o=Pushback/ou=Lab/cn=Recipients/cn=${this.dice.of(["ada", "grace", "eve"])}`),
    }),
    GetReceiveFolder: () => ({ rop: "GetReceiveFolder", ...this.#on(), messageClass: this.#class() }),
    SetReceiveFolder: () => ({ rop: "SetReceiveFolder", ...this.#on(), folderId: this.#fid(), messageClass: this.#class() }),
    GetReceiveFolderTable: () => ({ rop: "GetReceiveFolderTable", ...this.#on() }),
    GetOwningServers: () => ({ rop: "GetOwningServers", ...this.#on(), folderId: this.#fid() }),
    PublicFolderIsGhosted: () => ({ rop: "PublicFolderIsGhosted", ...this.#on(), folderId: this.#fid() }),
    GetPerUserLongTermIds: () => ({
      rop: "GetPerUserLongTermIds",
      ...this.#on(),
      databaseGuid: new Uint8Array(16).fill(this.dice.pick(2)),
    }),
    GetPerUserGuid: () => ({ rop: "GetPerUserGuid", ...this.#on(), longTermId: this.#longTermId() }),
    ReadPerUserInformation: () => ({
      rop: "ReadPerUserInformation",
      ...this.#on(),
      folderId: this.#longTermId(),
      dataOffset: this.dice.pick(30),
      maxDataSize: this.dice.pick(40),
    }),
    WritePerUserInformation: () => {
      const dataOffset = this.dice.of([0, 0, 5, 10]);
      return {
        rop: "WritePerUserInformation",
        ...this.#on(),
        logonId: PRIVATE_LOGON,
        folderId: this.#longTermId(),
        hasFinished: this.dice.pick(2) === 1,
        dataOffset,
        data: this.dice.bytes(10),
        replGuid: dataOffset === 0 ? new Uint8Array(16) : null,
      };
    },
    GetStoreState: () => ({ rop: "GetStoreState", ...this.#on() }),
    LongTermIdFromId: () => ({ rop: "LongTermIdFromId", ...this.#on(), objectId: this.#fid() }),
    IdFromLongTermId: () => ({ rop: "IdFromLongTermId", ...this.#on(), longTermId: this.#longTermId() }),
    OpenFolder: () => ({ rop: "OpenFolder", ...this.#opens(), folderId: this.#fid(), openModeFlags: this.dice.pick(8) }),
    CreateFolder: () => ({
      rop: "CreateFolder",
      ...this.#opens(),
      folderType: this.dice.pick(4),
      useUnicodeStrings: false,
      openExisting: this.dice.pick(2),
      displayName: this.dice.text(2),
      comment: this.dice.text(3),
    }),
    DeleteFolder: () => ({ rop: "DeleteFolder", logonId: 0, deleteFolderFlags: this.dice.pick(32), ...this.#parentAndChild() }),
    SetSearchCriteria: () => ({
      rop: "SetSearchCriteria",
      logonId: 0,
      inputHandleIndex: this.#slotWith(isSearch),
      restriction: this.#restrictionBytes(),
      folderIds: this.dice.list(3, () => this.#fid()),
      searchFlags: this.dice.of([0, 1, 2, 4, 8, 6, 0x40002]),
    }),
    GetSearchCriteria: () => ({
      rop: "GetSearchCriteria",
      logonId: 0,
      inputHandleIndex: this.#slotWith(isSearch),
      useUnicode: this.dice.pick(2),
      includeRestriction: this.dice.pick(2),
      includeFolders: this.dice.pick(2),
    }),
    MoveFolder: () => ({
      rop: "MoveFolder",
      ...this.#to(),
      wantAsync: 0,
      useUnicode: false,
      ...this.#parentAndChild(),
      newFolderName: this.dice.text(2),
    }),
    CopyFolder: () => ({
      rop: "CopyFolder",
      ...this.#to(),
      wantAsync: 0,
      wantRecursive: this.dice.pick(2) === 1,
      useUnicode: false,
      ...this.#parentAndChild(),
      newFolderName: this.dice.text(2),
    }),
    EmptyFolder: () => ({ rop: "EmptyFolder", ...this.#on(), wantAsync: 0, wantDeleteAssociated: this.dice.pick(2) === 1 }),
    HardDeleteMessagesAndSubfolders: () => ({
      rop: "HardDeleteMessagesAndSubfolders",
      ...this.#on(),
      wantAsync: 0,
      wantDeleteAssociated: this.dice.pick(2) === 1,
    }),
    HardDeleteMessages: () => ({ rop: "HardDeleteMessages", ...this.#on(), wantAsync: 0, notifyNonRead: 0, messageIds: this.#mids() }),
    DeleteMessages: () => ({ rop: "DeleteMessages", ...this.#on(), wantAsync: 0, notifyNonRead: 0, messageIds: this.#mids() }),
    MoveCopyMessages: () => ({
      rop: "MoveCopyMessages",
      ...this.#to(),
      messageIds: this.#mids(),
      wantAsync: 0,
      wantCopy: this.dice.pick(2) === 1,
    }),
    GetHierarchyTable: () => ({ rop: "GetHierarchyTable", ...this.#opens(), tableFlags: this.dice.pick(256) }),
    GetContentsTable: () => ({ rop: "GetContentsTable", ...this.#opens(), tableFlags: this.dice.pick(256) }),
    SetColumns: () => ({ rop: "SetColumns", ...this.#on(), flags: 0, tags: this.dice.list(6, () => this.#tag()) }),
    SortTable: () => {
      const sortOrders = this.dice.list(4, () => ({ tag: this.#tag(), order: this.dice.pick(3) }));
      return {
        rop: "SortTable",
        ...this.#on(),
        flags: 0,
        categoryCount: this.dice.pick(sortOrders.length + 2),
        expandedCount: this.dice.pick(2),
        sortOrders,
      };
    },
    Restrict: () => ({ rop: "Restrict", ...this.#on(), restrictFlags: 0, restriction: this.#restrictionBytes() }),
    QueryRows: () => ({
      rop: "QueryRows",
      ...this.#on(),
      flags: this.dice.pick(2),
      forwardRead: this.dice.pick(2),
      rowCount: this.dice.pick(20),
    }),
    GetStatus: () => ({ rop: "GetStatus", ...this.#on() }),
    QueryPosition: () => ({ rop: "QueryPosition", ...this.#on() }),
    SeekRow: () => ({ rop: "SeekRow", ...this.#on(), origin: this.dice.pick(4), rowCount: this.dice.pick(9) - 4, wantMoved: 1 }),
    SeekRowBookmark: () => ({
      rop: "SeekRowBookmark",
      ...this.#on(),
      bookmark: this.#bookmark(),
      rowCount: this.dice.pick(5) - 2,
      wantMoved: 1,
    }),
    SeekRowFractional: () => ({ rop: "SeekRowFractional", ...this.#on(), numerator: this.dice.pick(5), denominator: this.dice.pick(4) }),
    CreateBookmark: () => ({ rop: "CreateBookmark", ...this.#on() }),
    FreeBookmark: () => ({ rop: "FreeBookmark", ...this.#on(), bookmark: this.#bookmark() }),
    QueryColumnsAll: () => ({ rop: "QueryColumnsAll", ...this.#on() }),
    FindRow: () => ({
      rop: "FindRow",
      ...this.#on(),
      findRowFlags: this.dice.pick(2),
      restriction: this.#restrictionBytes(),
      origin: this.dice.pick(5),
      bookmark: this.#bookmark(),
    }),
    ResetTable: () => ({ rop: "ResetTable", ...this.#on() }),
    Abort: () => ({ rop: "Abort", ...this.#on() }),
    ExpandRow: () => ({
      rop: "ExpandRow",
      logonId: 0,
      inputHandleIndex: this.#slotWith(hasCategories),
      maxRowCount: this.dice.pick(5),
      categoryId: this.#category(),
    }),
    CollapseRow: () => ({ rop: "CollapseRow", logonId: 0, inputHandleIndex: this.#slotWith(hasCategories), categoryId: this.#category() }),
    GetCollapseState: () => ({ rop: "GetCollapseState", ...this.#on(), rowId: this.#mid(), rowInstanceNumber: 0 }),
    SetCollapseState: () => ({
      rop: "SetCollapseState",
      ...this.#on(),
      collapseState: this.dice.pick(2) ? new Uint8Array(16) : this.dice.bytes(30),
    }),
    OpenMessage: () => ({
      rop: "OpenMessage",
      ...this.#opens(),
      codePageId: 0x0fff,
      folderId: this.dice.pick(2) ? NULL_OBJECT_ID : this.#fid(),
      openModeFlags: this.dice.pick(4),
      messageId: this.#mid(),
    }),
    CreateMessage: () => ({
      rop: "CreateMessage",
      ...this.#opens(),
      codePageId: 0x0fff,
      folderId: this.#fid(),
      associated: this.dice.pick(4) === 0,
    }),
    SaveChangesMessage: () => ({ rop: "SaveChangesMessage", ...this.#responds(), saveFlags: this.dice.pick(16) }),
    RemoveAllRecipients: () => ({ rop: "RemoveAllRecipients", ...this.#on() }),
    ModifyRecipients: () => {
      const columns = this.#columns();
      const recipients = this.dice.list(3, () => ({
        rowId: this.dice.pick(5),
        recipientType: this.dice.pick(5),
        row: this.dice.pick(5) === 0 ? new Uint8Array(0) : this.#recipient(columns),
      }));
      return { rop: "ModifyRecipients", ...this.#on(), columns, recipients };
    },
    ReadRecipients: () => ({ rop: "ReadRecipients", ...this.#on(), rowId: this.dice.pick(4) }),
    ReloadCachedInformation: () => ({ rop: "ReloadCachedInformation", ...this.#on() }),
    SetReadFlags: () => ({ rop: "SetReadFlags", ...this.#on(), wantAsync: 0, readFlags: this.dice.pick(256), messageIds: this.#mids() }),
    SetMessageReadFlag: () => ({
      rop: "SetMessageReadFlag",
      ...this.#responds(),
      logonId: 9,
      readFlags: this.dice.pick(256),
      clientData: null,
    }),
    SetMessageStatus: () => ({
      rop: "SetMessageStatus",
      ...this.#on(),
      messageId: this.#mid(),
      messageStatusFlags: this.dice.pick(256),
      messageStatusMask: this.dice.pick(256),
    }),
    GetMessageStatus: () => ({ rop: "GetMessageStatus", ...this.#on(), messageId: this.#mid() }),
    OpenAttachment: () => ({
      rop: "OpenAttachment",
      ...this.#opens(),
      openAttachmentFlags: this.dice.pick(4),
      attachmentId: this.dice.pick(3),
    }),
    CreateAttachment: () => ({ rop: "CreateAttachment", ...this.#opens() }),
    DeleteAttachment: () => ({ rop: "DeleteAttachment", ...this.#on(), attachmentId: this.dice.pick(3) }),
    SaveChangesAttachment: () => ({ rop: "SaveChangesAttachment", ...this.#responds(), saveFlags: 0 }),
    GetAttachmentTable: () => ({ rop: "GetAttachmentTable", ...this.#opens(), tableFlags: 0 }),
    OpenEmbeddedMessage: () => ({ rop: "OpenEmbeddedMessage", ...this.#opens(), codePageId: 0x0fff, openModeFlags: this.dice.pick(4) }),
    GetValidAttachments: () => ({ rop: "GetValidAttachments", ...this.#on() }),
    SubmitMessage: () => ({ rop: "SubmitMessage", ...this.#on(), submitFlags: this.dice.pick(4) }),
    AbortSubmit: () => ({ rop: "AbortSubmit", ...this.#on(), folderId: this.#fid(), messageId: this.#mid() }),
    GetAddressTypes: () => ({ rop: "GetAddressTypes", ...this.#on() }),
    SetSpooler: () => ({ rop: "SetSpooler", ...this.#on() }),
    SpoolerLockMessage: () => ({ rop: "SpoolerLockMessage", ...this.#on(), messageId: this.#mid(), lockState: this.dice.pick(4) }),
    TransportSend: () => ({ rop: "TransportSend", ...this.#on() }),
    TransportNewMail: () => ({
      rop: "TransportNewMail",
      ...this.#on(),
      messageId: this.#mid(),
      folderId: this.#fid(),
      messageClass: this.#class(),
      messageFlags: 0,
    }),
    GetTransportFolder: () => ({ rop: "GetTransportFolder", ...this.#on() }),
    OptionsData: () => ({ rop: "OptionsData", ...this.#on(), addressType: this.dice.of(["EX", "smtp", "FAX"]), wantWin32: 1 }),
    GetPropertyIdsFromNames: () => ({
      rop: "GetPropertyIdsFromNames",
      ...this.#on(),
      flags: this.dice.of([0, 2]),
      names: this.dice.list(3, () => ({ kind: "lid" as const, guid: new Uint8Array(16).fill(this.dice.pick(3)), lid: this.dice.pick(4) })),
    }),
    GetNamesFromPropertyIds: () => ({ rop: "GetNamesFromPropertyIds", ...this.#on(), ids: this.dice.list(3, () => this.dice.of(IDS)) }),
    GetPropertiesSpecific: () => ({
      rop: "GetPropertiesSpecific",
      ...this.#on(),
      propertySizeLimit: this.dice.of([0, 0, 2, 100]),
      wantUnicode: this.dice.pick(2),
      tags: this.dice.list(6, () => this.#tag()),
    }),
    GetPropertiesAll: () => ({ rop: "GetPropertiesAll", ...this.#on(), propertySizeLimit: this.dice.of([0, 10]), wantUnicode: 0 }),
    GetPropertiesList: () => ({ rop: "GetPropertiesList", ...this.#on() }),
    SetProperties: () => ({ rop: "SetProperties", ...this.#on(), values: this.dice.list(4, () => this.#tagged()) }),
    SetPropertiesNoReplicate: () => ({ rop: "SetPropertiesNoReplicate", ...this.#on(), values: this.dice.list(2, () => this.#tagged()) }),
    DeleteProperties: () => ({ rop: "DeleteProperties", ...this.#on(), tags: this.dice.list(4, () => this.#tag()) }),
    DeletePropertiesNoReplicate: () => ({ rop: "DeletePropertiesNoReplicate", ...this.#on(), tags: this.dice.list(4, () => this.#tag()) }),
    QueryNamedProperties: () => ({
      rop: "QueryNamedProperties",
      ...this.#on(),
      queryFlags: this.dice.pick(4),
      hasGuid: 0,
      propertyGuid: null,
    }),
    CopyProperties: () => ({
      rop: "CopyProperties",
      ...this.#to(),
      wantAsync: 0,
      copyFlags: this.dice.pick(4),
      tags: this.dice.list(4, () => this.dice.of([0x0e12000d, 0x0e13000d, this.#tag()])),
    }),
    CopyTo: () => ({
      rop: "CopyTo",
      ...this.#to(),
      wantAsync: 0,
      wantSubObjects: this.dice.pick(2),
      copyFlags: this.dice.pick(4),
      excludedTags: this.dice.list(3, () => this.#tag()),
    }),
    OpenStream: () => ({ rop: "OpenStream", ...this.#opens(), tag: this.#tag(), openModeFlags: this.dice.pick(4) }),
    ReadStream: () => ({ rop: "ReadStream", ...this.#on(), byteCount: this.dice.of([0, 10, 1000, 0xbabe, 0x20000]) }),
    WriteStream: () => ({ rop: "WriteStream", ...this.#on(), data: this.dice.bytes(40) }),
    CommitStream: () => ({ rop: "CommitStream", ...this.#on() }),
    GetStreamSize: () => ({ rop: "GetStreamSize", ...this.#on() }),
    SetStreamSize: () => ({ rop: "SetStreamSize", ...this.#on(), streamSize: this.dice.of([0n, 9n, 1000n, 1n << 40n]) }),
    SeekStream: () => ({ rop: "SeekStream", ...this.#on(), origin: this.dice.pick(4), offset: BigInt(this.dice.pick(60) - 20) }),
    CopyToStream: () => ({ rop: "CopyToStream", ...this.#to(), byteCount: this.dice.of([0n, 5n, (1n << 64n) - 1n]) }),
    LockRegionStream: () => ({ rop: "LockRegionStream", ...this.#on(), ...this.#region() }),
    UnlockRegionStream: () => ({ rop: "UnlockRegionStream", ...this.#on(), ...this.#region() }),
    WriteAndCommitStream: () => ({ rop: "WriteAndCommitStream", ...this.#on(), data: this.dice.bytes(20) }),
    CloneStream: () => ({ rop: "CloneStream", ...this.#opens() }),
    RegisterNotification: () => {
      const wantWholeStore = this.dice.pick(2) === 1;
      const [folderId, messageId] = wantWholeStore ? [NULL_OBJECT_ID, NULL_OBJECT_ID] : [this.#fid(), this.#mid()];
      return {
        rop: "RegisterNotification",
        ...this.#opens(),
        notificationTypes: this.dice.pick(0x800),
        wantWholeStore,
        folderId,
        messageId,
      };
    },
    ModifyPermissions: () => ({
      rop: "ModifyPermissions",
      ...this.#on(),
      modifyFlags: this.dice.pick(3),
      permissions: this.dice.list(2, () => ({
        flags: this.dice.pick(5),
        values: [
          { tag: 0x66710014, value: BigInt(this.dice.pick(3)) },
          { tag: 0x0fff0102, value: this.dice.pick(3) ? userEntryId(this.dice.of(this.#mailboxes()).dn) : this.dice.bytes(40) },
          { tag: 0x66730003, value: this.dice.pick(2000) },
        ].slice(this.dice.pick(2)),
      })),
    }),
    GetPermissionsTable: () => ({ rop: "GetPermissionsTable", ...this.#opens(), tableFlags: this.dice.pick(4) }),
    ModifyRules: () => ({
      rop: "ModifyRules",
      ...this.#on(),
      modifyRulesFlags: this.dice.pick(2),
      rules: this.dice.list(2, () => ({
        flags: this.dice.pick(5),
        values:
          this.dice.pick(3) === 0
            ? [{ tag: 0x66740014, value: BigInt(this.dice.pick(3)) }, this.#tagged()]
            : randomRule({
                dice: this.dice,
                fid: () => this.#fid(),
                mid: () => this.#mid(),
                dns: this.#mailboxes().map(({ dn }) => dn),
              }),
      })),
    }),
    GetRulesTable: () => ({ rop: "GetRulesTable", ...this.#opens(), tableFlags: 0 }),
    UpdateDeferredActionMessages: () => ({
      rop: "UpdateDeferredActionMessages",
      ...this.#on(),
      serverEntryId: this.dice.bytes(4),
      clientEntryId: this.dice.bytes(4),
    }),
  };

  /** A heading that some table has now. */
  #category(): ObjectId {
    const known = this.#categories();
    return known.length > 0 ? this.dice.of(known) : this.#mid();
  }

  #class(): string {
    return this.dice.of(["", "IPM", "IPM.Note", "IPM.Task", "REPORT.IPM.Note.NDR", ".", "a..b", "X".repeat(300)]);
  }

  #longTermId(): Uint8Array {
    const store = this.dice.of(this.#mailboxes());
    if (this.dice.pick(2)) return longTermId(this.#fid(), store.databaseGuid);
    return new Uint8Array(24).fill(this.dice.pick(4));
  }

  #bookmark(): Uint8Array {
    return this.dice.pick(3) ? Uint8Array.of(this.dice.pick(4), 0, 0, 0) : this.dice.bytes(6);
  }

  #mids(): ObjectId[] {
    return this.dice.list(3, () => this.#mid());
  }

  #region() {
    return { regionOffset: BigInt(this.dice.pick(20)), regionSize: BigInt(this.dice.pick(20)), lockFlags: this.dice.pick(2) };
  }
}
