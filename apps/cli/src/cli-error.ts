/** What people can do something about: one line, exit code 2. Anything else is a bug and keeps its stack trace. */
export class CliError extends Error {
  readonly code = "PUSHBACK_USAGE";
}

/** A system error's reason in words: `EACCES: permission denied, open 'x'` becomes `permission denied`. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
