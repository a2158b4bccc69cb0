/** The type of a built-in capture, and the function that makes one. */

import type { TimedFrame } from "./capture-mix.ts";
import { pcapng } from "./suite-files.ts";
import { countUnreachables, type Expectation, type ExpectedFinding } from "./suite-recordings.ts";

export interface SuiteCapture {
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly about: string;
  readonly expect: Expectation;
}

/** One capture of Ethernet frames as pcapng, with its figures counted. */
export function capture(
  name: string,
  about: string,
  frames: readonly TimedFrame[],
  epochUs: number,
  findings: readonly ExpectedFinding[],
  as: {
    readonly file: string;
    readonly bytes: Uint8Array;
    readonly packets?: number;
    readonly damage?: string;
    readonly unreachables?: number;
  } = {
    file: "capture.pcapng",
    bytes: pcapng(frames, epochUs),
  },
): SuiteCapture {
  return {
    name,
    file: as.file,
    bytes: as.bytes,
    about,
    expect: {
      benign: findings.every((f) => f.benign),
      damage: as.damage ?? null,
      packets: as.packets ?? frames.length,
      portUnreachables: as.unreachables ?? countUnreachables(frames),
      findings,
    },
  };
}
