/** Records the events that come with every datagram as numbers, without creating an object for each: for runs without a watcher or `onEvent`. */

import type { DatagramListener } from "@pushback/server";
import type { DatagramObserver } from "@pushback/stack";
import type { EventStore } from "./event-store.ts";

/** `nowUs` is the run's clock; the server is machine number 0. */
export function createDatagramRecorder(
  events: EventStore,
  nowUs: () => number,
): DatagramObserver & { readonly datagramSent: DatagramListener } {
  return {
    datagramSent: (session, number, address, port, localPort) =>
      events.addDatagramSent(nowUs(), 0, session, number, address, port, localPort),
    udpDelivered: (machine, localPort, from, fromPort) => events.addUdpDelivered(nowUs(), machine, localPort, from, fromPort),
    udpNoPort: (machine, localPort, from, fromPort) => events.addUdpNoPort(nowUs(), machine, localPort, from, fromPort),
    icmpErrorSent: (machine, to, icmpType, code, srcPort, dstPort) =>
      events.addIcmpErrorSent(nowUs(), machine, to, icmpType, code, srcPort, dstPort),
    icmpErrorReceived: (machine, from, icmpType, code, protocol, srcPort, remoteAddress, dstPort) =>
      events.addIcmpErrorReceived(nowUs(), machine, from, icmpType, code, protocol, srcPort, remoteAddress, dstPort),
  };
}
