/** Commands that take several captures, one after the other. */

import { UsageError } from "@pushback/usage-error";
import { STANDARD_STREAM } from "../shared/output-file.ts";
import { printFault } from "../shared/printable.ts";

const EXIT_USAGE = 2;

/** Throws a UsageError if standard input is named more than once: it can be read only once. */
function requireOneStandardInput(paths: readonly string[]): void {
  if (paths.filter((path) => path === STANDARD_STREAM).length > 1)
    throw new UsageError("-: standard input is named twice; it is read only once");
}

/**
 * Does `work` for each capture. If one of several can't be read, its error is printed on standard error, and the others are still read. Resolves to one
 * exit code per capture: 2 if it could not be read. The error of a single capture is thrown.
 */
export async function forEachCapture(paths: readonly string[], work: (path: string) => Promise<number>): Promise<number[]> {
  requireOneStandardInput(paths);
  if (paths.length === 1) return [await work(paths[0])];
  const codes: number[] = [];
  for (const path of paths) {
    try {
      codes.push(await work(path));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      printFault(error);
      codes.push(EXIT_USAGE);
    }
  }
  return codes;
}

/** The first code of `order` that is among `codes`. */
export function worstOf(codes: readonly number[], order: readonly number[]): number {
  return order.find((code) => codes.includes(code)) ?? 0;
}
