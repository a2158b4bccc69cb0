/** Why a folder holds no store that can be used; the message is one line that says what is wrong with what. */

export type StoreErrorCode =
  | "unreadable"
  | "damaged"
  | "newer"
  /** Something else's database. */
  | "foreign"
  /** Another process has it open. */
  | "in-use";

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}
