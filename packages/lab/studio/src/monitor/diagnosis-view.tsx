/**
 * The diagnosis of the capture's ICMP errors: the short answer, then the most important explanations, or all of them by verdict, with the frames that show
 * them.
 */

import { VERDICT_INFO } from "@pushback/diagnose";
import { useState } from "react";
import type { DiagnosisView as Diagnosis } from "../analyzer/analyzer-api.ts";
import { counted } from "./counted.ts";
import { FindingCard } from "./finding-card.tsx";
import { groupKey } from "./finding-lines.ts";
import { FindingList } from "./finding-list.tsx";
import type { AnalyzerClient } from "./monitor-model.ts";
import { formatPause } from "./sequence-view.tsx";
import type { MonitorDiagnosis } from "./use-diagnosis.ts";

const MARKS: Readonly<Record<Diagnosis["verdict"], string>> = { harmless: "✓", "not-harmless": "!", "not-looked-at": "?" };

interface DiagnosisPanelProps {
  readonly analyzer: AnalyzerClient;
  readonly run: MonitorDiagnosis;
  readonly frames: number;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}

export function DiagnosisPanel({ analyzer, run, frames, selected, onSelect, onFilter }: DiagnosisPanelProps) {
  const { diagnosis, progress, isStopped } = run;
  /** The group that the list of all findings opens with; `null` while only the most important findings are shown. */
  const [all, setAll] = useState<{ readonly firstOpen: string | null } | null>(null);
  const start = (): void => void run.run();
  if (!diagnosis) {
    const isRunning = progress !== null;
    return (
      <div className="diagnosis">
        <p className="panel-none numbers" role="status">
          {isRunning
            ? readingText(progress)
            : isStopped
              ? "Stopped: the frames are not explained."
              : frames === 0
                ? "No frames yet."
                : "The frames have not been looked at yet."}
        </p>
        {isRunning && (
          <button type="button" className="button" onClick={run.stop}>
            Stop
          </button>
        )}
        {!isRunning && frames > 0 && (
          <button type="button" className="button primary" onClick={start}>
            {isStopped ? "Go on" : "Explain the ICMP errors"}
          </button>
        )}
      </div>
    );
  }
  const { shown, findings, groups } = diagnosis;
  const isPart = findings > shown.length;
  return (
    <div className="diagnosis">
      <header className="diagnosis-answer" data-benign={diagnosis.benign}>
        <span className="diagnosis-mark" aria-hidden="true">
          {MARKS[diagnosis.verdict]}
        </span>
        <div>
          <h2>
            {diagnosis.answer}
            {diagnosis.verdict !== "not-harmless" ? " " : diagnosis.more === "" ? ":" : ", "}
            <span className="diagnosis-more">{diagnosis.more}</span>
          </h2>
          <p className="numbers">
            {diagnosis.packets.toLocaleString("en")} packets over {formatPause(diagnosis.durationUs)},{" "}
            {diagnosis.portUnreachables.toLocaleString("en")} ICMP port unreachables, {counted(diagnosis.mailSessions, "mail session")}
          </p>
        </div>
        <LookAgain run={run} newFrames={frames - diagnosis.packets} onRun={start} />
      </header>
      {findings > 1 && (
        <fieldset className="diagnosis-choice">
          <legend className="visually-hidden">Findings</legend>
          <button type="button" className="button small" aria-pressed={all === null} onClick={() => setAll(null)}>
            {isPart ? `The most telling ${shown.length}` : `In full`}
          </button>
          <button
            type="button"
            className="button small"
            aria-pressed={all !== null}
            onClick={() => setAll({ firstOpen: groups.length === 1 ? groupKey(groups[0]) : null })}
          >
            All {findings.toLocaleString("en")} by kind
          </button>
        </fieldset>
      )}
      {all === null ? (
        <>
          <ol className="findings">
            {shown.map(({ finding, number }) => (
              <li key={number}>
                <FindingCard finding={finding} firstUs={diagnosis.firstUs} selected={selected} onSelect={onSelect} onFilter={onFilter} />
              </li>
            ))}
          </ol>
          {leftOf(diagnosis).map(({ key, title, count }) => (
            <p key={key} className="diagnosis-limit">
              And {count.toLocaleString("en")} more of the kind “{title}”.{" "}
              <button type="button" className="button quiet small" onClick={() => setAll({ firstOpen: key })}>
                Show them all
              </button>
            </p>
          ))}
        </>
      ) : (
        <FindingList
          key={all.firstOpen}
          analyzer={analyzer}
          diagnosis={diagnosis}
          firstOpen={all.firstOpen}
          selected={selected}
          onSelect={onSelect}
          onFilter={onFilter}
        />
      )}
      {diagnosis.limits.map((limit) => (
        <p key={limit} className="diagnosis-limit">
          {limit}
        </p>
      ))}
    </div>
  );
}

const readingText = (progress: number): string => `Reading the frames: ${Math.floor(100 * progress)} %`;

interface LookAgainProps {
  readonly run: MonitorDiagnosis;
  /** Frames that came after the diagnosis. */
  readonly newFrames: number;
  readonly onRun: () => void;
}

function LookAgain({ run, newFrames, onRun }: LookAgainProps) {
  if (run.progress === null)
    return (
      <button type="button" className="button small" onClick={onRun}>
        {newFrames > 0 ? `Look again: ${counted(newFrames, "new frame")}` : "Look again"}
      </button>
    );
  return (
    <div className="diagnosis-again">
      <span className="numbers" role="status">
        {readingText(run.progress)}
      </span>
      <button type="button" className="button small" onClick={run.stop}>
        Stop
      </button>
    </div>
  );
}

/** The groups with findings that are not shown in full, and the number of those findings. */
function leftOf({ shown, groups }: Diagnosis): { readonly key: string; readonly title: string; readonly count: number }[] {
  const told = new Set(shown.map(({ number }) => number));
  return groups
    .map((group) => ({
      key: groupKey(group),
      title: VERDICT_INFO[group.verdict].title,
      count: group.numbers.filter((number) => !told.has(number)).length,
    }))
    .filter(({ count }) => count > 0);
}
