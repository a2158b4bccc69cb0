/** All ROPs of MS-OXCROPS 2.2.2. Ids that this list lacks are reserved there: a request with one makes its whole buffer invalid. */

import { isDeclared } from "./declared-rops.ts";
import { formatRopId, type NoticeDefinition, type RequestOf, type ResponseOf, type RopDefinition } from "./define-rop.ts";
import * as folder from "./folder-rops.ts";
import * as message from "./message-rops.ts";
import * as notification from "./notification-rops.ts";
import * as property from "./property-rops.ts";
import * as rule from "./rule-rops.ts";
import * as store from "./store-rops.ts";
import * as stream from "./stream-rops.ts";
import * as table from "./table-rops.ts";
import { UNSUPPORTED_TRANSFER_ROPS } from "./transfer-rops.ts";
import * as transport from "./transport-rops.ts";

/** ROPs whose requests and responses are both declared. */
export const SUPPORTED_ROPS = {
  Release: notification.Release,
  Logon: store.Logon,
  GetReceiveFolder: store.GetReceiveFolder,
  SetReceiveFolder: store.SetReceiveFolder,
  GetReceiveFolderTable: store.GetReceiveFolderTable,
  GetOwningServers: store.GetOwningServers,
  PublicFolderIsGhosted: store.PublicFolderIsGhosted,
  GetPerUserLongTermIds: store.GetPerUserLongTermIds,
  GetPerUserGuid: store.GetPerUserGuid,
  ReadPerUserInformation: store.ReadPerUserInformation,
  WritePerUserInformation: store.WritePerUserInformation,
  GetStoreState: store.GetStoreState,
  LongTermIdFromId: store.LongTermIdFromId,
  IdFromLongTermId: store.IdFromLongTermId,
  OpenFolder: folder.OpenFolder,
  CreateFolder: folder.CreateFolder,
  DeleteFolder: folder.DeleteFolder,
  SetSearchCriteria: folder.SetSearchCriteria,
  GetSearchCriteria: folder.GetSearchCriteria,
  MoveFolder: folder.MoveFolder,
  CopyFolder: folder.CopyFolder,
  EmptyFolder: folder.EmptyFolder,
  HardDeleteMessagesAndSubfolders: folder.HardDeleteMessagesAndSubfolders,
  HardDeleteMessages: folder.HardDeleteMessages,
  MoveCopyMessages: folder.MoveCopyMessages,
  DeleteMessages: folder.DeleteMessages,
  GetHierarchyTable: folder.GetHierarchyTable,
  GetContentsTable: folder.GetContentsTable,
  SetColumns: table.SetColumns,
  SortTable: table.SortTable,
  Restrict: table.Restrict,
  QueryRows: table.QueryRows,
  GetStatus: table.GetStatus,
  QueryPosition: table.QueryPosition,
  SeekRow: table.SeekRow,
  SeekRowBookmark: table.SeekRowBookmark,
  CreateBookmark: table.CreateBookmark,
  QueryColumnsAll: table.QueryColumnsAll,
  FindRow: table.FindRow,
  FreeBookmark: table.FreeBookmark,
  ResetTable: table.ResetTable,
  Abort: table.Abort,
  SeekRowFractional: table.SeekRowFractional,
  ExpandRow: table.ExpandRow,
  CollapseRow: table.CollapseRow,
  GetCollapseState: table.GetCollapseState,
  SetCollapseState: table.SetCollapseState,
  OpenMessage: message.OpenMessage,
  CreateMessage: message.CreateMessage,
  SaveChangesMessage: message.SaveChangesMessage,
  RemoveAllRecipients: message.RemoveAllRecipients,
  ModifyRecipients: message.ModifyRecipients,
  ReadRecipients: message.ReadRecipients,
  ReloadCachedInformation: message.ReloadCachedInformation,
  SetReadFlags: message.SetReadFlags,
  SetMessageReadFlag: message.SetMessageReadFlag,
  OpenAttachment: message.OpenAttachment,
  CreateAttachment: message.CreateAttachment,
  DeleteAttachment: message.DeleteAttachment,
  SaveChangesAttachment: message.SaveChangesAttachment,
  GetAttachmentTable: message.GetAttachmentTable,
  SetMessageStatus: message.SetMessageStatus,
  GetMessageStatus: message.GetMessageStatus,
  OpenEmbeddedMessage: message.OpenEmbeddedMessage,
  GetValidAttachments: message.GetValidAttachments,
  SubmitMessage: transport.SubmitMessage,
  AbortSubmit: transport.AbortSubmit,
  GetAddressTypes: transport.GetAddressTypes,
  SetSpooler: transport.SetSpooler,
  SpoolerLockMessage: transport.SpoolerLockMessage,
  TransportSend: transport.TransportSend,
  TransportNewMail: transport.TransportNewMail,
  GetTransportFolder: transport.GetTransportFolder,
  OptionsData: transport.OptionsData,
  GetPropertyIdsFromNames: property.GetPropertyIdsFromNames,
  GetNamesFromPropertyIds: property.GetNamesFromPropertyIds,
  GetPropertiesSpecific: property.GetPropertiesSpecific,
  GetPropertiesAll: property.GetPropertiesAll,
  GetPropertiesList: property.GetPropertiesList,
  SetProperties: property.SetProperties,
  DeleteProperties: property.DeleteProperties,
  SetPropertiesNoReplicate: property.SetPropertiesNoReplicate,
  DeletePropertiesNoReplicate: property.DeletePropertiesNoReplicate,
  QueryNamedProperties: property.QueryNamedProperties,
  CopyProperties: property.CopyProperties,
  CopyTo: property.CopyTo,
  OpenStream: stream.OpenStream,
  ReadStream: stream.ReadStream,
  WriteStream: stream.WriteStream,
  CommitStream: stream.CommitStream,
  GetStreamSize: stream.GetStreamSize,
  SetStreamSize: stream.SetStreamSize,
  SeekStream: stream.SeekStream,
  CopyToStream: stream.CopyToStream,
  LockRegionStream: stream.LockRegionStream,
  UnlockRegionStream: stream.UnlockRegionStream,
  WriteAndCommitStream: stream.WriteAndCommitStream,
  CloneStream: stream.CloneStream,
  RegisterNotification: notification.RegisterNotification,
  ModifyPermissions: rule.ModifyPermissions,
  GetPermissionsTable: rule.GetPermissionsTable,
  ModifyRules: rule.ModifyRules,
  GetRulesTable: rule.GetRulesTable,
  UpdateDeferredActionMessages: rule.UpdateDeferredActionMessages,
} as const;

