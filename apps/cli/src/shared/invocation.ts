/** Commands that a user can copy from the output and run. */

/** How the program was started: the scripts of the repository set it, an installed program has its own name. */
const PROGRAM = process.env["PUSHBACK_PROGRAM"] ?? "pushback";

/** A word for a POSIX shell, quoted if it has to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line of this program. */
export function commandLine(...args: readonly string[]): string {
  return [PROGRAM, ...args.map(quoted)].join(" ");
}

/** The present command line with more arguments. */
export function thisCommandWith(...args: readonly string[]): string {
  return commandLine(...process.argv.slice(2), ...args);
}
