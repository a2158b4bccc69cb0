import { fileURLToPath } from "node:url";

/** Arguments with which Node runs `pushback` from its source. */
export const PUSHBACK_SOURCE: readonly string[] = [
  "--conditions=pushback-source",
  fileURLToPath(new URL("../../../../apps/cli/src/main.ts", import.meta.url)),
];

/**
 * What Node is given to run `pushback`: the built program where the test run found one that is newer than every source, because it starts
 * faster, otherwise the source.
 */
export const PUSHBACK: readonly string[] = process.env["PUSHBACK_TESTED"] ? [process.env["PUSHBACK_TESTED"]] : PUSHBACK_SOURCE;
