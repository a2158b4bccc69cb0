/** Which function carries out which ROP. A ROP of `ROPS` that is in neither list below is a compile error. */

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
import { deleteMessages, getContentsTable, getHierarchyTable, moveMessages, openFolder } from "../folder/folder-rops.ts";
import {
  createAttachment,
  deleteAttachment,
  getAttachmentTable,
  openAttachment,
  saveChangesAttachment,
} from "../message/attachment-rops.ts";
import { createMessage, modifyRecipients, readRecipients, removeAllRecipients, saveChangesMessage } from "../message/compose-rops.ts";
import { openMessage, reloadCachedInformation, setMessageReadFlag, setReadFlags } from "../message/message-rops.ts";
import { registerNotification } from "../notification/notification-rops.ts";
import { getNamesFromPropertyIds, getPropertyIdsFromNames } from "../property/name-rops.ts";
import { deleteProperties, getPropertiesAll, getPropertiesList, getPropertiesSpecific, setProperties } from "../property/property-rops.ts";
import { releaseAt } from "../session/rop-context.ts";
import type { AnyHandler, Handler, ServedRop } from "../session/served-rop.ts";
import { getReceiveFolder, getStoreState, idFromLongTermId, logon, longTermIdFromId } from "../store/store-rops.ts";
import { commitStream, getStreamSize, openStream, readStream, seekStream, setStreamSize, writeStream } from "../stream/stream-rops.ts";
import { createBookmark, freeBookmark, positionOfBookmark, seekRowBookmark } from "../table/bookmark-rops.ts";
import {
  findRow,
  getStatus,
  queryColumnsAll,
  queryPosition,
  queryRows,
  resetTable,
  restrict,
  seekRow,
  setColumns,
  sortTable,
} from "../table/table-rops.ts";
import { submitMessage } from "../transport/transport-rops.ts";

/** The server knows the ROP and answers it with ecNotSupported; the rest of its buffer is carried out. */
const REFUSED = "refused";

type Supported = {
  readonly [Name in SupportedRopRequest["rop"]]: Handler<Extract<SupportedRopRequest, { readonly rop: Name }>, RopResponse>;
};
/** Named in SUPPORTED_ROPS, and refused all the same. */
type HandlerList = { readonly [Name in keyof Supported]: Supported[Name] | typeof REFUSED } & {
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
  MoveCopyMessages: moveMessages,
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
  SetReceiveFolder: REFUSED,
  GetReceiveFolderTable: REFUSED,
  GetOwningServers: REFUSED,
  PublicFolderIsGhosted: REFUSED,
  GetPerUserLongTermIds: REFUSED,
  GetPerUserGuid: REFUSED,
  ReadPerUserInformation: REFUSED,
  WritePerUserInformation: REFUSED,
  CreateFolder: REFUSED,
  DeleteFolder: REFUSED,
  SetSearchCriteria: REFUSED,
  GetSearchCriteria: REFUSED,
  MoveFolder: REFUSED,
  CopyFolder: REFUSED,
  EmptyFolder: REFUSED,
  HardDeleteMessagesAndSubfolders: REFUSED,
  HardDeleteMessages: REFUSED,
  Abort: REFUSED,
  SeekRowFractional: REFUSED,
  ExpandRow: REFUSED,
  CollapseRow: REFUSED,
  GetCollapseState: REFUSED,
  SetCollapseState: REFUSED,
  SetMessageStatus: REFUSED,
  GetMessageStatus: REFUSED,
  OpenEmbeddedMessage: REFUSED,
  GetValidAttachments: REFUSED,
  AbortSubmit: REFUSED,
  GetAddressTypes: REFUSED,
  SetSpooler: REFUSED,
  SpoolerLockMessage: REFUSED,
  TransportSend: REFUSED,
  TransportNewMail: REFUSED,
  GetTransportFolder: REFUSED,
  OptionsData: REFUSED,
  SetPropertiesNoReplicate: REFUSED,
  DeletePropertiesNoReplicate: REFUSED,
  QueryNamedProperties: REFUSED,
  CopyProperties: REFUSED,
  CopyTo: REFUSED,
  CopyToStream: REFUSED,
  LockRegionStream: REFUSED,
  UnlockRegionStream: REFUSED,
  WriteAndCommitStream: REFUSED,
  CloneStream: REFUSED,
  ModifyPermissions: REFUSED,
  GetPermissionsTable: REFUSED,
  ModifyRules: REFUSED,
  GetRulesTable: REFUSED,
  UpdateDeferredActionMessages: REFUSED,
};

/** The ROPs of one server, and their handlers by name. A ROP without a handler is refused. */
export interface RopService {
  readonly rops: RopSet;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
}

/** The built-in ROPs and `extra`. RangeError if one of them has the name or the id of a ROP that is served already. */
export function createRopService(extra: readonly ServedRop[]): RopService {
  const handlers = new Map<string, AnyHandler>();
  for (const [name, handler] of Object.entries(HANDLERS)) if (handler !== REFUSED) handlers.set(name, handler as unknown as AnyHandler);
  if (extra.length === 0) return { rops: ROP_SET, handlers };
  const replaced = new Set(extra.map(({ definition }) => definition.id));
  const kept = ROP_SET.definitions.filter(({ id, name }: RopDefinition | NoticeDefinition) => handlers.has(name) || !replaced.has(id));
  for (const { definition, handler } of extra) handlers.set(definition.name, handler);
  return { rops: createRopSet([...kept, ...extra.map(({ definition }) => definition)]), handlers };
}
