/** Selections that belong together: an event, its frame, its machine and the playhead; and the bookmarks. */

import { kindOf } from "../lab/event-kinds.ts";
import { useLab } from "./lab-view.ts";
import { useStudio } from "./studio-store.ts";
import { recording, theLab } from "./the-lab.ts";

/** Sets a bookmark at the playhead, or removes the one that is there. */
export function addBookmark(): void {
  const { timeUs } = useStudio.getState();
  useLab.setState(({ bookmarks }) =>
    bookmarks.some((b) => b.atUs === timeUs)
      ? { bookmarks: bookmarks.filter((b) => b.atUs !== timeUs) }
      : { bookmarks: [...bookmarks, { atUs: timeUs, label: `Bookmark ${bookmarks.length + 1}` }].sort((a, b) => a.atUs - b.atUs) },
  );
}

/** Selects an event with its machine and frame, and moves the playhead to it. */
export function selectEvent(index: number): void {
  const e = recording.events[index];
  if (!e) return;
  theLab.jump(e.atUs);
  useStudio.getState().set({ selectedEvent: index, selectedMachine: e.machine, selectedFrame: recording.frameOfEvent(index) });
}

/** Selects a frame of the lab with its event and machine, and moves the playhead to it unless the clock runs. */
export function selectFrame(frame: number): void {
  const mark = recording.markOfFrame(frame);
  const { info, playing } = useLab.getState();
  const selectedEvent = recording.eventOfFrame(frame);
  const ends = mark === null ? [] : [mark.source, mark.destination];
  const machine = info?.machines.find((m) => m.role !== "server" && ends.includes(m.address));
  useStudio.getState().set({ selectedFrame: frame, selectedEvent, ...(machine && { selectedMachine: machine.name }) });
  if (mark && !playing) theLab.jump(mark.timeUs);
}

/** Selects a machine with its latest event before the playhead, and that event's frame or the latest frame that the machine sent or got. */
export function selectMachine(name: string): void {
  const { timeUs, selectedEvent, selectedFrame, set } = useStudio.getState();
  const isOfMachine = (index: number): boolean => {
    const e = recording.events[index];
    return e !== undefined && e.machine === name && kindOf(e) !== null;
  };
  set({ selectedMachine: name });
  const isChosen = selectedEvent !== null && isOfMachine(selectedEvent);
  if (isChosen && selectedFrame !== null) return;
  let index = isChosen ? selectedEvent : recording.eventsUntil(timeUs) - 1;
  while (index >= 0 && !isOfMachine(index)) index--;
  const address = useLab.getState().info?.machines.find((machine) => machine.name === name)?.address;
  const mark = address === undefined ? null : recording.lastMarkOf(address, timeUs);
  set({
    selectedEvent: index < 0 ? null : index,
    selectedFrame: (index < 0 ? null : recording.frameOfEvent(index)) ?? mark?.frame ?? null,
  });
}
