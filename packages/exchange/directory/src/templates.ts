/**
 * Templates of address book windows (MS-OXOABKT 2.2.2): the details of a mailbox, and the window in which an Internet address is made. A template is a
 * list of controls; a client draws it. Layout and captions are this server's own: the product's templates are not published.
 */

import { ByteWriter } from "@pushback/bytes";
import { PR_DISPLAY_NAME, PR_ENTRYID } from "@pushback/mapi";
import { CP_WINUNICODE, DISPLAY_TYPE, type NspiPropertyValue, permanentEntryId, TI_SCRIPT, TI_TEMPLATE } from "@pushback/nspi";
import { encodeDirectoryText, type RowContext } from "./properties.ts";

/** PidTagTemplateData (MS-OXOABKT 2.2.2). */
const PR_TEMPLATE_DATA = 0x00010102;
/** PidTagScriptData (MS-OXOABKT 2.2.3). */
const PR_SCRIPT_DATA = 0x00040102;

/** Control types (MS-OXOABKT 2.2.2.1.2; MAPI's DTCT_ numbers). */
const CONTROL = { LABEL: 0, EDIT: 1, PAGE: 5 } as const;
/** ControlFlags: editable, and required (MAPI's DT_ flags). */
const EDITABLE = 0x02;
const REQUIRED = 0x04;

interface Control {
  readonly type: number;
  /** Position and size in dialog units. */
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
  readonly flags: number;
  /** The property that an edit control shows; of other controls 0. */
  readonly tag: number;
  /** Longest text of an edit control in characters; 0 for other controls. */
  readonly most: number;
  /** Caption of the control; for an edit control, the characters that it accepts ("*": any). */
  readonly text: string;
}

const TROWSET_VERSION = 1;
const TROWSET_HEADER_BYTES = 8;
/** XPos, DeltaX, YPos, DeltaY, ControlType, ControlFlags, and the three fields of CNTRL. */
const TROW_BYTES = 36;

/** The buffer of a TRowSet: rows, then the texts that they point to from its base (MS-OXOABKT 2.2.2.1). */
function rowSet(controls: readonly Control[], context: RowContext): Uint8Array {
  const w = new ByteWriter(512);
  w.u32le(TROWSET_VERSION);
  w.u32le(controls.length);
  const texts = controls.map(({ text }) => encodeDirectoryText(context.book.settings.text, context.codePage, text));
  let at = TROWSET_HEADER_BYTES + TROW_BYTES * controls.length;
  for (const [i, control] of controls.entries()) {
    for (const field of [control.x, control.width, control.y, control.height, control.type, control.flags]) w.u32le(field);
    w.u32le(control.tag);
    w.u32le(control.most);
    w.u32le(at);
    at += texts[i].length + 1;
  }
  for (const text of texts) {
    w.bytes(text);
    w.u8(0);
  }
  return w.toBytes();
}

const LINE = 16;
const MOST_CHARACTERS = 256;

function page(text: string): Control {
  return { type: CONTROL.PAGE, x: 0, width: 0, y: 0, height: 0, flags: 0, tag: 0, most: 0, text };
}

/** A caption with the field of a property beside it. */
function field(line: number, caption: string, tag: number, flags: number): Control[] {
  const y = 8 + LINE * line;
  return [
    { type: CONTROL.LABEL, x: 8, width: 60, y, height: 8, flags: 0, tag: 0, most: 0, text: caption },
    { type: CONTROL.EDIT, x: 72, width: 180, y, height: 12, flags, tag, most: MOST_CHARACTERS, text: "*" },
  ];
}

const USER_CONTROLS: readonly Control[] = [
  page("General"),
  ...field(0, "&Display:", PR_DISPLAY_NAME, 0),
  ...field(1, "&Alias:", 0x3a00001e, 0),
  ...field(2, "&E-mail:", 0x39fe001e, 0),
  ...field(3, "&Name:", 0x3003001e, 0),
];

const INTERNET_CONTROLS: readonly Control[] = [
  page("SMTP - General"),
  ...field(0, "&Display name:", PR_DISPLAY_NAME, EDITABLE),
  ...field(1, "&E-mail address:", 0x3003001e, EDITABLE | REQUIRED),
];

/** The DN of the template for Internet addresses: of this server's own making. */
function internetTemplateDn({ book }: RowContext): string {
  const { organization, site } = book.settings;
  return `/o=${organization}/ou=${site}/cn=Configuration/cn=Addressing/cn=Address-Templates/cn=409/cn=SMTP`;
}

/** PidTagTemplateData and PidTagScriptData as the flags ask for them; `null` when there is no such template. */
export function templateRow(flags: number, displayType: number, dn: string | null, context: RowContext): NspiPropertyValue[] | null {
  let controls: readonly Control[];
  if (dn === null) {
    if (displayType !== DISPLAY_TYPE.MAILUSER) return null;
    controls = USER_CONTROLS;
  } else if (dn.toLowerCase() === internetTemplateDn(context).toLowerCase()) controls = INTERNET_CONTROLS;
  else return null;
  const row: NspiPropertyValue[] = [];
  if (flags & TI_TEMPLATE) row.push({ tag: PR_TEMPLATE_DATA, value: rowSet(controls, context) });
  // An empty script: the address is taken as it was typed.
  if (flags & TI_SCRIPT) row.push({ tag: PR_SCRIPT_DATA, value: new Uint8Array(4) });
  return row;
}

/** The rows of the address creation table (MS-OXOABKT 2.2.1): one kind of address. */
export function creationRows(context: RowContext): NspiPropertyValue[][] {
  const unicode = context.codePage === CP_WINUNICODE;
  const text = (tag: number, value: string): NspiPropertyValue => {
    if (!unicode) return { tag, value: encodeDirectoryText(context.book.settings.text, context.codePage, value) };
    const b = new Uint8Array(2 * value.length);
    for (let i = 0; i < value.length; i++) b[2 * i] = value.charCodeAt(i);
    return { tag: tag + 1, value: b };
  };
  return [
    [
      text(PR_DISPLAY_NAME, "Internet Address"),
      text(0x3002001e, "SMTP"),
      { tag: 0x39000003, value: DISPLAY_TYPE.ADDRESS_TEMPLATE },
      { tag: 0x30050003, value: 0 },
      { tag: 0x3609000b, value: true },
      { tag: 0x0ff60102, value: Uint8Array.of(1, 0, 0, 0) },
      { tag: PR_ENTRYID, value: permanentEntryId(DISPLAY_TYPE.ADDRESS_TEMPLATE, internetTemplateDn(context)) },
    ],
  ];
}
