/** A diagnosis as an HTML file. */
export { diagnosisReport } from "./diagnosis-report.ts";
