/** The reader of a pipe has closed it: a command that only writes ends quietly. */
export class ClosedOutput extends Error {
  readonly code = "PUSHBACK_CLOSED_OUTPUT";
}
