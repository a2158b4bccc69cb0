/** Version words that each version of Exchange reports in EcDoConnect. This is their only declaration; docs/SERVE.md derives its table from it. */

import type { VersionWords } from "@pushback/mapi";

/** What is known of the version words of one product version. */
export interface ExchangeVersion {
  /** rgwServerVersion: product major, build major, build minor. */
  readonly serverVersion: VersionWords;
  /** Whether rgwBestVersion was seen in traffic of a server of this version; otherwise it is inferred from version 5.5. */
  readonly isSeenLive: boolean;
  /** Source of the version words. */
  readonly source: string;
}

/**
 * By product version. Each answers rgwBestVersion with the client's own words: seen live with 5.5, inferred for the others. Whether one of
 * them refused a client for its version (ecVersionMismatch) is not known.
 */
export const EXCHANGE_VERSIONS = {
  "4.0": { serverVersion: [4, 837, 0], isSeenLive: false, source: "build 4.0.837 (Q158530), in the form of 5.5's words; inferred" },
  "5.0": { serverVersion: [5, 1457, 0], isSeenLive: false, source: "build 5.0.1457 (Q158530), in the form of 5.5's words; inferred" },
  "5.5": { serverVersion: [5, 2653, 23], isSeenLive: true, source: "5.5.2653.23, seen live, to a client of 5, 3144, 0" },
} as const satisfies Readonly<Record<string, ExchangeVersion>>;

/** Name of a version in EXCHANGE_VERSIONS. */
export type ExchangeVersionName = keyof typeof EXCHANGE_VERSIONS;

/** The version of a server whose settings name none. */
export const DEFAULT_EXCHANGE_VERSION: ExchangeVersionName = "4.0";

/** Whether the text is the name of a version in EXCHANGE_VERSIONS. */
export function isExchangeVersion(text: string): text is ExchangeVersionName {
  return Object.hasOwn(EXCHANGE_VERSIONS, text);
}
