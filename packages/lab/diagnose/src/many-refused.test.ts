/** As many refused datagrams as the tables hold, in each of the forms that findings group: no list of them may be passed as arguments of a call. */

import { parseIpv4 } from "@pushback/bytes";
import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import { icmpError, replay, type TimedFrame, udpFrame } from "./testing/capture-mix.ts";

const ip = (text: string): number => parseIpv4(text) as number;
const MANY = 131_000;
const HOST = ip("10.0.0.1");
const MANY_HOSTS = ip("10.16.0.0");

/** Source, destination and ports of datagram `i`. */
type FlowOf = (i: number) => readonly [source: number, destination: number, srcPort: number, dstPort: number];

it.each<[string, FlowOf]>([
  ["of many senders to one closed port", (i) => [MANY_HOSTS + i, HOST, 2000, 7777]],
  ["of one sender to many machines", (i) => [HOST, MANY_HOSTS + i, 2000, 7777]],
  ["of one sender to many ports of one machine", (i) => [HOST, MANY_HOSTS, 2000 + (i >>> 16), i & 0xffff]],
  ["of many resolvers to one machine", (i) => [MANY_HOSTS + i, HOST, 53, 1024 + (i & 0x3fff)]],
])("datagrams %s", (_what, flowOf) => {
  const diagnostician = new Diagnostician();
  const frames = function* (): Generator<TimedFrame> {
    for (let i = 0; i < MANY; i++) {
      const [source, destination, srcPort, dstPort] = flowOf(i);
      const datagram = udpFrame(i * 1000, source, destination, srcPort, dstPort, new Uint8Array(8));
      yield datagram;
      yield icmpError(i * 1000 + 1, destination, datagram);
    }
  };
  replay([...frames()], 0, (packet) => diagnostician.packet(packet));
  const { findings } = diagnostician.finish();
  expect(findings.reduce((errors, finding) => errors + finding.errors, 0)).toBe(MANY);
});
