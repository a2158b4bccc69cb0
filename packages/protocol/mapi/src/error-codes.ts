/** Return values of EMSMDB calls and ROPs. */

export const MAPI_ERROR = {
  ecNone: 0,
  /** MS-OXCRPC: no such mailbox owner. */
  ecUnknownUser: 0x000003eb,
  /** MS-OXCRPC: this mailbox is another's. */
  ecLoginPerm: 0x000003f2,
  /** The ROP buffer does not parse, or names a ROP that the server lacks. */
  ecRpcFormat: 0x000004b6,
  /** The handle table names no object, or one of another kind. */
  ecNullObject: 0x000004b9,
  /** Neither the responses nor a RopBufferTooSmall fit into the response buffer. */
  ecBufferTooSmall: 0x0000047d,
  /** The mailbox would exceed its quota (MS-OXCDATA 2.4, QuotaExceeded). */
  ecQuotaExceeded: 0x000004d9,
  /** There is no object at the destination's handle index (MS-OXCDATA 2.4, NullDestinationObject). */
  ecDstNullObject: 0x00000503,
  /** The ROP is not for search folders (MS-OXCDATA 2.4.1). */
  ecSearchFolder: 0x00000460,
  /** The ROP is for search folders only (MS-OXCDATA 2.4.1). */
  ecNotSearchFolder: 0x00000461,
  /** The folder cannot go while messages are received into it (MS-OXCDATA 2.4.1). */
  ecFolderSetReceive: 0x00000462,
  /** The search folder has no criteria yet (MAPI_E_NOT_INITIALIZED). */
  ecNotInitialized: 0x80040605,
  /** The row to collapse is not expanded, or the row to expand is not collapsed (MS-OXCDATA 2.4.1). */
  ecNotExpanded: 0x000004f7,
  ecNotCollapsed: 0x000004f8,
  ecNotSupported: 0x80040102,
  /** The object was deleted since it was opened (MAPI_E_OBJECT_DELETED). */
  ecObjectDeleted: 0x8004010a,
  ecNotFound: 0x8004010f,
  /** There is nothing to abort (MAPI_E_UNABLE_TO_ABORT). */
  ecUnableToAbort: 0x80040114,
  /** A property that the server works out itself (MAPI_E_COMPUTED). */
  ecComputed: 0x8004011a,
  ecNoRecipients: 0x80040607,
  /** The bookmark is unknown or no longer valid (MAPI_E_INVALID_BOOKMARK). */
  ecInvalidBookmark: 0x80040405,
  /** A restriction that the server does not understand (MAPI_E_TOO_COMPLEX). */
  ecTooComplex: 0x80040117,
  /** A message could not be read from the disk or written to it (MAPI_E_DISK_ERROR). */
  ecDiskError: 0x80040116,
  /** The server failed to carry out the call (MAPI_E_CALL_FAILED; MS-OXCDATA 2.4, GeneralFailure). */
  ecError: 0x80004005,
  ecVersionMismatch: 0x80040110,
  ecLoginFailure: 0x80040111,
  ecTooBig: 0x80040305,
  /** The property type does not exist (MAPI_E_INVALID_TYPE). */
  ecInvalidType: 0x80040302,
  /** Another stream holds a lock on the region (STG_E_LOCKVIOLATION). */
  ecLockViolation: 0x80030021,
  /** The message has left the queue (MAPI_E_NOT_IN_QUEUE). */
  ecNotInQueue: 0x80040601,
  /** The folder has a subfolder of this name already (MAPI_E_COLLISION). */
  ecDuplicateName: 0x80040604,
  /** The folder was to be deleted without its subfolders (MAPI_E_HAS_FOLDERS), without its messages (MAPI_E_HAS_MESSAGES). */
  ecFolderHasChildren: 0x80040609,
  ecFolderHasContents: 0x8004060a,
  /** The folder would become its own descendant (MAPI_E_FOLDER_CYCLE). */
  ecFolderCycle: 0x8004060b,
  ecAccessDenied: 0x80070005,
  ecMemory: 0x8007000e,
  ecInvalidParam: 0x80070057,
} as const;
