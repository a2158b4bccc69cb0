/** One finding in full: what was found, when it ends, what to do, and the frames that show it. */

import { describeFlow, describeHarm, VERDICT_INFO } from "@pushback/diagnose";
import { useState } from "react";
import type { FindingView } from "../analyzer/analyzer-api.ts";
import { formatPause } from "./sequence-view.tsx";

/** Evidence that is shown without being asked for. */
const SHOWN = 8;

/** The datagrams of a finding, and the errors that they drew. */
function filterOfFinding({ from, to, port }: FindingView): string {
  const address = from.includes(":") ? "ipv6.addr" : "ip.addr";
  const ends = to === null ? `${address} == ${from}` : `${address} == ${from} && ${address} == ${to}`;
  return `${ends} && ${port === null ? "udp" : `udp.port == ${port}`}`;
}

interface FindingCardProps {
  readonly finding: FindingView;
  readonly firstUs: number;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}

export function FindingCard({ finding, firstUs, selected, onSelect, onFilter }: FindingCardProps) {
  const [all, setAll] = useState(false);
  const evidence = all ? finding.evidence : finding.evidence.slice(0, SHOWN);
  const facts: [string, string][] = [
    [finding.datagrams > 0 ? "UDP" : "Errors", describeFlow(finding)],
    [
      finding.endSeen ? "Ended" : "Ends",
      `${finding.endsAtUs === null ? "" : `${formatPause(finding.endsAtUs - firstUs)} after the capture's start. `}${finding.ends}`,
    ],
    ...finding.platforms.map((platform): [string, string] => ["Looks like", `${platform.name} (${platform.why})`]),
    ...finding.advice.map((text): [string, string] => ["To do", text]),
    ...finding.confirm.map((text): [string, string] => ["To confirm", text]),
  ];
  return (
    <article className="finding" data-benign={finding.benign}>
      <h3>
        <span className="finding-tag">{describeHarm(finding.benign)}</span>
        {VERDICT_INFO[finding.verdict].title} <span className="finding-sure">({finding.confidence})</span>
      </h3>
      <p>{finding.summary}</p>
      <dl>
        {facts.map(([label, text]) => (
          <div key={label + text}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <h4>Evidence</h4>
      <ul className="evidence">
        {evidence.map((e) => (
          <li key={`${e.frame} ${e.text}`}>
            <button
              type="button"
              className="frame-link numbers"
              aria-current={e.frame === selected || undefined}
              onClick={() => onSelect(e.frame)}
            >
              frame {e.frame}
            </button>
            <span className="evidence-time numbers">{formatPause(e.timeUs - firstUs)}</span>
            <span>{e.text}</span>
          </li>
        ))}
      </ul>
      <p className="finding-actions">
        {finding.evidence.length > SHOWN && (
          <button type="button" className="button quiet small" onClick={() => setAll(!all)}>
            {all ? "Less" : `All ${finding.evidence.length} frames`}
          </button>
        )}
        <button type="button" className="button small" onClick={() => onFilter(filterOfFinding(finding))}>
          Show its datagrams and errors
        </button>
      </p>
    </article>
  );
}
