/** `pushback diagnose`. */

import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { formatIpv4 } from "@pushback/bytes";
import { answerOf, type Diagnosis, Diagnostician, type Finding } from "@pushback/diagnose";
import { formatClock } from "@pushback/host";
import { systemReason, UsageError } from "@pushback/usage-error";
import { readCaptureFile } from "../capture/capture-input.ts";
import { layOutTable, showProgress, style, wrapText } from "../shared/terminal.ts";
import { describeTraffic, selectFindings } from "./diagnosis-text.ts";

/** The exit code: 0 when everything that was found is benign, 1 otherwise. */
export async function runDiagnose(path: string, options: { readonly json?: boolean; readonly report?: string }): Promise<number> {
  const diagnostician = new Diagnostician();
  const problem = await readCaptureFile(path, { packet: (p) => diagnostician.packet(p) }, (part) =>
    showProgress(`reading ${Math.floor(part * 100)} %`),
  );
  showProgress("");
  const diagnosis = diagnostician.finish();
  if (options.report !== undefined) {
    const { diagnosisReport } = await import("./diagnosis-report.ts");
    writeReport(options.report, diagnosisReport(path, diagnosis, stripVTControlCharacters(answer(diagnosis)).replace(/^. /, "")));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(path, diagnosis, problem), null, 2)}\n`);
  else process.stdout.write(describeDiagnosis(path, diagnosis, problem));
  return diagnosis.benign ? 0 : 1;
}

/** Throws a UsageError when it can't be written. */
function writeReport(path: string, html: string): void {
  try {
    writeFileSync(path, html);
  } catch (error) {
    throw new UsageError(`--report ${path}: cannot be written: ${systemReason(error)}`);
  }
}

/** Addresses as text; everything else as the diagnosis has it. */
function toJson(path: string, diagnosis: Diagnosis, problem: string | null): object {
  const findings = diagnosis.findings.map((f) => ({ ...f, from: formatIpv4(f.from), to: f.to === 0 ? null : formatIpv4(f.to) }));
  return { capture: path, ...diagnosis, findings, problem };
}

function describeDiagnosis(path: string, diagnosis: Diagnosis, problem: string | null): string {
  const { findings } = diagnosis;
  const parts = [`${style("bold", path)}: ${headline(diagnosis)}\n\n`, `${answer(diagnosis)}\n`];
  const { shown, left } = selectFindings(findings);
  for (const { finding, number } of shown) parts.push("\n", describeFinding(diagnosis, finding, number));
  for (const { verdict, count } of left)
    parts.push(`\n  … and ${count} more of the kind ${style("bold", verdict)}; --json has all of them.\n`);
  const limits = [...diagnosis.limits, ...(problem ? [`the file is damaged: ${problem}; what comes after was not read`] : [])];
  if (limits.length > 0) parts.push("\n", ...limits.map((text) => `${style("yellow", "!")} ${text}\n`));
  return parts.join("");
}

function headline({ packets, firstUs, lastUs, portUnreachables, mailSessions }: Diagnosis): string {
  const sessions = mailSessions === 1 ? "1 mail session" : `${mailSessions} mail sessions`;
  return `${packets} packets over ${formatClock(lastUs - firstUs)}, ${portUnreachables} ICMP port unreachables, ${sessions}`;
}

/** The short answer, before any detail. */
function answer(diagnosis: Diagnosis): string {
  const { short, more } = answerOf(diagnosis);
  const mark = diagnosis.benign ? style("green", "✓") : style("red", "✗");
  if (diagnosis.benign) return `${mark} ${style("bold", short)} ${more}`;
  return `${mark} ${style("bold", short)}${more === "" ? ":" : `, ${more}`}`;
}

/** Columns before what is said of a finding. */
const FACT_INDENT = 17;
/** Evidence of one finding that is shown without being asked for. */
const MAX_EVIDENCE = 8;

function describeFinding(diagnosis: Diagnosis, finding: Finding, number: number): string {
  const mark = finding.benign ? style("green", "✓") : style("red", "✗");
  const lines = [
    `${mark} ${style("bold", `${number}. ${finding.verdict}`)} (${finding.confidence})`,
    wrapText(finding.summary, 100, "     "),
  ];
  const facts: [string, string][] = [
    [
      "UDP",
      `${formatIpv4(finding.from)} to ${finding.to === 0 ? "many" : formatIpv4(finding.to)}${finding.port === null ? "" : `, port ${finding.port}`}: ${describeTraffic(finding)}`,
    ],
  ];
  const end = finding.endsAtUs === null ? "" : `${formatClock(finding.endsAtUs - diagnosis.firstUs)} after the capture's start. `;
  facts.push([finding.endSeen ? "Ended" : "Ends", `${end}${finding.ends}`]);
  for (const platform of finding.platforms) facts.push(["Looks like", `${platform.name} (${platform.why})`]);
  for (const text of finding.advice) facts.push(["To do", text]);
  for (const text of finding.confirm) facts.push(["To confirm", text]);
  for (const [label, text] of facts) {
    const wrapped = wrapText(text, 88, " ".repeat(FACT_INDENT)).trimStart();
    lines.push(`     ${style("dim", label)}${" ".repeat(FACT_INDENT - 5 - label.length)}${wrapped}`);
  }
  const shown = finding.evidence.slice(0, MAX_EVIDENCE);
  const rows = shown.map((e) => [
    "     ",
    style("cyan", `frame ${e.frame}`),
    style("dim", formatClock(e.timeUs - diagnosis.firstUs)),
    e.text,
  ]);
  return `${lines.join("\n")}\n${layOutTable(rows, 0)}`;
}
