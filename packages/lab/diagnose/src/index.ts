export { Diagnostician } from "./diagnosis.ts";
export { answerOf, type DiagnosisAnswer } from "./diagnosis-answer.ts";
export type { Confidence, Diagnosis, Evidence, Finding, Verdict } from "./finding.ts";
export { AFTER_END_US, ALIVE_AFTER_US, CONFLICT_US, DUPLICATE_US, HEARD_WITHIN_US, RECENT_DATAGRAMS } from "./push-times.ts";
export { type SelectedFindings, selectFindings } from "./selected-findings.ts";
export { describeFlow, describeTraffic } from "./traffic-text.ts";
export type { Unread, UnreadKind } from "./unread.ts";
export { describeUnreadable } from "./unreadable.ts";
export { describeHarm, VERDICT_INFO, VERDICTS, type VerdictInfo } from "./verdict-info.ts";
