/** The suite that every platform runs. The spec of a platform consists of literal values and one call of `testPlatformConformance`. */

export { bootedBench, PlatformBench, SECOND } from "./bench.ts";
export { testPlatformConformance, type VariantSpec } from "./conformance.ts";
export { frameOfHex, hexOfFrame, tcpFrame } from "./frames.ts";
export {
  acknowledgmentDelays,
  expectWithin,
  firstFlight,
  type GenuineRow,
  isnGains,
  refusedConnect,
  sentDatagram,
  testGenuineRows,
} from "./genuine-captures.ts";
export {
  answersTo,
  firstSyn,
  KEEPALIVE_PROBE,
  PUSH,
  PUSH_OF_16,
  SYN,
  SYN_TO_CLOSED,
  synSchedule,
} from "./literal-frames.ts";
export { testLiterals } from "./literal-suite.ts";
export { createMailBench } from "./mail-bench.ts";
