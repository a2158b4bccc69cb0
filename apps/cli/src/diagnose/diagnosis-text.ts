/** What the terminal's and the report's account of a diagnosis have in common. */

import type { Finding } from "@pushback/diagnose";

/** Findings of one kind that are told in full; a capture of a large site may have thousands. */
const MAX_OF_A_KIND = 12;

export interface SelectedFindings {
  /** Numbered as they are in the whole list, from 1. */
  readonly shown: readonly { readonly finding: Finding; readonly number: number }[];
  /** How many more there are, by verdict. */
  readonly left: readonly { readonly verdict: string; readonly count: number }[];
}

/** The first few of each verdict, and how many were left out. */
export function selectFindings(findings: readonly Finding[]): SelectedFindings {
  const counts = new Map<string, number>();
  const shown: { finding: Finding; number: number }[] = [];
  for (const [i, finding] of findings.entries()) {
    const before = counts.get(finding.verdict) ?? 0;
    counts.set(finding.verdict, before + 1);
    if (before < MAX_OF_A_KIND) shown.push({ finding, number: i + 1 });
  }
  const left = [...counts]
    .filter(([, count]) => count > MAX_OF_A_KIND)
    .map(([verdict, count]) => ({ verdict, count: count - MAX_OF_A_KIND }));
  return { shown, left };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** "117 datagrams, mostly 60 s apart, 116 errors". */
export function describeTraffic({ datagrams, errors, intervalUs }: Finding): string {
  const pace = intervalUs === null || intervalUs <= 0 || datagrams < 3 ? "" : `, mostly ${describePause(intervalUs)} apart`;
  return `${counted(datagrams, "datagram")}${pace}, ${counted(errors, "error")}`;
}

function describePause(us: number): string {
  if (us < 1_000) return `${us} µs`;
  return us < 1_000_000 ? `${Math.round(us / 1_000)} ms` : `${Math.round(us / 100_000) / 10} s`;
}
