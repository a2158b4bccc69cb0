/** The server as its administrator sees it. The window shows no ICMP errors: the TCP/IP stack does not report them to the mail server. */

import { type FormEvent, useId, useRef, useState } from "react";
import { spanText } from "../lab/clock-text.ts";
import { isClient, type LabInfo } from "../lab/lab-types.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording, theLab } from "../state/the-lab.ts";
import { KEEP_ALIVES_US, MachinesDialog, TimeOptions } from "./machines-dialog.tsx";
import { Sessions } from "./sessions.tsx";
import { useIsLookedAt } from "./use-is-looked-at.ts";

export function ServerCard({ info }: { readonly info: LabInfo }) {
  const server = useLab((s) => s.state?.server);
  const isLookedAt = useIsLookedAt("server");
  const title = info.machines[0]?.title ?? "";
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
        <Sessions />
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
      <div className="interval">
        Datagrams
        <button
          type="button"
          className="button small"
          aria-label={`A datagram every ${spanText(info.notificationIntervalUs)}: change it and begin again`}
          title="The server reads it when it starts: the run begins again"
          onClick={() => setChoosing(true)}
        >
          every {spanText(info.notificationIntervalUs)}
        </button>
      </div>
      {choosing && <MachinesDialog info={info} onClose={() => setChoosing(false)} />}
    </div>
  );
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
