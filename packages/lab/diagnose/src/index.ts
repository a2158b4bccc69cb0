export { Diagnostician } from "./diagnosis.ts";
export type { Confidence, Diagnosis, Evidence, Finding, Verdict } from "./finding.ts";
