/** The error that a user can act on. Programs print its message as one line and exit with code 2; every other error is a defect and keeps its stack trace. */
export class UsageError extends Error {
  readonly code = "PUSHBACK_USAGE";
}

/** The reason of a system error in words: `EACCES: permission denied, open 'x'` becomes `permission denied`. Other errors keep their message. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
