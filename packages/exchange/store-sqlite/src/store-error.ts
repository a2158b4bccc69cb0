/** The reason why a folder's store cannot be used. The message is one line that names the file and the fault. */

export type StoreErrorCode =
  | "unreadable"
  | "damaged"
  | "newer"
  /** The file is a database of another program. */
  | "foreign"
  /** Another process has the store open. */
  | "in-use";

/** Thrown when a store cannot be opened; `code` names the reason. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}
