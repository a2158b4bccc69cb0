/** Test support: requests of every ROP that the server carries out, with handles, ids, tags and values drawn at random from a seed. */

import { NULL_OBJECT_ID, type ObjectId, type SupportedRopRequest } from "@pushback/mapi";
import { childrenOf, type Mailbox } from "../mail-store/mailbox.ts";
import { userEntryId } from "../session/entry-ids.ts";
import type { ServerObject } from "../session/server-object.ts";
import { Dice } from "./dice.ts";
import { randomRule } from "./random-rules.ts";
import { RandomSlots, SLOTS } from "./random-slots.ts";
import { PROPERTY_IDS, RandomValues } from "./random-values.ts";

/** LogonId of private logons. Public logons have other ids, because some of their requests have other fields. */
const PRIVATE_LOGON = 9;

function isSearch(object: ServerObject): boolean {
  return object.kind === "folder" && object.folder.isSearch;
}

function hasCategories(object: ServerObject): boolean {
  return object.kind === "table" && object.categoryCount > 0 && object.columns.length > 0;
}

export class RandomRequests {
  readonly dice: Dice;
  readonly #values: RandomValues;
  readonly #slots: RandomSlots;

  /** `objects`: those in the slots of the next buffer. Most requests choose one of the kind that they are for. */
  constructor(seed: number, mailboxes: () => readonly Mailbox[], objects: () => readonly (ServerObject | null)[]) {
    this.dice = new Dice(seed);
    this.#values = new RandomValues(this.dice, mailboxes);
    this.#slots = new RandomSlots(this.dice, objects);
  }

