/** Maps each ROP to the function that carries it out. A ROP of `ROPS` that is in neither list below is a compile error. */

import {
  createRopSet,
  type NoticeDefinition,
  ROP_SET,
  type ROPS,
  type RopDefinition,
  type RopResponse,
  type RopSet,
  type SupportedRopRequest,
  UNSUPPORTED_ROPS,
} from "@pushback/mapi";
import { deleteMessages, getContentsTable, getHierarchyTable, moveCopyMessages, openFolder } from "../folder/folder-rops.ts";
import { getPermissionsTable, modifyPermissions } from "../folder/permission-rops.ts";
import { getRulesTable, modifyRules, updateDeferredActionMessages } from "../folder/rule-rops.ts";
import { getSearchCriteria, setSearchCriteria } from "../folder/search-rops.ts";
import { copyFolder, copyFolderContents, createFolder, deleteFolder, emptyFolder, moveFolder } from "../folder/tree-rops.ts";
import {
  createAttachment,
  deleteAttachment,
  getAttachmentTable,
  getValidAttachments,
  openAttachment,
  saveChangesAttachment,
} from "../message/attachment-rops.ts";
import { createMessage, modifyRecipients, readRecipients, removeAllRecipients, saveChangesMessage } from "../message/compose-rops.ts";
import { openEmbeddedMessage } from "../message/embedded-message.ts";
import {
  getMessageStatus,
  openMessage,
  reloadCachedInformation,
  setMessageReadFlag,
  setMessageStatus,
  setReadFlags,
} from "../message/message-rops.ts";
import { registerNotification } from "../notification/notification-rops.ts";
import { copyProperties, copyTo } from "../property/copy-rops.ts";
import { getNamesFromPropertyIds, getPropertyIdsFromNames, queryNamedProperties } from "../property/name-rops.ts";
import { deleteProperties, getPropertiesAll, getPropertiesList, getPropertiesSpecific, setProperties } from "../property/property-rops.ts";
import { releaseAt } from "../session/rop-context.ts";
import { type AnyHandler, checkServedRops, type Handler, type ServedRop } from "../session/served-rop.ts";
import { getPerUserGuid, getPerUserLongTermIds, readPerUserInformation, writePerUserInformation } from "../store/per-user-rops.ts";
import { getReceiveFolder, getReceiveFolderTable, setReceiveFolder } from "../store/receive-folder-rops.ts";
import { getOwningServers, getStoreState, idFromLongTermId, logon, longTermIdFromId, publicFolderIsGhosted } from "../store/store-rops.ts";
import { cloneStream, copyToStream, lockRegionStream, unlockRegionStream, writeAndCommitStream } from "../stream/stream-copy-rops.ts";
import { commitStream, getStreamSize, openStream, readStream, seekStream, setStreamSize, writeStream } from "../stream/stream-rops.ts";
import { createBookmark, freeBookmark, positionOfBookmark, seekRowBookmark } from "../table/bookmark-rops.ts";
import { collapseRow, expandRow, getCollapseState, setCollapseState } from "../table/category-rops.ts";
import {
  abort,
  findRow,
  getStatus,
  queryColumnsAll,
  queryPosition,
  queryRows,
  resetTable,
  restrict,
  seekRow,
  seekRowFractional,
  setColumns,
  sortTable,
} from "../table/table-rops.ts";
import {
  abortSubmit,
  getAddressTypes,
  getTransportFolder,
  optionsData,
  setSpooler,
  spoolerLockMessage,
  transportNewMail,
} from "../transport/spooler-rops.ts";
import { submitMessage, transportSend } from "../transport/transport-rops.ts";

/** The server knows the ROP and answers it with ecNotSupported; the rest of its buffer is carried out. */
const REFUSED = "refused";

type Supported = {
  readonly [Name in SupportedRopRequest["rop"]]: Handler<Extract<SupportedRopRequest, { readonly rop: Name }>, RopResponse>;
};
type HandlerList = Supported & {
  readonly [Name in Exclude<keyof typeof ROPS, keyof Supported>]: typeof REFUSED;
};

