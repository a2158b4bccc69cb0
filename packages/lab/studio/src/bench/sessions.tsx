/** The sessions of the mail server, as its administrator and an audience see them. */

import { causeText } from "@pushback/scenario";
import type { CSSProperties } from "react";
import { countdownText } from "../lab/clock-text.ts";
import { isProbing, type SessionState } from "../lab/machine-state.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording } from "../state/the-lab.ts";

export function Sessions() {
  const sessions = useLab((s) => s.state?.server.sessions) ?? [];
  const open = sessions.filter((s) => s.endUs === null);
  const ended = sessions.filter((s) => s.endUs !== null).sort((a, b) => (a.endUs ?? 0) - (b.endUs ?? 0));
  const size = { "--rows": Math.max(1, open.length), "--below": ended.length > 0 ? "calc(1rem + 1px)" : "0px" } as CSSProperties;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keyboard has to get there
    <section className="sessions" aria-label="Sessions" tabIndex={0} style={size}>
      <table>
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">Push port</th>
            <th scope="col" className="right">
              Pending
            </th>
            <th scope="col" className="right">
              Sent
            </th>
            <th scope="col" className="right">
              Keep-alive in
            </th>
          </tr>
        </thead>
        <tbody>
          {open.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
          {open.length === 0 && (
            <tr>
              <td colSpan={5} className="nothing">
                {ended.length === 0 ? "No client has logged on." : "No session is open."}
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {ended.length > 0 && (
        <p className="ended">
          {ended.length} ended; last: {ended.at(-1)?.machine}, {causeText(ended.at(-1)?.cause ?? "closed")}
        </p>
      )}
    </section>
  );
}

function SessionRow({ session }: { readonly session: SessionState }) {
  const selected = useStudio((s) => s.selectedMachine === session.machine);
  return (
    <tr className={selected ? "is-selected" : ""}>
      <th scope="row">
        <span className="session-number">{session.id}</span>
        {"\u00a0"}
        {session.machine}
      </th>
      <td className="mono">{session.callbackPort === null ? "none" : session.callbackPort}</td>
      <td className={`right ${session.pending > 0 ? "pending" : ""}`}>{session.pending}</td>
      <td className="right">{session.datagrams}</td>
      <td className="right numbers">
        <KeepAlive session={session} />
      </td>
    </tr>
  );
}

/** Shows the unanswered keep-alive probe; without one, the time until the next probe, counted from the client's last segment. */
function KeepAlive({ session }: { readonly session: SessionState }) {
  useLab((lab) => lab.version);
  const probing = useStudio((s) => isProbing(session, recording.lastHeard(session.remoteAddress, session.remotePort, s.readUs) ?? 0));
  const text = useStudio((s) => {
    const heard = recording.lastHeard(session.remoteAddress, session.remotePort, s.readUs) ?? session.startUs;
    return countdownText(heard + (recording.keepAliveUs(s.readUs) ?? 0) - s.readUs);
  });
  return probing ? <b className="probing">probe {session.probes}</b> : text;
}
