/** Numbers of NSPI (MS-OXNSPI 2.2.1). */

/** Return values (MS-OXNSPI 2.2.1.2; values from MS-OXCDATA 2.4). */
export const NSPI_STATUS = {
  Success: 0,
  UnbindSuccess: 1,
  UnbindFailure: 2,
  ErrorsReturned: 0x00040380,
  GeneralFailure: 0x80004005,
  NotSupported: 0x80040102,
  InvalidObject: 0x80040108,
  OutOfResources: 0x8004010e,
  NotFound: 0x8004010f,
  LogonFailed: 0x80040111,
  TooComplex: 0x80040117,
  InvalidCodepage: 0x8004011e,
  InvalidLocale: 0x8004011f,
  TableTooBig: 0x80040403,
  InvalidBookmark: 0x80040405,
  AccessDenied: 0x80070005,
  NotEnoughMemory: 0x8007000e,
  InvalidParameter: 0x80070057,
} as const;

/** Display types (MS-OXNSPI 2.2.1.3). */
export const DISPLAY_TYPE = { MAILUSER: 0, CONTAINER: 0x100, TEMPLATE: 0x101, ADDRESS_TEMPLATE: 0x102 } as const;

/** Locale id of English (United States), the default of sort orders (MS-OXNSPI 2.2.1.4). */
export const NSPI_DEFAULT_LOCALE = 0x0409;
/** Code pages that every server must know (MS-OXNSPI 2.2.1.5). */
export const CP_TELETEX = 0x4f25;
/** Code page 1200: texts in UTF-16LE. */
export const CP_WINUNICODE = 0x04b0;

/** Minimal entry ids that are positions (MS-OXNSPI 2.2.1.8), and the least that stands for an object (MS-OXNSPI 2.2.9.1). */
export const MID_BEGINNING_OF_TABLE = 0;
/** The present row of the table. */
export const MID_CURRENT = 1;
/** The position after the last row. */
export const MID_END_OF_TABLE = 2;
/** The least minimal entry id that stands for an object (MS-OXNSPI 2.2.9.1). */
export const FIRST_MID = 0x10;

/** Results of name resolution (MS-OXNSPI 2.2.1.9). */
export const MID_UNRESOLVED = 0;
/** The name matches several entries. */
export const MID_AMBIGUOUS = 1;
/** The name matches exactly one entry. */
export const MID_RESOLVED = 2;

/** Sort orders (MS-OXNSPI 2.2.1.10). */
export const SORT_TYPE = { DisplayName: 0, PhoneticDisplayName: 3, DisplayName_RO: 0x3e8, DisplayName_W: 0x3e9 } as const;

/** Flags of NspiQueryRows, NspiGetProps and NspiGetPropList (MS-OXNSPI 2.2.1.12). */
export const SKIP_OBJECTS = 0x0001;
/** fEphID: entry ids in the response are ephemeral ones. */
export const EPHEMERAL_IDS = 0x0002;

/** Flags of NspiGetSpecialTable (MS-OXNSPI 2.2.1.13). */
export const ADDRESS_CREATION_TEMPLATES = 0x0002;
/** NspiUnicodeStrings: texts of the table are in UTF-16LE. */
export const UNICODE_STRINGS = 0x0004;

/** Flag of NspiQueryColumns (MS-OXNSPI 2.2.1.14). */
export const UNICODE_PROPTYPES = 0x80000000;

/** Flags of NspiGetTemplateInfo (MS-OXNSPI 2.2.1.16). */
export const TI_TEMPLATE = 0x0001;
/** The response holds the script of the template. */
export const TI_SCRIPT = 0x0004;
/** The response holds the type of e-mail address of the template. */
export const TI_EMT = 0x0010;
