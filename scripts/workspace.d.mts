/** What programs in TypeScript use of `workspace.mjs`. */

/** The path of the built command line; `null` unless it is newer than every source. */
export function freshCli(): string | null;

/** The folder of the built studio; `null` unless it is newer than every source. */
export function freshStudio(): string | null;
