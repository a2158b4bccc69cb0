/**
 * Checks a platform's packets byte for byte and its times to the second. Every value is a literal in the platform's own test, and the comment beside it names
 * the source.
 */

import type { PlatformVariant } from "@pushback/host";
import { expect, test } from "vitest";
import { PlatformBench, SECOND } from "./bench.ts";
import { hexOfFrame } from "./frames.ts";
import { answersTo, dataSchedule, firstSyn, idleProbe, KEEPALIVE_PROBE, PUSH, SYN, synSchedule, timeWait } from "./literal-frames.ts";

/** Frames in hexadecimal, from the Ethernet destination address to the end of the payload; white space is ignored. Times in seconds. */
export interface LiteralExpectations {
  /** The ICMP error for `PUSH`, a push datagram of 36 bytes to a closed port. */
  readonly portUnreachable: string;
  /** The SYN of a program that connects to port 135, 660.01 seconds after power-on. */
  readonly syn: string;
  /** The answer to `SYN`, to a listening port. */
  readonly synAck: string;
  /** The answer to `KEEPALIVE_PROBE`, for a connection that the machine does not have. */
  readonly probeReset: string;
  /** When a SYN without an answer is sent, and when the machine gives up. */
  readonly unansweredSyn: { readonly sentAt: readonly number[]; readonly givenUpAt: number };
  /** When data without an answer is sent on a fast network, and when the machine gives up. */
  readonly unansweredData: { readonly sentAt: readonly number[]; readonly givenUpAt: number };
  /** The first probe of an idle connection by the machine's own keep-alive: when it comes, and its bytes of data. */
  readonly idleProbe: { readonly after: number; readonly bytes: number };
  /** How long the port of a connection that the machine closed first is taken (TIME-WAIT). */
  readonly timeWait: number;
  /** From power-on until the stack is up, without jitter. The lengths of boot phases are assumptions. */
  readonly stackUpAfter: number;
}

/** Tests a variant against its literals. Call it inside a `describe` that names the variant. */
export function testLiterals(variant: PlatformVariant, expected: LiteralExpectations): void {
  test("ICMP port unreachable for a push datagram of 36 bytes", () => {
    expect(answersTo(variant, PUSH)).toEqual([hexOfFrame(expected.portUnreachable)]);
  });

  test("SYN", () => {
    expect(firstSyn(variant)).toBe(hexOfFrame(expected.syn));
  });

  test("SYN/ACK", () => {
    expect(answersTo(variant, SYN)).toEqual([hexOfFrame(expected.synAck)]);
  });

  test("reset in answer to a keep-alive probe", () => {
    expect(answersTo(variant, KEEPALIVE_PROBE)).toEqual([hexOfFrame(expected.probeReset)]);
  });

  test("an unanswered SYN", () => {
    expect(synSchedule(variant)).toEqual(expected.unansweredSyn);
  });

  test("unanswered data", () => {
    expect(dataSchedule(variant)).toEqual(expected.unansweredData);
  });

  test("the first probe of keep-alive", () => {
    expect(idleProbe(variant)).toEqual(expected.idleProbe);
  });

  test("TIME-WAIT", () => {
    expect(timeWait(variant)).toBe(expected.timeWait);
  });

  test(`the stack is up ${expected.stackUpAfter} seconds after power-on`, () => {
    const bench = new PlatformBench(variant);
    bench.machine.powerOn();
    bench.runFor(60 * SECOND);
    expect(bench.firstUs("stack-up")).toBe(expected.stackUpAfter * SECOND);
  });
}