/** ROPs of which only the request is declared. */
export const UNSUPPORTED_ROPS = {
  ...property.UNSUPPORTED_PROPERTY_ROPS,
  ...stream.UNSUPPORTED_STREAM_ROPS,
  ...UNSUPPORTED_TRANSFER_ROPS,
} as const;

/** Responses without a request. */
export const NOTICES = {
  Notify: notification.Notify,
  Pending: notification.Pending,
  BufferTooSmall: notification.BufferTooSmall,
  Backoff: notification.Backoff,
} as const;

/** ROPs that a capture of a genuine Exchange 5.5 client and server has. */
export const SEEN_LIVE: readonly (keyof typeof SUPPORTED_ROPS | keyof typeof NOTICES)[] = [
  "Release",
  "OpenFolder",
  "OpenMessage",
  "CreateMessage",
  "GetPropertiesSpecific",
  "SetProperties",
  "SaveChangesMessage",
  "ReloadCachedInformation",
  "SetMessageReadFlag",
  "SetColumns",
  "QueryRows",
  "DeleteMessages",
  "GetAttachmentTable",
  "OpenAttachment",
  "GetReceiveFolder",
  "RegisterNotification",
  "Notify",
  "OpenStream",
  "ReadStream",
  "CopyTo",
  "LongTermIdFromId",
  "CopyProperties",
  "Pending",
  "Logon",
  "BufferTooSmall",
];

