/** As many refused datagrams as the tables hold: a list of them is too long for the arguments of a call. */

import { parseIpv4 } from "@pushback/bytes";
import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import { icmpError, replay, type TimedFrame, udpFrame } from "./testing/capture-mix.ts";

const ip = (text: string): number => parseIpv4(text) as number;
const MANY = 131_000;
const HOST = ip("10.0.0.1");
const SENDERS = ip("10.16.0.0");

it("datagrams of 131,000 senders to one closed port are diagnosed", () => {
  const diagnostician = new Diagnostician();
  const frames: TimedFrame[] = [];
  for (let i = 0; i < MANY; i++) {
    const datagram = udpFrame(i * 1000, SENDERS + i, HOST, 2000, 7777, new Uint8Array(8));
    frames.push(datagram, icmpError(i * 1000 + 1, HOST, datagram));
  }
  replay(frames, 0, (packet) => diagnostician.packet(packet));
  const { findings } = diagnostician.finish();
  expect(findings.reduce((errors, finding) => errors + finding.errors, 0)).toBe(MANY);
});
