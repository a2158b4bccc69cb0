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
