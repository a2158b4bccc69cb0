/** The desk: cards of the server and of its five clients, and the datagrams and errors that move between them. */

import { type PointerEvent, useEffect, useRef } from "react";
import { isClient, type LabInfo } from "../lab/lab-types.ts";
import { useLab } from "../state/lab-view.ts";
import { playArticle } from "../state/studio-actions.ts";
import { theLab } from "../state/the-lab.ts";
import { takeOver } from "../state/tour.ts";
import "./bench.css";
import { actionOf, isPossible } from "./machine-actions.ts";
import { FleetSummary, MachineCard, OtherMachines } from "./machine-card.tsx";
import { ServerCard } from "./server-card.tsx";
import { SoundSwitch } from "./sound-switch.tsx";
import { useTourInView } from "./use-tour-in-view.ts";
import { Wire } from "./wire.tsx";

export function Bench() {
  const info = useLab((lab) => lab.info);
  const desk = useRef<HTMLDivElement>(null);
  const hasMachines = info !== null;
  useTourInView(desk);
  useEffect(() => {
    if (hasMachines) readPixels();
  }, [hasMachines]);
  if (!info) return <div className="bench-wait">Switching the machines on…</div>;
  const clients = info.machines.filter(isClient);
  // The compared machines stand on the desk; other machines are listed below it.
  const compared = clients.filter((m) => m.role === "compared");
  const onDesk = compared.length > 0 ? compared : clients.slice(0, 5);
  const others = clients.filter((m) => !onDesk.includes(m));
  return (
    <div className="bench">
      <BenchBar info={info} />
      <div className="desk" ref={desk} onPointerDownCapture={slowForPress}>
        <ServerCard info={info} />
        {onDesk.map((machine) => (
          <MachineCard key={`${machine.name}/${machine.variant}`} lab={machine} />
        ))}
        <Wire desk={desk} machines={info.machines} />
      </div>
      {others.length > 0 && (others.length <= LISTED_MAX ? <OtherMachines machines={others} /> : <FleetSummary machines={others} />)}
    </div>
  );
}

let arePixelsRead = false;

/** Loads the machines' fonts and pointers when the page is first idle, so that they do not delay the first picture. */
function readPixels(): void {
  if (arePixelsRead) return;
  arePixelsRead = true;
  requestIdleCallback(() => void import("./pixels/install-pixels.ts").then(({ installPixels }) => installPixels()));
}

/** Slows a fast clock down when the user presses a control in a card. Names and lamps are no controls. */
function slowForPress(event: PointerEvent): void {
  if ((event.target as Element).closest(".controls, .screen, form, select")) takeOver();
}

/** Most machines beside the compared ones that get a line each; more share one line. */
const LISTED_MAX = 4;

/** The first steps, and the actions for all machines. */
function BenchBar({ info }: { readonly info: LabInfo }) {
  const isFree = info.settings.play === "free";
  const story = useStory();
  return (
    <div className="bench-bar">
      <button type="button" className="button primary" onClick={() => void playArticle()}>
        Play the article
      </button>
      <p className="story">
        {story ??
          (isFree ? "Or use the machines: log on, deliver mail, reboot one without logging off, and watch it push back." : info.about)}
      </p>
      <fieldset className="all">
        <legend className="visually-hidden">All machines</legend>
        <span aria-hidden="true">All:</span>
        <AllButton label="Log on all" action="logon" />
        <AllButton label="Read all" action="read" />
        <AllButton label="Reboot all" action="crash" />
      </fieldset>
      <SoundSwitch />
    </div>
  );
}

function AllButton({ label, action }: { readonly label: string; readonly action: "logon" | "read" | "crash" }) {
  const machines = useLab((lab) => lab.state?.machines);
  const names = Object.values(machines ?? {})
    .filter((m) => isPossible(actionOf(action), m))
    .map((m) => m.name);
  const run = () => {
    if (action === "logon") void theLab.act({ logon: names });
    else if (action === "read") void theLab.act({ read: names });
    else void theLab.act({ reboot: names, how: "unclean" });
    theLab.play();
  };
  return (
    <button
      type="button"
      className="button small"
      disabled={names.length === 0}
      title={action === "crash" ? "Without logging off" : undefined}
      onClick={run}
    >
      {label}
    </button>
  );
}

/** One sentence on the present state of the run. */
function useStory(): string | null {
  return useLab((lab) => {
    if (!lab.state) return null;
    const { server, machines } = lab.state;
    const errors = Object.values(machines).reduce((sum, m) => sum + m.icmpSent, 0);
    const open = server.sessions.filter((s) => s.endUs === null);
    const pushing = open.filter((s) => s.pending > 0 && s.callbackPort !== null);
    if (errors > 0 && pushing.length > 0)
      return `${pushing.length === 1 ? "One session is" : `${pushing.length} sessions are`} still pushing to ${pushing.length === 1 ? "a machine that has forgotten it" : "machines that have forgotten them"}: ${errors} ICMP errors so far, and the mail server has noticed none.`;
    if (errors > 0 && server.sessions.some((s) => s.endUs !== null))
      return `The old sessions have ended, and so have the ICMP errors: ${errors} in all.`;
    return null;
  });
}