const HANDLERS: HandlerList = {
  ...(Object.fromEntries(Object.keys(UNSUPPORTED_ROPS).map((name) => [name, REFUSED])) as {
    readonly [Name in keyof typeof UNSUPPORTED_ROPS]: typeof REFUSED;
  }),
  Release: (c, q) => {
    releaseAt(c, q.inputHandleIndex);
    return null;
  },
  Logon: logon,
  GetReceiveFolder: getReceiveFolder,
  GetStoreState: getStoreState,
  LongTermIdFromId: longTermIdFromId,
  IdFromLongTermId: idFromLongTermId,
  OpenFolder: openFolder,
  MoveCopyMessages: moveCopyMessages,
  DeleteMessages: deleteMessages,
  GetHierarchyTable: getHierarchyTable,
  GetContentsTable: getContentsTable,
  SetColumns: setColumns,
  SortTable: sortTable,
  Restrict: restrict,
  QueryRows: queryRows,
  GetStatus: getStatus,
  QueryPosition: queryPosition,
  SeekRow: seekRow,
  SeekRowBookmark: seekRowBookmark,
  CreateBookmark: createBookmark,
  QueryColumnsAll: queryColumnsAll,
  FindRow: (c, q) => findRow(c, q, positionOfBookmark),
  FreeBookmark: freeBookmark,
  ResetTable: resetTable,
  OpenMessage: openMessage,
  CreateMessage: createMessage,
  SaveChangesMessage: saveChangesMessage,
  RemoveAllRecipients: removeAllRecipients,
  ModifyRecipients: modifyRecipients,
  ReadRecipients: readRecipients,
  ReloadCachedInformation: reloadCachedInformation,
  SetReadFlags: setReadFlags,
  SetMessageReadFlag: setMessageReadFlag,
  OpenAttachment: openAttachment,
  CreateAttachment: createAttachment,
  DeleteAttachment: deleteAttachment,
  SaveChangesAttachment: saveChangesAttachment,
  GetAttachmentTable: getAttachmentTable,
  SubmitMessage: submitMessage,
  GetPropertyIdsFromNames: getPropertyIdsFromNames,
  GetNamesFromPropertyIds: getNamesFromPropertyIds,
  GetPropertiesSpecific: getPropertiesSpecific,
  GetPropertiesAll: getPropertiesAll,
  GetPropertiesList: getPropertiesList,
  SetProperties: setProperties,
  DeleteProperties: deleteProperties,
  OpenStream: openStream,
  ReadStream: readStream,
  WriteStream: writeStream,
  CommitStream: commitStream,
  GetStreamSize: getStreamSize,
  SetStreamSize: setStreamSize,
  SeekStream: seekStream,
  RegisterNotification: registerNotification,
  SetReceiveFolder: setReceiveFolder,
  GetReceiveFolderTable: getReceiveFolderTable,
  GetOwningServers: getOwningServers,
  PublicFolderIsGhosted: publicFolderIsGhosted,
  GetPerUserLongTermIds: getPerUserLongTermIds,
  GetPerUserGuid: getPerUserGuid,
  ReadPerUserInformation: readPerUserInformation,
  WritePerUserInformation: writePerUserInformation,
  CreateFolder: createFolder,
  DeleteFolder: deleteFolder,
  SetSearchCriteria: setSearchCriteria,
  GetSearchCriteria: getSearchCriteria,
  MoveFolder: moveFolder,
  CopyFolder: copyFolder,
  EmptyFolder: emptyFolder,
  HardDeleteMessagesAndSubfolders: emptyFolder,
  HardDeleteMessages: deleteMessages,
  Abort: abort,
  SeekRowFractional: seekRowFractional,
  ExpandRow: expandRow,
  CollapseRow: collapseRow,
  GetCollapseState: getCollapseState,
  SetCollapseState: setCollapseState,
  SetMessageStatus: setMessageStatus,
  GetMessageStatus: getMessageStatus,
  OpenEmbeddedMessage: openEmbeddedMessage,
  GetValidAttachments: getValidAttachments,
  AbortSubmit: abortSubmit,
  GetAddressTypes: getAddressTypes,
  SetSpooler: setSpooler,
  SpoolerLockMessage: spoolerLockMessage,
  TransportSend: transportSend,
  TransportNewMail: transportNewMail,
  GetTransportFolder: getTransportFolder,
  OptionsData: optionsData,
  SetPropertiesNoReplicate: setProperties,
  DeletePropertiesNoReplicate: deleteProperties,
  QueryNamedProperties: queryNamedProperties,
  CopyProperties: copyProperties,
  CopyTo: (c, q) => copyTo(c, q, copyFolderContents),
  CopyToStream: copyToStream,
  LockRegionStream: lockRegionStream,
  UnlockRegionStream: unlockRegionStream,
  WriteAndCommitStream: writeAndCommitStream,
  CloneStream: cloneStream,
  ModifyPermissions: modifyPermissions,
  GetPermissionsTable: getPermissionsTable,
  ModifyRules: modifyRules,
  GetRulesTable: getRulesTable,
  UpdateDeferredActionMessages: updateDeferredActionMessages,
};

/** The ROPs of one server, and their handlers by name. A ROP without a handler is refused. */
export interface RopService {
  readonly rops: RopSet;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  /** The ROPs that `MailServerSettings.rops` added, by name. */
  readonly added: ReadonlyMap<string, ServedRop>;
}

/**
 * The built-in ROPs and `extra`. RangeError if one of them has the name or the id of a ROP that is served already, or of a response without a request
 * (RopNotify, RopPending, RopBackoff, RopBufferTooSmall), which the server sends itself.
 */
export function createRopService(extra: readonly ServedRop[]): RopService {
  checkServedRops(extra);
  const handlers = new Map<string, AnyHandler>();
  for (const [name, handler] of Object.entries(HANDLERS)) if (handler !== REFUSED) handlers.set(name, handler as unknown as AnyHandler);
  if (extra.length === 0) return { rops: ROP_SET, handlers, added: new Map() };
  const replaced = new Set(extra.map(({ definition }) => definition.id));
  const isKept = ({ kind, id, name }: RopDefinition | NoticeDefinition) => kind === "notice" || handlers.has(name) || !replaced.has(id);
  const kept = ROP_SET.definitions.filter(isKept);
  for (const { definition, handler } of extra) handlers.set(definition.name, handler);
  const rops = createRopSet([...kept, ...extra.map(({ definition }) => definition)]);
  return { rops, handlers, added: new Map(extra.map((one) => [one.definition.name, one])) };
}
