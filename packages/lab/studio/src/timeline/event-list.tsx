/** The events in words: what the lanes show, for reading and for screen readers. */

import { describeEvent as eventText } from "@pushback/scenario";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { TEXT_SCALE } from "../design/text-scale.ts";
import { elapsedText } from "../lab/clock-text.ts";
import { EVENT_KINDS, type EventKind, isOfKind, kindOf } from "../lab/event-kinds.ts";
import type { LabInfo } from "../lab/lab-types.ts";
import { selectEvent } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording } from "../state/the-lab.ts";

const ROW_H = Math.round(26 * TEXT_SCALE);

export function EventList({ info }: { readonly info: LabInfo }) {
  const [kind, setKind] = useState<EventKind>("any");
  const [machine, setMachine] = useState("");
  const { timeUs, version } = useMoment();
  const selected = useStudio((s) => s.selectedEvent);
  const playing = useLab((lab) => lab.playing);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useShown(kind, machine, version);

  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_H, overscan: 12 });
  const past = recording.eventsUntil(timeUs);
  const lastPast = shown.findLastIndex((i) => i < past);
  const place = selected !== null && shown.includes(selected) && !playing ? shown.indexOf(selected) : lastPast;

  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: "auto" });
  }, [place, rows]);

  const onKey = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + 12,
      PageUp: place - 12,
      Home: 0,
      End: shown.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined || shown.length === 0) return;
    event.preventDefault();
    selectEvent(shown[Math.max(0, Math.min(shown.length - 1, next))]);
  };

  return (
    <section className="events" aria-label="Events">
      <div className="events-bar">
        <select className="field" aria-label="Kind of event" value={kind} onChange={(event) => setKind(event.target.value as EventKind)}>
          {(Object.keys(EVENT_KINDS) as EventKind[]).map((name) => (
            <option key={name} value={name}>
              {name === "any" ? "All events" : EVENT_KINDS[name]}
            </option>
          ))}
        </select>
        <select className="field" aria-label="Machine" value={machine} onChange={(event) => setMachine(event.target.value)}>
          <option value="">All machines</option>
          {info.machines.map((m) => (
            <option key={m.name} value={m.name}>
              {m.name}
            </option>
          ))}
        </select>
        <span className="events-count numbers">{shown.length.toLocaleString("en")}</span>
      </div>
      <div
        className="events-scroller"
        ref={scroller}
        role="listbox"
        aria-label="Events in order of time"
        aria-activedescendant={place >= 0 ? `event-${shown[place]}` : undefined}
        tabIndex={0}
        onKeyDown={onKey}
      >
        <div role="presentation" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const index = shown[item.index];
            const e = recording.events[index];
            if (!e) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
              <div
                key={index}
                id={`event-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={item.index === place}
                aria-setsize={shown.length}
                aria-posinset={item.index + 1}
                className={`event-row kind-${kindOf(e) ?? "other"} ${e.atUs > timeUs ? "is-later" : ""}`}
                style={{ transform: `translateY(${item.start}px)`, height: ROW_H }}
                onClick={() => selectEvent(index)}
              >
                <span className="event-time mono">{elapsedText(e.atUs, true)}</span>
                <span className="event-machine">{e.machine}</span>
                <span className="event-text" title={eventText(e) ?? undefined}>
                  {eventText(e)}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

/** Between two readings of the list while the clock runs. */
const REFRESH_MS = 150;

/** The playhead and the recording's version; while the clock runs, only now and then. */
function useMoment(): { readonly timeUs: number; readonly version: number } {
  const read = () => ({ timeUs: useStudio.getState().timeUs, version: useLab.getState().version });
  const [moment, setMoment] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const take = () => {
      timer = null;
      setMoment(read());
    };
    const changed = () => {
      if (!useLab.getState().playing) take();
      else timer ??= setTimeout(take, REFRESH_MS);
    };
    const ends = [
      useStudio.subscribe((now, before) => {
        if (now.timeUs !== before.timeUs) changed();
      }),
      useLab.subscribe((now, before) => {
        if (now.version !== before.version) changed();
      }),
    ];
    return () => {
      for (const end of ends) end();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return moment;
}

/** Indices of the events to list. Each call examines only the events added since the last one. */
function useShown(kind: EventKind, machine: string, version: number): readonly number[] {
  const kept = useRef<{ key: string; events: unknown; looked: number; shown: number[] }>({ key: "", events: null, looked: 0, shown: [] });
  return useMemo(() => {
    void version;
    const key = `${kind}/${machine}`;
    if (kept.current.key !== key || kept.current.events !== recording.events)
      kept.current = { key, events: recording.events, looked: 0, shown: [] };
    const { current } = kept;
    for (; current.looked < recording.events.length; current.looked++) {
      const e = recording.events[current.looked];
      if (kindOf(e) === "step" || !isOfKind(e, kind) || (machine !== "" && !concerns(e, machine)) || eventText(e) === null) continue;
      current.shown.push(current.looked);
    }
    return current.shown.slice();
  }, [version, kind, machine]);
}

/** Whether the event is one of the machine's, or the delivery of a message to the machine's mailbox. */
function concerns(e: (typeof recording.events)[number], machine: string): boolean {
  return e.machine === machine || (e.event.type === "delivered" && e.event.mailbox === machine);
}
