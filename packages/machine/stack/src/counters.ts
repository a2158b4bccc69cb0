/** A stack's counters, named as the objects of MIB-II (RFC 1213). */

/**
 * Counters that every datagram and every ICMP error advances. The stack object holds them itself, next to the other fields that a datagram needs
 * (docs/FLEET-PROFILE.md).
 */
export class BusyCounters {
  ipInReceives = 0;
  ipInDelivers = 0;
  udpNoPorts = 0;
  icmpOutMsgs = 0;
  icmpOutDestUnreachs = 0;
  ipOutRequests = 0;
}

/** All other counters, in a separate object that is created when the first of them counts: most machines of a fleet never need it. */
export class RareCounters {
  ipInHdrErrors = 0;
  ipInAddrErrors = 0;
  ipInUnknownProtos = 0;
  ipOutDiscards = 0;
  ipOutNoRoutes = 0;
  ipReasmReqds = 0;
  ipReasmOKs = 0;
  ipReasmFails = 0;
  ipFragOKs = 0;
  ipFragFails = 0;
  ipFragCreates = 0;
  icmpInMsgs = 0;
  icmpInErrors = 0;
  icmpInDestUnreachs = 0;
  icmpInTimeExcds = 0;
  icmpInParmProbs = 0;
  icmpInSrcQuenchs = 0;
  icmpInRedirects = 0;
  icmpInEchos = 0;
  icmpOutTimeExcds = 0;
  icmpOutEchoReps = 0;
  tcpActiveOpens = 0;
  tcpPassiveOpens = 0;
  tcpAttemptFails = 0;
  tcpEstabResets = 0;
  tcpInSegs = 0;
  tcpOutSegs = 0;
  tcpRetransSegs = 0;
  tcpInErrs = 0;
  tcpOutRsts = 0;
  udpInDatagrams = 0;
  udpInErrors = 0;
  udpOutDatagrams = 0;
}

/** Counters of a stack since its start. */
export type StackCounters = Readonly<BusyCounters & RareCounters>;
