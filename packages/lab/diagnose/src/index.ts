export { Diagnostician } from "./diagnosis.ts";
export { answerOf, type DiagnosisAnswer } from "./diagnosis-answer.ts";
export type { Confidence, Diagnosis, Evidence, Finding, Verdict } from "./finding.ts";
export { type SelectedFindings, selectFindings } from "./selected-findings.ts";
export { VERDICTS } from "./severity.ts";
export { describeTraffic } from "./traffic-text.ts";
export type { Unread, UnreadKind } from "./unread.ts";
