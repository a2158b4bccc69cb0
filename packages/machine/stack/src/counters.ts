/** A stack's counters, named as the objects of MIB-II (RFC 1213). */

export interface StackCounters {
  ipInReceives: number;
  ipInHdrErrors: number;
  ipInAddrErrors: number;
  ipInUnknownProtos: number;
  ipInDelivers: number;
  ipOutRequests: number;
  ipOutDiscards: number;
  ipOutNoRoutes: number;
  ipReasmReqds: number;
  ipReasmOKs: number;
  ipReasmFails: number;
  ipFragOKs: number;
  ipFragFails: number;
  ipFragCreates: number;
  icmpInMsgs: number;
  icmpInErrors: number;
  icmpInDestUnreachs: number;
  icmpInTimeExcds: number;
  icmpInParmProbs: number;
  icmpInSrcQuenchs: number;
  icmpInRedirects: number;
  icmpInEchos: number;
  icmpOutMsgs: number;
  icmpOutDestUnreachs: number;
  icmpOutTimeExcds: number;
  icmpOutEchoReps: number;
  tcpActiveOpens: number;
  tcpPassiveOpens: number;
  tcpAttemptFails: number;
  tcpEstabResets: number;
  tcpInSegs: number;
  tcpOutSegs: number;
  tcpRetransSegs: number;
  tcpInErrs: number;
  tcpOutRsts: number;
  udpInDatagrams: number;
  udpNoPorts: number;
  udpInErrors: number;
  udpOutDatagrams: number;
}

export function createCounters(): StackCounters {
  return {
    // Those that count at every ICMP error stand together, in one line of a cache.
    ipInReceives: 0,
    ipInDelivers: 0,
    udpNoPorts: 0,
    icmpOutMsgs: 0,
    icmpOutDestUnreachs: 0,
    ipOutRequests: 0,
    ipInHdrErrors: 0,
    ipInAddrErrors: 0,
    ipInUnknownProtos: 0,
    ipOutDiscards: 0,
    ipOutNoRoutes: 0,
    ipReasmReqds: 0,
    ipReasmOKs: 0,
    ipReasmFails: 0,
    ipFragOKs: 0,
    ipFragFails: 0,
    ipFragCreates: 0,
    icmpInMsgs: 0,
    icmpInErrors: 0,
    icmpInDestUnreachs: 0,
    icmpInTimeExcds: 0,
    icmpInParmProbs: 0,
    icmpInSrcQuenchs: 0,
    icmpInRedirects: 0,
    icmpInEchos: 0,
    icmpOutTimeExcds: 0,
    icmpOutEchoReps: 0,
    tcpActiveOpens: 0,
    tcpPassiveOpens: 0,
    tcpAttemptFails: 0,
    tcpEstabResets: 0,
    tcpInSegs: 0,
    tcpOutSegs: 0,
    tcpRetransSegs: 0,
    tcpInErrs: 0,
    tcpOutRsts: 0,
    udpInDatagrams: 0,
    udpInErrors: 0,
    udpOutDatagrams: 0,
  };
}