/** Declarations of all ROPs by name: those that this project's server carries out, and those that it only refuses. */
export const ROPS = { ...SUPPORTED_ROPS, ...UNSUPPORTED_ROPS } as const;

type Supported = (typeof SUPPORTED_ROPS)[keyof typeof SUPPORTED_ROPS];
type Unsupported = (typeof UNSUPPORTED_ROPS)[keyof typeof UNSUPPORTED_ROPS];
type Notice = (typeof NOTICES)[keyof typeof NOTICES];

/** A request whose ROP the server carries out. */
export type SupportedRopRequest = RequestOf<Supported>;

/** A request of any ROP of MS-OXCROPS. */
export type RopRequest = SupportedRopRequest | RequestOf<Unsupported>;

/** A failed ROP: `ropId` and the reason. */
export interface RopFailure {
  readonly rop: "failure";
  readonly ropId: number;
  readonly handleIndex: number;
  /** Not 0. */
  readonly returnValue: number;
  /** DestHandleIndex of the request, where the return value is ecDstNullObject. */
  readonly destHandleIndex?: number;
}

/** A response of any ROP: a failure, a successful response, or a response without a request such as RopNotify. */
export type RopResponse = RopFailure | ResponseOf<Supported> | ResponseOf<Notice>;

type Ids<T> = { readonly [Name in keyof T]: number };

/** RopId by name. */
export const ROP = Object.fromEntries([...Object.values(ROPS), ...Object.values(NOTICES)].map(({ name, id }) => [name, id])) as Ids<
  typeof ROPS & typeof NOTICES
>;

/** ROPs by id and by name. A custom set adds ROPs to those of MS-OXCROPS: `createRopSet([...ROP_SET.definitions, MyRop])`. */
export interface RopSet {
  readonly definitions: readonly (RopDefinition | NoticeDefinition)[];
  readonly byId: ReadonlyMap<number, RopDefinition | NoticeDefinition>;
  readonly byName: ReadonlyMap<string, RopDefinition | NoticeDefinition>;
}

/**
 * Makes a set. RangeError unless `definitions` is a list of what `defineRop`, `defineRequest` and `defineNotice` returned, or if two of them have the same
 * name or id; it names both.
 */
export function createRopSet(definitions: readonly (RopDefinition | NoticeDefinition)[]): RopSet {
  if (!Array.isArray(definitions)) throw new RangeError("createRopSet takes a list of ROPs: [...ROP_SET.definitions, MyRop]");
  const byId = new Map<number, RopDefinition | NoticeDefinition>();
  const byName = new Map<string, RopDefinition | NoticeDefinition>();
  for (const definition of definitions) {
    if (!isDeclared(definition)) throw new RangeError("createRopSet: an item was not made by `defineRop` or `defineNotice`");
    const sameId = byId.get(definition.id);
    const sameName = byName.get(definition.name);
    if (sameId && sameId !== definition) throw new RangeError(`${describe(sameId)} and ${describe(definition)} have the same RopId`);
    if (sameName && sameName !== definition) throw new RangeError(`${describe(sameName)} and ${describe(definition)} have the same name`);
    byId.set(definition.id, definition);
    byName.set(definition.name, definition);
  }
  return { definitions, byId, byName };
}

/** `ROP Echo (0xe0)`, `notice Notify (0x2a)`. */
function describe({ kind, name, id }: RopDefinition | NoticeDefinition): string {
  return `${kind === "rop" ? "ROP" : "notice"} ${name} (${formatRopId(id)})`;
}

/** The ROPs of MS-OXCROPS. */
export const ROP_SET = createRopSet([...Object.values(ROPS), ...Object.values(NOTICES)]);
