/**
 * What commands print with `--json`, and the recordings that `--out` writes. The JSON Schemas in docs/schemas are made from these types:
 * `node scripts/output-schemas.mjs`.
 */

import type { Diagnosis } from "@pushback/diagnose";
import type { RecordedEvent, RecordedMachine } from "@pushback/scenario";

/** `pushback diagnose --json`. Times are microseconds since 1970. */
export interface DiagnoseOutput extends Diagnosis {
  /** The capture's path as it was given. */
  readonly capture: string;
  /** Why the capture was read in part only; `null` if it was read whole. */
  readonly problem: string | null;
}

/** A line of `pushback run --json` and of `NAME.events.ndjson`. Times are microseconds of virtual time. */
export type RunLine = RecordedEvent;

/** `NAME.json` of `pushback run --out` and `pushback compare --out`. */
export interface RecordingFile {
  readonly recording: {
    readonly scenario: string;
    readonly seed: string;
    /** The wall clock at virtual time 0, in milliseconds since 1970-01-01 UTC. */
    readonly epochMs: number;
    readonly durationUs: number;
    readonly keepAliveUs: number;
    readonly notificationIntervalUs: number;
    /** Number of frames in the capture beside this file. */
    readonly frames: number;
    readonly machines: readonly RecordedMachine[];
  };
  readonly events: readonly RecordedEvent[];
}

/** A line of `pushback show --json`. */
export interface ShowLine {
  /** The capture's path, where several are shown. */
  readonly capture?: string;
  /** The frame's number, from 1. */
  readonly number: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
  /** Values by the names that display filters use, as Wireshark shows them. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/** `pushback scenarios --json`. */
export type ScenariosOutput = readonly {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly durationUs: number;
}[];

/** A value of a platform with its source. */
interface FactOutput {
  readonly value: unknown;
  readonly confidence: "high" | "medium" | "low" | "assumption";
  /** The document, or the reason for an assumption. */
  readonly source: string;
  readonly cites: readonly { readonly document: string; readonly at: string; readonly quote: string }[];
  /** The variant or the product that the documents describe, if it is another one. */
  readonly carriedFrom?: string;
}

/** Facts by their names. */
type FactsOutput = Readonly<Record<string, FactOutput>>;

/** `pushback platforms NAME --json`. */
export interface PlatformOutput {
  readonly id: string;
  readonly platform: string;
  readonly title: string;
  /** Facts about the platform's packets. */
  readonly personality: FactsOutput;
  readonly boot: FactsOutput;
  readonly goingDown: FactsOutput;
  /** The mail client. */
  readonly mail: FactsOutput;
  /** Whether a registry holds the parameters of TCP/IP. */
  readonly tcpRegistry: FactOutput;
  /** The screen: not a fact of the wire, and without sources. */
  readonly appearance: unknown;
}

/** `pushback platforms --json`. */
export type PlatformsOutput = readonly {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly variants: readonly PlatformOutput[];
}[];

/** A fact in the lists of `--check`. */
interface CheckedFactOutput {
  /** Group and name, as in `personality.ttlUdp`. */
  readonly fact: string;
  readonly value: unknown;
  readonly source: string;
}

/** `pushback platforms NAME --check --json`; without a name, a list of these. */
export interface PlatformCheckOutput {
  readonly variant: string;
  /** Number of facts about the variant. */
  readonly facts: number;
  readonly assumptions: readonly CheckedFactOutput[];
  readonly carriedOver: readonly (CheckedFactOutput & {
    readonly carriedFrom: string;
    readonly cites: readonly { readonly document: string; readonly at: string; readonly quote: string }[];
  })[];
  readonly withoutDocument: readonly CheckedFactOutput[];
}

/** A line of `pushback sweep --json` and of `results.ndjson`: a variant in a run. Counts and microseconds are integers. */
export interface SweepLine {
  /** Values of the varied settings, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: string;
  readonly platform: string;
  readonly variant: string;
  readonly machines: number;
  /** Expectations of the scenario that the run does not meet; empty if it meets all. */
  readonly unmet: string;
  /** Causes with counts, such as `keepalive-reset:38 logoff:2`. */
  readonly sessionEndCauses: string;
  /** The metrics, as docs/SCENARIOS.md lists them. */
  readonly [metric: string]: unknown;
}

/** `pushback deliver --json`. */
export interface DeliverOutput {
  readonly to: string;
  /** The message's id in the store. */
  readonly mid: string;
  /** Delivery key: a second delivery with the same key is a duplicate. */
  readonly key: string;
  /** Whether a delivery with this key had been made before. */
  readonly duplicate: boolean;
}

/** `pushback mailbox list --json`. */
export type MailboxListOutput = readonly {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  readonly messages: number;
  readonly unread: number;
  /** Whether the mailbox has a password of its own. */
  readonly account: boolean;
}[];
