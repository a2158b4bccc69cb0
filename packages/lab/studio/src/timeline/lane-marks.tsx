/** A mark on a lane: its name, its tooltip, and what a click on it selects. */

import { sessionEndText } from "@pushback/scenario";
import { preciseText, spanText } from "../lab/clock-text.ts";
import { selectEvent } from "../state/lab-selection.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording, theLab } from "../state/the-lab.ts";
import type { LaneMark } from "./lanes.ts";

/** Width of the tooltip with its margin, in pixels. */
const TIP_WIDTH = 250;

/** Moves the playhead to the mark, and selects its event and frame. */
export function selectMark(mark: LaneMark): void {
  if (mark.event !== null) {
    selectEvent(mark.event);
    return;
  }
  theLab.jump(mark.atUs);
  if (mark.frame !== null) useStudio.getState().set({ selectedFrame: mark.frame, selectedEvent: recording.eventOfFrame(mark.frame) });
}

const TITLES: Readonly<Record<LaneMark["kind"], string>> = {
  push: "Push datagram",
  icmp: "ICMP port unreachable",
  tcp: "TCP segment",
  arp: "ARP",
  mail: "Mail delivered",
  read: "Message read",
  logon: "Logged on",
  probe: "Keep-alive probe",
  end: "Session ends",
  down: "Machine goes down",
  ready: "Machine ready",
  failed: "Not possible",
};

function markTitle(mark: LaneMark): string {
  if (mark.event === null) return TITLES[mark.kind];
  const e = recording.events[mark.event];
  return e?.event.type === "session-ended" ? `Session ${e.event.session} ends: ${sessionEndText(e.event)}` : TITLES[mark.kind];
}

export interface PointedMark {
  readonly mark: LaneMark;
  readonly x: number;
  readonly y: number;
}

/** The tooltip of the mark under the pointer; `width` is that of the lanes, in pixels. */
export function LaneTip({ pointed: { mark, x, y }, width }: { readonly pointed: PointedMark; readonly width: number }) {
  return (
    <div className="lane-tip" style={{ left: Math.min(x + 12, width - TIP_WIDTH), top: y + 14 }}>
      <b>{markTitle(mark)}</b>
      <span className="mono">{preciseText(mark.atUs)}</span>
      {mark.frame !== null && <span>frame {mark.frame}</span>}
      {mark.answer && (
        <span>
          answered by frame {mark.answer.frame}, {spanText(mark.answer.atUs - mark.atUs)} later
        </span>
      )}
    </div>
  );
}