  /** A request of a ROP that the server carries out. */
  next(): SupportedRopRequest {
    const [name, make] = this.dice.of(Object.entries(this.#makers));
    this.#slots.beginRequest(name);
    return make();
  }

  #on() {
    return { logonId: this.dice.pick(3), inputHandleIndex: this.#slots.input() };
  }

  #opens() {
    return { ...this.#on(), outputHandleIndex: this.#slots.any() };
  }

  #to() {
    return { ...this.#on(), destHandleIndex: this.#slots.input() };
  }

  #responds() {
    return { ...this.#on(), responseHandleIndex: this.#slots.any() };
  }

  /** A folder with subfolders, and one of these. */
  #parentAndChild() {
    const isParent = (object: ServerObject) => object.kind === "folder" && childrenOf(object.folder).length > 0;
    const inputHandleIndex = this.#slots.slotWith(isParent);
    const object = this.#slots.objectIn(inputHandleIndex);
    const children = object?.kind === "folder" ? childrenOf(object.folder) : [];
    const made = children.filter(({ index }) => index > 12);
    const child = made.length > 0 ? this.dice.of(made) : children[0];
    return { inputHandleIndex, folderId: child?.fid ?? this.#values.fid() };
  }

  readonly #makers: { readonly [Name in SupportedRopRequest["rop"]]: () => Extract<SupportedRopRequest, { readonly rop: Name }> } = {
    Release: () => ({ rop: "Release", logonId: 0, inputHandleIndex: 2 + this.dice.pick(SLOTS - 2) }),
    Logon: () => ({
      rop: "Logon",
      logonId: this.dice.pick(3),
      outputHandleIndex: this.#slots.any(),
      logonFlags: this.dice.pick(2),
      openFlags: this.dice.pick(16),
      storeState: 0,
      essdn: new TextEncoder().encode(`/o=Pushback/ou=Lab/cn=Recipients/cn=${this.dice.of(["ada", "grace", "eve"])}`),
    }),
    GetReceiveFolder: () => ({ rop: "GetReceiveFolder", ...this.#on(), messageClass: this.#values.messageClass() }),
    SetReceiveFolder: () => ({
      rop: "SetReceiveFolder",
      ...this.#on(),
      folderId: this.#values.fid(),
      messageClass: this.#values.messageClass(),
    }),
    GetReceiveFolderTable: () => ({ rop: "GetReceiveFolderTable", ...this.#on() }),
    GetOwningServers: () => ({ rop: "GetOwningServers", ...this.#on(), folderId: this.#values.fid() }),
    PublicFolderIsGhosted: () => ({ rop: "PublicFolderIsGhosted", ...this.#on(), folderId: this.#values.fid() }),
    GetPerUserLongTermIds: () => ({
      rop: "GetPerUserLongTermIds",
      ...this.#on(),
      databaseGuid: new Uint8Array(16).fill(this.dice.pick(2)),
    }),
    GetPerUserGuid: () => ({ rop: "GetPerUserGuid", ...this.#on(), longTermId: this.#values.longTermId() }),
    ReadPerUserInformation: () => ({
      rop: "ReadPerUserInformation",
      ...this.#on(),
      folderId: this.#values.longTermId(),
      dataOffset: this.dice.pick(30),
      maxDataSize: this.dice.pick(40),
    }),
    WritePerUserInformation: () => {
      const dataOffset = this.dice.of([0, 0, 5, 10]);
      return {
        rop: "WritePerUserInformation",
        ...this.#on(),
        logonId: PRIVATE_LOGON,
        folderId: this.#values.longTermId(),
        hasFinished: this.dice.pick(2) === 1,
        dataOffset,
        data: this.dice.bytes(10),
        replGuid: dataOffset === 0 ? new Uint8Array(16) : null,
      };
    },
    GetStoreState: () => ({ rop: "GetStoreState", ...this.#on() }),
    LongTermIdFromId: () => ({ rop: "LongTermIdFromId", ...this.#on(), objectId: this.#values.fid() }),
    IdFromLongTermId: () => ({ rop: "IdFromLongTermId", ...this.#on(), longTermId: this.#values.longTermId() }),
    OpenFolder: () => ({ rop: "OpenFolder", ...this.#opens(), folderId: this.#values.fid(), openModeFlags: this.dice.pick(8) }),
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
      inputHandleIndex: this.#slots.slotWith(isSearch),
      restriction: this.#values.restrictionBytes(),
      folderIds: this.dice.list(3, () => this.#values.fid()),
      searchFlags: this.dice.of([0, 1, 2, 4, 8, 6, 0x40002]),
    }),
    GetSearchCriteria: () => ({
      rop: "GetSearchCriteria",
      logonId: 0,
      inputHandleIndex: this.#slots.slotWith(isSearch),
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
    HardDeleteMessages: () => ({
      rop: "HardDeleteMessages",
      ...this.#on(),
      wantAsync: 0,
      notifyNonRead: 0,
      messageIds: this.#values.mids(),
    }),
    DeleteMessages: () => ({ rop: "DeleteMessages", ...this.#on(), wantAsync: 0, notifyNonRead: 0, messageIds: this.#values.mids() }),
    MoveCopyMessages: () => ({
      rop: "MoveCopyMessages",
      ...this.#to(),
      messageIds: this.#values.mids(),
      wantAsync: 0,
      wantCopy: this.dice.pick(2) === 1,
    }),
    GetHierarchyTable: () => ({ rop: "GetHierarchyTable", ...this.#opens(), tableFlags: this.dice.pick(256) }),
    GetContentsTable: () => ({ rop: "GetContentsTable", ...this.#opens(), tableFlags: this.dice.pick(256) }),
    SetColumns: () => ({ rop: "SetColumns", ...this.#on(), flags: 0, tags: this.dice.list(6, () => this.#values.tag()) }),
    SortTable: () => {
      const sortOrders = this.dice.list(4, () => ({ tag: this.#values.tag(), order: this.dice.pick(3) }));
      return {
        rop: "SortTable",
        ...this.#on(),
        flags: 0,
        categoryCount: this.dice.pick(sortOrders.length + 2),
        expandedCount: this.dice.pick(2),
        sortOrders,
      };
    },
    Restrict: () => ({ rop: "Restrict", ...this.#on(), restrictFlags: 0, restriction: this.#values.restrictionBytes() }),
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
      bookmark: this.#values.bookmark(),
      rowCount: this.dice.pick(5) - 2,
      wantMoved: 1,
    }),
    SeekRowFractional: () => ({ rop: "SeekRowFractional", ...this.#on(), numerator: this.dice.pick(5), denominator: this.dice.pick(4) }),
    CreateBookmark: () => ({ rop: "CreateBookmark", ...this.#on() }),
    FreeBookmark: () => ({ rop: "FreeBookmark", ...this.#on(), bookmark: this.#values.bookmark() }),
    QueryColumnsAll: () => ({ rop: "QueryColumnsAll", ...this.#on() }),
    FindRow: () => ({
      rop: "FindRow",
      ...this.#on(),
      findRowFlags: this.dice.pick(2),
      restriction: this.#values.restrictionBytes(),
      origin: this.dice.pick(5),
      bookmark: this.#values.bookmark(),
    }),
    ResetTable: () => ({ rop: "ResetTable", ...this.#on() }),
    Abort: () => ({ rop: "Abort", ...this.#on() }),
    ExpandRow: () => ({
      rop: "ExpandRow",
      logonId: 0,
      inputHandleIndex: this.#slots.slotWith(hasCategories),
      maxRowCount: this.dice.pick(5),
      categoryId: this.#category(),
    }),
    CollapseRow: () => ({
      rop: "CollapseRow",
      logonId: 0,
      inputHandleIndex: this.#slots.slotWith(hasCategories),
      categoryId: this.#category(),
    }),
    GetCollapseState: () => ({ rop: "GetCollapseState", ...this.#on(), rowId: this.#values.mid(), rowInstanceNumber: 0 }),
    SetCollapseState: () => ({
      rop: "SetCollapseState",
      ...this.#on(),
      collapseState: this.dice.pick(2) ? new Uint8Array(16) : this.dice.bytes(30),
    }),
    OpenMessage: () => ({
      rop: "OpenMessage",
      ...this.#opens(),
      codePageId: 0x0fff,
      folderId: this.dice.pick(2) ? NULL_OBJECT_ID : this.#values.fid(),
      openModeFlags: this.dice.pick(4),
      messageId: this.#values.mid(),
    }),
    CreateMessage: () => ({
      rop: "CreateMessage",
      ...this.#opens(),
      codePageId: 0x0fff,
      folderId: this.#values.fid(),
      associated: this.dice.pick(4) === 0,
    }),
    SaveChangesMessage: () => ({ rop: "SaveChangesMessage", ...this.#responds(), saveFlags: this.dice.pick(16) }),
    RemoveAllRecipients: () => ({ rop: "RemoveAllRecipients", ...this.#on() }),
    ModifyRecipients: () => {
      const columns = this.#values.columns();
      const recipients = this.dice.list(3, () => ({
        rowId: this.dice.pick(5),
        recipientType: this.dice.pick(5),
        row: this.dice.pick(5) === 0 ? new Uint8Array(0) : this.#values.recipient(columns),
      }));
      return { rop: "ModifyRecipients", ...this.#on(), columns, recipients };
    },
    ReadRecipients: () => ({ rop: "ReadRecipients", ...this.#on(), rowId: this.dice.pick(4) }),
    ReloadCachedInformation: () => ({ rop: "ReloadCachedInformation", ...this.#on() }),
    SetReadFlags: () => ({
      rop: "SetReadFlags",
      ...this.#on(),
      wantAsync: 0,
      readFlags: this.dice.pick(256),
      messageIds: this.#values.mids(),
    }),
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
      messageId: this.#values.mid(),
      messageStatusFlags: this.dice.pick(256),
      messageStatusMask: this.dice.pick(256),
    }),
    GetMessageStatus: () => ({ rop: "GetMessageStatus", ...this.#on(), messageId: this.#values.mid() }),
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
    AbortSubmit: () => ({ rop: "AbortSubmit", ...this.#on(), folderId: this.#values.fid(), messageId: this.#values.mid() }),
    GetAddressTypes: () => ({ rop: "GetAddressTypes", ...this.#on() }),
    SetSpooler: () => ({ rop: "SetSpooler", ...this.#on() }),
    SpoolerLockMessage: () => ({ rop: "SpoolerLockMessage", ...this.#on(), messageId: this.#values.mid(), lockState: this.dice.pick(4) }),
    TransportSend: () => ({ rop: "TransportSend", ...this.#on() }),
    TransportNewMail: () => ({
      rop: "TransportNewMail",
      ...this.#on(),
      messageId: this.#values.mid(),
      folderId: this.#values.fid(),
      messageClass: this.#values.messageClass(),
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
    GetNamesFromPropertyIds: () => ({
      rop: "GetNamesFromPropertyIds",
      ...this.#on(),
      ids: this.dice.list(3, () => this.dice.of(PROPERTY_IDS)),
    }),
    GetPropertiesSpecific: () => ({
      rop: "GetPropertiesSpecific",
      ...this.#on(),
      propertySizeLimit: this.dice.of([0, 0, 2, 100]),
      wantUnicode: this.dice.pick(2),
      tags: this.dice.list(6, () => this.#values.tag()),
    }),
    GetPropertiesAll: () => ({ rop: "GetPropertiesAll", ...this.#on(), propertySizeLimit: this.dice.of([0, 10]), wantUnicode: 0 }),
    GetPropertiesList: () => ({ rop: "GetPropertiesList", ...this.#on() }),
    SetProperties: () => ({ rop: "SetProperties", ...this.#on(), values: this.dice.list(4, () => this.#values.tagged()) }),
    SetPropertiesNoReplicate: () => ({
      rop: "SetPropertiesNoReplicate",
      ...this.#on(),
      values: this.dice.list(2, () => this.#values.tagged()),
    }),
    DeleteProperties: () => ({ rop: "DeleteProperties", ...this.#on(), tags: this.dice.list(4, () => this.#values.tag()) }),
    DeletePropertiesNoReplicate: () => ({
      rop: "DeletePropertiesNoReplicate",
      ...this.#on(),
      tags: this.dice.list(4, () => this.#values.tag()),
    }),
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
      tags: this.dice.list(4, () => this.dice.of([0x0e12000d, 0x0e13000d, this.#values.tag()])),
    }),
    CopyTo: () => ({
      rop: "CopyTo",
      ...this.#to(),
      wantAsync: 0,
      wantSubObjects: this.dice.pick(2),
      copyFlags: this.dice.pick(4),
      excludedTags: this.dice.list(3, () => this.#values.tag()),
    }),
    OpenStream: () => ({ rop: "OpenStream", ...this.#opens(), tag: this.#values.tag(), openModeFlags: this.dice.pick(4) }),
    ReadStream: () => ({ rop: "ReadStream", ...this.#on(), byteCount: this.dice.of([0, 10, 1000, 0xbabe, 0x20000]) }),
    WriteStream: () => ({ rop: "WriteStream", ...this.#on(), data: this.dice.bytes(40) }),
    CommitStream: () => ({ rop: "CommitStream", ...this.#on() }),
    GetStreamSize: () => ({ rop: "GetStreamSize", ...this.#on() }),
    SetStreamSize: () => ({ rop: "SetStreamSize", ...this.#on(), streamSize: this.dice.of([0n, 9n, 1000n, 1n << 40n]) }),
    SeekStream: () => ({ rop: "SeekStream", ...this.#on(), origin: this.dice.pick(4), offset: BigInt(this.dice.pick(60) - 20) }),
    CopyToStream: () => ({ rop: "CopyToStream", ...this.#to(), byteCount: this.dice.of([0n, 5n, (1n << 64n) - 1n]) }),
    LockRegionStream: () => ({ rop: "LockRegionStream", ...this.#on(), ...this.#values.region() }),
    UnlockRegionStream: () => ({ rop: "UnlockRegionStream", ...this.#on(), ...this.#values.region() }),
    WriteAndCommitStream: () => ({ rop: "WriteAndCommitStream", ...this.#on(), data: this.dice.bytes(20) }),
    CloneStream: () => ({ rop: "CloneStream", ...this.#opens() }),
    RegisterNotification: () => {
      const wantWholeStore = this.dice.pick(2) === 1;
      const [folderId, messageId] = wantWholeStore ? [NULL_OBJECT_ID, NULL_OBJECT_ID] : [this.#values.fid(), this.#values.mid()];
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
          { tag: 0x0fff0102, value: this.dice.pick(3) ? userEntryId(this.dice.of(this.#values.dns)) : this.dice.bytes(40) },
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
            ? [{ tag: 0x66740014, value: BigInt(this.dice.pick(3)) }, this.#values.tagged()]
            : randomRule(this.#values),
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
    const known = this.#slots.categories();
    return known.length > 0 ? this.dice.of(known) : this.#values.mid();
  }
}
