/** Errors of programs that declare ROPs or write their records; input from the network never causes them. */

/** A value that its field cannot hold: the writer's caller is at fault. */
export class FieldError extends RangeError {
  override readonly name = "FieldError";
  /** Name of the field, after the names of the groups around it: `days.wind`. Empty until `putFields` sets it. */
  readonly field: string;
  /** What is wrong with the value. */
  readonly what: string;

  constructor(what: string, field = "", options?: ErrorOptions) {
    super(field === "" ? what : `field "${field}": ${what}`, options);
    this.field = field;
    this.what = what;
  }
}

/** RangeError unless `count` is a whole number, not negative. `what` begins the message. */
export function checkCount(what: string, count: number): void {
  if (!(Number.isSafeInteger(count) && count >= 0)) throw new RangeError(`${what} is not a whole number of 0 or more: ${count}`);
}

/** A value as text for a message. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  return Array.isArray(value) && value.length === 0 ? "an empty list" : String(value);
}

/** Throws a FieldError that says which values the field takes. */
export function outOfRange(value: unknown, range: string): never {
  throw new FieldError(`${shown(value)} is not ${range}`);
}

/** FieldError unless the value has the field's length. */
export function checkLength(length: number, expected: number, unit: "bytes" | "items"): void {
  if (length !== expected) throw new FieldError(`${length} ${unit} in place of ${expected}`);
}

/** FieldError unless the value is bytes. Text, lists of numbers and other views of a buffer would be written as other bytes. */
export function checkBytes(value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) outOfRange(value, "a Uint8Array");
}

/** FieldError unless the value is a list: text would be taken for a list of its characters. */
export function checkList(value: readonly unknown[]): void {
  if (!Array.isArray(value)) outOfRange(value, "a list");
}

/** FieldError unless the value is an object. */
export function checkObject(value: object): void {
  if (typeof value !== "object" || value === null) outOfRange(value, "an object");
}
