/** Claims and expectations of a run or comparison as JUnit's XML, which build servers show. */

import { type JUnitCase, junitDocument } from "@pushback/conform/report";
import type { Comparison } from "@pushback/scenario";
import { OutputFile } from "../shared/output-file.ts";

type Judged = Pick<Comparison, "claims" | "expectations" | "notJudged"> & Partial<Pick<Comparison, "together">>;

const failed = (name: string, why: string): JUnitCase => ({ name, outcome: "failed", why, seconds: 0 });
const passed = (name: string): JUnitCase => ({ name, outcome: "passed", why: "", seconds: 0 });
const skipped = (name: string, why: string): JUnitCase => ({ name, outcome: "skipped", why, seconds: 0 });

function claimCase({ id, text, holds, findings }: Comparison["claims"][number]): JUnitCase {
  const name = `${id}: ${text}`;
  if (holds === true) return passed(name);
  const why = Object.entries(findings).map(([run, finding]) => `${run}: ${finding}`);
  return holds === false ? failed(name, why.join("; ")) : skipped(name, why.join("; "));
}

interface JunitOutput {
  finish(xml: string): void;
}

/** Opens the file of `--junit` before the work, so that a path that can't be written is known early. Throws a UsageError. */
export function openJunit(path: string | undefined): JunitOutput | null {
  if (path === undefined) return null;
  const file = new OutputFile(path, `--junit ${path}`);
  return {
    finish(xml) {
      file.append(new TextEncoder().encode(xml));
      file.commit();
    },
  };
}

/** A suite of claims, one of expectations, and, for a comparison, one that compares the single runs with all machines on one segment. */
export function scenarioJunit(scenario: string, { claims, expectations, notJudged, together }: Judged): string {
  const suite = (name: string, cases: readonly JUnitCase[]) => ({ name: `${scenario} ${name}`, className: `pushback.${scenario}`, cases });
  const suites = [
    suite("claims", claims.map(claimCase)),
    suite("expectations", [
      ...expectations.map(({ met, text }) => (met ? passed(text) : failed(text, text))),
      ...notJudged.map((text) => skipped(text, text)),
    ]),
  ];
  if (together !== undefined) {
    const name = "all machines on one segment do what each does alone";
    const { agrees, differences } = together;
    const result = agrees === false ? failed(name, differences.join("; ")) : agrees ? passed(name) : skipped(name, "a wire loses frames");
    suites.push(suite("together", [result]));
  }
  return junitDocument(suites);
}
