/** What the capture's ICMP errors are: the short answer, then each explanation with the frames that show it. */

import { selectFindings } from "@pushback/diagnose";
import { useState } from "react";
import type { DiagnosisView as Diagnosis, FindingView } from "../analyzer/analyzer-api.ts";
import { formatPause } from "./sequence-view.tsx";

const VERDICTS: Readonly<Record<FindingView["verdict"], string>> = {
  "stale-push": "Push notifications to a client that was rebooted without logging off",
  "stale-push-unanswered": "Push notifications that nothing answers",
  "push-not-heard": "A live client that does not hear its push notifications",
  "push-interrupted": "A client that missed some push notifications and then heard the next",
  "push-refused": "A live client that refuses its push notifications",
  "push-rejected": "Push notifications that a device on the path refuses",
  "push-misdirected": "Push notifications to an address that is not the client's",
  "push-after-session": "Push notifications that outlive their session",
  "address-conflict": "Two network cards with the client's address",
  "link-monitor": "Push notifications to a link monitor's mailbox",
  "cluster-heartbeat": "A cluster's heartbeats to a closed port",
  "port-scan": "A port scan",
  traceroute: "A trace of a route",
  "late-reply": "Answers that came too late",
  "orphan-errors": "ICMP errors about datagrams that are not in the capture",
  "answers-refused": "A client that refuses answers to its queries",
  "stream-refused": "A stream that its target refuses",
  reflection: "An attack by reflection",
  backscatter: "Errors about packets in the name of one machine",
  filtered: "Packets that a filter refuses",
  "path-mtu": "Packets too big for a link",
  "time-exceeded": "Packets that are forwarded too often",
  redirect: "A router that names another one",
  "icmp-error": "Other ICMP errors",
  "doubtful-errors": "ICMP errors that can't be what they claim",
  unreachable: "Packets that can't be delivered",
  "closed-port": "Datagrams to a closed port",
  "half-open": "TCP sessions whose other end is gone",
};
const MARKS: Readonly<Record<Diagnosis["verdict"], string>> = { harmless: "✓", "not-harmless": "!", "not-looked-at": "?" };
/** Evidence that is shown without being asked for. */
const SHOWN = 8;

interface DiagnosisPanelProps {
  readonly diagnosis: Diagnosis | null;
  readonly running: boolean;
  readonly frames: number;
  readonly onRun: () => void;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}

export function DiagnosisPanel({ diagnosis, running, frames, onRun, selected, onSelect, onFilter }: DiagnosisPanelProps) {
  if (!diagnosis) {
    return (
      <div className="diagnosis">
        <p className="panel-none" role="status">
          {running ? "Reading the frames…" : frames === 0 ? "No frames yet." : "The frames have not been looked at yet."}
        </p>
        {!running && frames > 0 && (
          <button type="button" className="button primary" onClick={onRun}>
            Explain the ICMP errors
          </button>
        )}
      </div>
    );
  }
  const { shown, left } = selectFindings(diagnosis.findings);
  const stale = frames > diagnosis.packets;
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
            {diagnosis.portUnreachables.toLocaleString("en")} ICMP port unreachables,{" "}
            {diagnosis.mailSessions === 1 ? "1 mail session" : `${diagnosis.mailSessions} mail sessions`}
          </p>
        </div>
        <button type="button" className="button small" disabled={running} onClick={onRun}>
          {running ? "Reading…" : stale ? `Look again: ${(frames - diagnosis.packets).toLocaleString("en")} new frames` : "Look again"}
        </button>
      </header>
      <ol className="findings">
        {shown.map(({ finding, number }) => (
          <FindingCard
            key={number}
            finding={finding}
            firstUs={diagnosis.firstUs}
            selected={selected}
            onSelect={onSelect}
            onFilter={onFilter}
          />
        ))}
      </ol>
      {left.map(({ verdict, count }) => (
        <p key={verdict} className="diagnosis-limit">
          And {count.toLocaleString("en")} more of the kind “{VERDICTS[verdict]}”.
        </p>
      ))}
      {diagnosis.limits.map((limit) => (
        <p key={limit} className="diagnosis-limit">
          {limit}
        </p>
      ))}
    </div>
  );
}

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

function FindingCard({ finding, firstUs, selected, onSelect, onFilter }: FindingCardProps) {
  const [all, setAll] = useState(false);
  const evidence = all ? finding.evidence : finding.evidence.slice(0, SHOWN);
  const facts: [string, string][] = [
    [
      "UDP",
      `${finding.from} to ${finding.to ?? "many"}${finding.port === null ? "" : `, port ${finding.port}`}: ${finding.datagrams} datagrams, ${finding.errors} errors`,
    ],
    [
      finding.endSeen ? "Ended" : "Ends",
      `${finding.endsAtUs === null ? "" : `${formatPause(finding.endsAtUs - firstUs)} after the capture's start. `}${finding.ends}`,
    ],
    ...finding.platforms.map((platform): [string, string] => ["Looks like", `${platform.name} (${platform.why})`]),
    ...finding.advice.map((text): [string, string] => ["To do", text]),
    ...finding.confirm.map((text): [string, string] => ["To confirm", text]),
  ];
  return (
    <li className="finding" data-benign={finding.benign}>
      <h3>
        <span className="finding-tag">{finding.benign ? "harmless" : "look at it"}</span>
        {VERDICTS[finding.verdict]} <span className="finding-sure">({finding.confidence})</span>
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
    </li>
  );
}
