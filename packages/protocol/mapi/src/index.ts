export * from "./connect.ts";
export * from "./error-codes.ts";
export * from "./file-time.ts";
export * from "./interface.ts";
export * from "./notification.ts";
export * from "./object-id.ts";
export * from "./one-off-entry-id.ts";
export * from "./property.ts";
export * from "./property-name.ts";
export * from "./property-tag.ts";
export * from "./property-value.ts";
export * from "./push-notification.ts";
export * from "./recipient.ts";
export * from "./restriction.ts";
export * from "./rop-buffer.ts";
export * as field from "./rops/all-fields.ts";
export type { FlaggedValues } from "./rops/data-fields.ts";
export * from "./rops/define-rop.ts";
export type { ColumnsOf, Layout, RecordOf } from "./rops/field.ts";
export { FieldError } from "./rops/field-error.ts";
export {
  DELETE_FOLDER,
  FOLDER_TYPE,
  SEARCH_FLAG,
  SEARCH_STATE,
  TABLE_ASSOCIATED,
  TABLE_DEPTH,
  TABLE_NO_NOTIFICATIONS,
} from "./rops/folder-rops.ts";
export {
  CODE_PAGE_OF_LOGON,
  EMBEDDED_MODE,
  type ModifiedRecipient,
  type OpenRecipient,
  READ_FLAG,
  type ReadRecipient,
} from "./rops/message-rops.ts";
export { COPY_MOVE, COPY_NO_OVERWRITE, NAMES_CREATE, type PropertyProblem } from "./rops/property-rops.ts";
export * from "./rops/rop-codec.ts";
export * from "./rops/rop-list.ts";
export { FOLDER_RIGHT, REPLACE_ROWS, ROW_CHANGE } from "./rops/rule-rops.ts";
export { LOGON_FOLDER, LOGON_PRIVATE, type LogonReply, type LogonTime, OPEN_PUBLIC, PUBLIC_FOLDER } from "./rops/store-rops.ts";
export { STREAM_READ_ONLY } from "./rops/stream-rops.ts";
export type { SortOrder } from "./rops/table-rops.ts";
export { LOCK_STATE } from "./rops/transport-rops.ts";
export * from "./rpc.ts";
export * from "./rule-action.ts";
export * from "./typed-string.ts";
