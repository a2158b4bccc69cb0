/** The server as its administrator sees it. ICMP is not in this window: the mail server is never told. */

import { causeText } from "@pushback/scenario";
import { type FormEvent, useId, useRef, useState } from "react";
import { countdownText, spanText } from "../lab/clock-text.ts";
import { isClient, type LabInfo } from "../lab/lab-types.ts";
import { isProbing, type SessionState } from "../lab/machine-state.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording, theLab } from "../state/the-lab.ts";
import { KEEP_ALIVES_US, MachinesDialog, TimeOptions } from "./machines-dialog.tsx";
import { useIsLookedAt } from "./use-is-looked-at.ts";

export function ServerCard({ info }: { readonly info: LabInfo }) {
  const server = useLab((s) => s.state?.server);
  const isLookedAt = useIsLookedAt("server");
  const title = info.machines[0]?.title ?? "";
  const open = (server?.sessions ?? []).filter((s) => s.endUs === null);
  const ended = (server?.sessions ?? []).filter((s) => s.endUs !== null);
  return (
    <section className={`server card ${isLookedAt ? "is-looked-at" : ""}`} aria-label="Mail server" data-machine="server">
      <div className="machine-head">
        <h2 className="machine-name" title={title}>
          Microsoft Exchange Server 4.0
        </h2>
        <span className="server-ports mono">{server?.emsmdbPort ? `TCP ${server.epmPort ?? "–"}, ${server.emsmdbPort}` : "starting"}</span>
      </div>
      <div className="server-body">
        <ServerSettings info={info} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keyboard has to get there */}
        <section className="sessions" aria-label="Sessions" tabIndex={0}>
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
        <Deliver info={info} />
      </div>
    </section>
  );
}

/** The registry's KeepAliveTime, which takes effect at once; the interval is read when the server starts. */
function ServerSettings({ info }: { readonly info: LabInfo }) {
  const [choosing, setChoosing] = useState(false);
  const id = useId();
  useLab((lab) => lab.version);
  const keepAliveUs = useStudio((s) => recording.keepAliveUs(s.readUs) ?? info.keepAliveUs);
  return (
    <div className="server-settings">
      <label htmlFor={id}>KeepAliveTime</label>
      <select
        id={id}
        className="field small"
        title="In the registry of the server: holds at once, for its open sessions too"
        value={keepAliveUs}
        onChange={(event) => void theLab.act({ registry: { machine: "server", KeepAliveTime: Number(event.target.value) } })}
      >
        <TimeOptions values={KEEP_ALIVES_US} present={keepAliveUs} />
      </select>
      <button
        type="button"
        className="button quiet small"
        aria-label={`A datagram every ${spanText(info.notificationIntervalUs)}: change it and begin again`}
        title="The server reads it when it starts: the run begins again"
        onClick={() => setChoosing(true)}
      >
        A datagram every {spanText(info.notificationIntervalUs)}…
      </button>
      {choosing && <MachinesDialog info={info} onClose={() => setChoosing(false)} />}
    </div>
  );
}

function SessionRow({ session }: { readonly session: SessionState }) {
  const selected = useStudio((s) => s.selectedMachine === session.machine);
  return (
    <tr className={selected ? "is-selected" : ""}>
      <th scope="row">
        <span className="session-number">{session.id}</span> {session.machine}
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

/** The probe that waits for an answer; without one, the time until the server probes, from the last segment that it heard. */
function KeepAlive({ session }: { readonly session: SessionState }) {
  useLab((lab) => lab.version);
  const probing = useStudio((s) => isProbing(session, recording.lastHeard(session.remoteAddress, session.remotePort, s.readUs) ?? 0));
  const text = useStudio((s) => {
    const heard = recording.lastHeard(session.remoteAddress, session.remotePort, s.readUs) ?? session.startUs;
    return countdownText(heard + (recording.keepAliveUs(s.readUs) ?? 0) - s.readUs);
  });
  return probing ? <b className="probing">probe {session.probes}</b> : text;
}

const SUBJECTS = ["Lunch", "Minutes of Monday", "Printer on the 2nd floor", "Re: Budget", "Are you there?", "Parking"];

function Deliver({ info }: { readonly info: LabInfo }) {
  const clients = info.machines.filter(isClient);
  const [to, setTo] = useState("all");
  const [subject, setSubject] = useState("");
  const count = useRef(0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const chosen = subject.trim() || SUBJECTS[count.current++ % SUBJECTS.length];
    const names = to === "all" ? clients.map((m) => m.name) : [to];
    void theLab.act({ deliver: { to: names, subject: chosen, body: `${chosen}: as we said.`, from: "Administrator" } });
  };
  return (
    <form className="deliver" onSubmit={submit} aria-label="Deliver mail">
      <select className="field" aria-label="To" value={to} onChange={(event) => setTo(event.target.value)}>
        <option value="all">To everybody</option>
        {clients.map((m) => (
          <option key={m.name} value={m.name}>{`To ${m.name}`}</option>
        ))}
      </select>
      <input
        className="field"
        aria-label="Subject"
        placeholder="Subject"
        maxLength={60}
        value={subject}
        onChange={(event) => setSubject(event.target.value)}
      />
      <button type="submit" className="button primary">
        Deliver mail
      </button>
    </form>
  );
}
