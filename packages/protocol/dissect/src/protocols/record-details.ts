/** The values of a record as lines of text, for calls and ROPs that have more parameters than fields. */

/** Longest detail, in characters, that is shown whole. */
const MAX_CHARS = 512;
/** Most details of one record that are shown: a page of a table has many rows. */
const MAX_DETAILS = 200;

/**
 * `name: value` for each value in a record; values in nested records and lists are named by their path, such as `cells.1`. Names in
 * `without` are left out. Long records and long values are cut off.
 */
export function* detailsOf(record: object, without: readonly string[] = [], path = ""): Generator<string> {
  let shown = 0;
  for (const detail of allDetails(record, path, without)) {
    if (shown++ === MAX_DETAILS) return;
    yield detail.length > MAX_CHARS ? `${detail.slice(0, MAX_CHARS)}…` : detail;
  }
}

function* allDetails(record: object, path: string, without: readonly string[]): Generator<string> {
  for (const name of Object.keys(record)) {
    if (without.includes(name)) continue;
    const value = (record as Readonly<Record<string, unknown>>)[name];
    const where = path === "" ? name : `${path}.${name}`;
    const shown = showValue(name, value);
    if (shown !== null) yield `${where}: ${shown}`;
    else yield* allDetails(value as object, where, []);
  }
}

/**
 * A value as text; `null` for records and lists of records, whose parts are shown one by one. A text longer than `MAX_CHARS` may lack its end, which is not
 * shown: records may share a value, such as the columns of a table, so each must not cost the whole value.
 */
function showValue(name: string, value: unknown): string | null {
  if (value === null) return "none";
  if (value instanceof Uint8Array) return showBytes(value);
  if (typeof value === "number") return /tag|code|returnValue|handle$/i.test(name) ? showCode(value) : `${value}`;
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) return null;
  if (/tags/i.test(name)) return showList(value, showCode);
  return value.every((part) => typeof part !== "object" && typeof part !== "function") ? showList(value, showPart) : null;
}

function showCode(value: unknown): string {
  return `0x${Number(value).toString(16).padStart(8, "0")}`;
}

/** As `Array.prototype.join` shows it. */
function showPart(value: unknown): string {
  return value === undefined ? "" : String(value);
}

/** The parts of a list, up to the one that makes the text longer than `MAX_CHARS`. */
function showList(list: readonly unknown[], show: (part: unknown) => string): string {
  let text = "";
  for (let i = 0; i < list.length && text.length <= MAX_CHARS; i++) text += i === 0 ? show(list[i]) : `, ${show(list[i])}`;
  return text;
}

/** Quoted text if every byte is printable ASCII, hexadecimal digits otherwise. */
function showBytes(b: Uint8Array): string {
  const isText = b.length > 0 && b.every((octet) => octet >= 0x20 && octet !== 0x7f && octet < 0x80);
  if (isText) return JSON.stringify(String.fromCharCode(...b.subarray(0, MAX_CHARS)));
  return [...b.subarray(0, MAX_CHARS / 2)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
