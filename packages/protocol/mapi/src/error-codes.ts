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
  /** The answer does not fit, and not even the note that says so. */
  ecBufferTooSmall: 0x0000047d,
  /** The mailbox would exceed its quota (MS-OXCDATA 2.4, QuotaExceeded). */
  ecQuotaExceeded: 0x000004d9,
  ecNotSupported: 0x80040102,
  ecNotFound: 0x8004010f,
  /** A property that the server works out itself (MAPI_E_COMPUTED). */
  ecComputed: 0x8004011a,
  ecNoRecipients: 0x80040607,
  /** A bookmark that is none, or none any more (MAPI_E_INVALID_BOOKMARK). */
  ecInvalidBookmark: 0x80040405,
  /** A restriction that the server does not understand (MAPI_E_TOO_COMPLEX). */
  ecTooComplex: 0x80040117,
  ecVersionMismatch: 0x80040110,
  ecLoginFailure: 0x80040111,
  ecTooBig: 0x80040305,
  ecAccessDenied: 0x80070005,
  ecMemory: 0x8007000e,
  ecInvalidParam: 0x80070057,
} as const;
