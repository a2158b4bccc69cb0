/** Tells a screen reader what happens in the lab while the clock runs. */

import { useEffect, useState } from "react";
import { shortTitle } from "../lab/machine-title.ts";
import { Announcements } from "../state/announcements.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording } from "../state/the-lab.ts";

/** Shortest time between two announcements in milliseconds, so that a screen reader can finish speaking one before the next. */
const EVERY_MS = 2500;

function titleOf(name: string): string {
  const machine = useLab.getState().info?.machines.find((m) => m.name === name);
  if (machine === undefined) return name;
  return machine.role === "compared" ? shortTitle(machine.title) : name;
}

const sessionMachine = (session: number): string =>
  useLab.getState().state?.server.sessions.find(({ id }) => id === session)?.machine ?? "a client";

export function Announcer() {
  const [said, setSaid] = useState({ text: "", count: 0 });
  useEffect(() => {
    const announcements = new Announcements();
    const move = () => {
      const { info, restarts } = useLab.getState();
      const eventsUntil = (us: number) => recording.eventsUntil(us);
      announcements.follow({ info, restarts, events: recording.events, eventsUntil }, useStudio.getState().readUs, sessionMachine);
    };
    move();
    let saidMs = 0;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const say = () => {
      timer = null;
      const next = announcements.take(titleOf);
      if (next === null) return;
      saidMs = performance.now();
      setSaid(({ count }) => ({ text: next, count: count + 1 }));
    };
    const follow = () => {
      move();
      timer ??= setTimeout(say, Math.max(200, saidMs + EVERY_MS - performance.now()));
    };
    const end = useStudio.subscribe((state, before) => {
      if (state.readUs !== before.readUs) follow();
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-label="What happens in the lab">
      {/* A new element each time: of a text that stays the same a screen reader is told nothing. */}
      <span key={said.count}>{said.text}</span>
    </div>
  );
}
