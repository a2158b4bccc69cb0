/** The timeline: the lanes of all machines on one clock, and the same events as a list. */

import { useLab } from "../state/lab-view.ts";
import { EventList } from "./event-list.tsx";
import { Lanes } from "./lanes-view.tsx";
import "./timeline.css";

export function Timeline() {
  const info = useLab((lab) => lab.info);
  if (!info) return null;
  return (
    <div className="timeline">
      <Lanes key={`${info.settings.scenario}/${info.settings.play}`} info={info} />
      <EventList info={info} />
    </div>
  );
}
