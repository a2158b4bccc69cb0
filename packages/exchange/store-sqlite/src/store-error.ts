/** The reason why a folder's store cannot be used. The message is one line that names the file and the fault. */

export type StoreErrorCode =
  /** The file or its folder cannot be read, written or created. */
  | "unreadable"
  /** The file is damaged, or is no database. */
  | "damaged"
  /** A newer version of the program wrote the store. */
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
