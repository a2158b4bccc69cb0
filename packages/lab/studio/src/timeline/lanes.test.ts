import { PLATFORMS } from "@pushback/scenario";
import { expect, test } from "vitest";
import { LabApi } from "../lab/lab-api.ts";
import { RecordingView } from "../lab/recording-view.ts";
import { LaneBuilder } from "./lanes.ts";

function play(id: string, pieces: number) {
  const lab = new LabApi();
  const result = lab.open({ scenario: id, play: "scenario", seed: "1" });
  if (!result.ok) throw new Error(result.message);
  const { info } = result;
  const recording = new RecordingView();
  const builder = new LaneBuilder(info.machines);
  for (let i = 1; i <= pieces; i++) {
    recording.add(lab.advance((info.durationUs * i) / pieces));
    builder.update(recording.events, recording.marks);
  }
  return { lanes: builder.lanes, recording, rows: lab.rows() };
}

const { lanes, recording, rows } = play("kb-q159302", 9);
const lane = (name: string) => lanes.find((l) => l.name === name) as (typeof lanes)[number];

test("one lane per machine and one for the server", () => {
  expect(lanes.map((l) => l.name)).toEqual(["server", ...PLATFORMS.map(({ id }) => id), "poller"]);
});

test("lanes that grow piece by piece equal lanes that are built at once", () => {
  expect(play("kb-q159302", 1).lanes).toEqual(lanes);
});

test("each push that drew an error is joined to it", () => {
  for (const { machine, row } of rows) {
    const { marks } = lane(machine);
    const joined = marks.filter((m) => m.kind === "push" && m.answer);
    expect(joined.length).toBe(row.icmpPortUnreachable);
    expect(marks.filter((m) => m.kind === "icmp").length).toBe(row.icmpPortUnreachable);
    for (const push of joined) {
      const delayUs = (push.answer?.atUs ?? 0) - push.atUs;
      expect(delayUs).toBeGreaterThan(0);
      expect(delayUs).toBeLessThan(10_000);
    }
  }
});

test("a datagram that waits for a hardware address has the question and the answer before it, on its machine's lane", () => {
  let late = 0;
  for (const { id } of PLATFORMS) {
    const { marks } = lane(id);
    for (const [i, e] of recording.events.entries()) {
      if (e.event.type !== "datagram-sent") continue;
      const frame = recording.frameOfEvent(i);
      const push = marks.find((m) => m.kind === "push" && m.frame === frame);
      if (!push || push.atUs - e.atUs < 100) continue;
      late++;
      expect(marks.filter((m) => m.kind === "arp" && m.atUs >= e.atUs && m.atUs <= push.atUs).length).toBe(2);
    }
  }
  expect(late).toBeGreaterThan(10);
});

test("boots, stacks and sessions are spans that end when they end", () => {
  const { spans } = lane("windows-nt");
  expect(spans.filter((s) => s.kind === "stack").length).toBe(2);
  const sessions = spans.filter((s) => s.kind === "session");
  expect(sessions.length).toBe(2);
  expect((sessions[0].endUs as number) / 3.6e9).toBeCloseTo(2.02, 1);
  expect(sessions[1].endUs).toBeNull();
  expect(spans.filter((s) => s.kind === "boot").every((s) => s.endUs !== null && s.endUs > s.startUs)).toBe(true);
});

test("an event finds its frame, and the frame finds its event", () => {
  const found = recording.events.flatMap((e, i) => (e.event.type === "icmp-error-sent" || e.event.type === "datagram-sent" ? [i] : []));
  expect(found.length).toBeGreaterThan(1000);
  for (const i of found.filter((_, n) => n % 37 === 0)) {
    const frame = recording.frameOfEvent(i) as number;
    expect(frame).not.toBeNull();
    const back = recording.eventOfFrame(frame) as number;
    expect(recording.events[back].event.type).toBe(recording.events[i].event.type);
  }
});

test("the neighbours of a time are before and after it", () => {
  const at = recording.events[500].atUs;
  const next = recording.neighbour(at, 1) as number;
  const last = recording.neighbour(at, -1) as number;
  expect(recording.events[next].atUs).toBeGreaterThan(at);
  expect(recording.events[last].atUs).toBeLessThan(at);
});
