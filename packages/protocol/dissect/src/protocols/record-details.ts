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
  for (const [name, value] of Object.entries(record)) {
    if (without.includes(name)) continue;
    const where = path === "" ? name : `${path}.${name}`;
    const shown = showValue(name, value);
    if (shown !== null) yield `${where}: ${shown}`;
    else yield* allDetails(value as object, where, []);
  }
}

/** A value as text; `null` for records and lists of records, whose parts are shown one by one. */
function showValue(name: string, value: unknown): string | null {
  if (value === null) return "none";
  if (value instanceof Uint8Array) return showBytes(value);
  if (typeof value === "number")
    return /tag|code|returnValue|handle$/i.test(name) ? `0x${value.toString(16).padStart(8, "0")}` : `${value}`;
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) return null;
  if (/tags/i.test(name)) return value.map((tag) => `0x${Number(tag).toString(16).padStart(8, "0")}`).join(", ");
  return value.every((part) => typeof part !== "object" && typeof part !== "function") ? value.join(", ") : null;
}

/** Quoted text if every byte is printable ASCII, hexadecimal digits otherwise. */
function showBytes(b: Uint8Array): string {
  const isText = b.length > 0 && b.every((octet) => octet >= 0x20 && octet !== 0x7f && octet < 0x80);
  if (isText) return JSON.stringify(String.fromCharCode(...b.subarray(0, MAX_CHARS)));
  return [...b.subarray(0, MAX_CHARS / 2)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
