/** An error that the user can act on: the message is one line that says what is missing and how to get it. */

export type LiveErrorCode = "not-linux" | "no-device" | "not-permitted" | "busy" | "bad-name" | "no-foreign-calls" | "system";

/** What this computer refuses, with a message for its user: an interface, a port, a right. */
export class LiveError extends Error {
  readonly code: LiveErrorCode;

  constructor(code: LiveErrorCode, message: string) {
    super(message);
    this.name = "LiveError";
    this.code = code;
  }
}
