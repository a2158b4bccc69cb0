/** The conformance suite for Exchange servers: `suite.ts` has the cases, `session.ts` what a case does to the server, `report.ts` writes TAP and JUnit. */

export type { ConformSettings } from "./case.ts";
export { type JUnitCase, type JUnitSuite, junitDocument, junitXml, type PlatformResults, tapLine } from "./report.ts";
export { type ConformTarget, NotConforming } from "./session.ts";
export { type CaseResult, caseIds, runConformance } from "./suite.ts";
