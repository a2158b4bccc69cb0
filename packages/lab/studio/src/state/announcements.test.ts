import type { RecordedEvent } from "@pushback/scenario";
import { expect, test } from "vitest";
import { Announcements } from "./announcements.ts";

let clock = 0;
const on = (machine: string, layer: string, event: object): RecordedEvent =>
  ({ atUs: clock++, machine, layer, event }) as unknown as RecordedEvent;
const down = (machine: string, way = "reset") => on(machine, "machine", { type: "machine-going-down", way });
const boot = (machine: string) => on(machine, "machine", { type: "boot-phase", phase: { title: "POST", screen: [] } });
const error = (machine: string) => on(machine, "machine", { type: "icmp-error-sent" });
const mail = (machine: string) => on(machine, "client", { type: "new-mail", subject: "Lunch" });
const end = (session: number) => on("server", "server", { type: "session-ended", session });

const sessionMachine = (session: number) => ["", "nt", "dos"][session];
const upper = (name: string) => name.toUpperCase();

test("each kind is told by machine, and the ICMP error only once until the machine starts again", () => {
  const events = [down("nt"), boot("nt"), mail("dos"), error("nt"), error("nt"), end(1)];
  const heard = new Announcements();
  heard.moveTo(events, 3, sessionMachine);
  expect(heard.take(upper)).toBe("Going down without logging off: NT. New mail: DOS.");
  expect(heard.take(upper)).toBeNull();
  heard.moveTo(events, 4, sessionMachine);
  expect(heard.take(upper)).toBe("First ICMP error: NT.");
  heard.moveTo(events, 5, sessionMachine);
  expect(heard.take(upper)).toBeNull();
  heard.moveTo(events, 6, sessionMachine);
  expect(heard.take(upper)).toBe("Session ended: NT.");
  const again = [...events, down("nt", "shutdown"), boot("nt"), error("nt")];
  heard.moveTo(again, 9, sessionMachine);
  expect(heard.take(upper)).toBe("Shutting down: NT. First ICMP error: NT.");
});

test("thousands of events that come at once are announced in one short text", () => {
  const events = Array.from({ length: 9000 }, (_, i) => (i % 3 === 0 ? down : i % 3 === 1 ? error : mail)(`pc${i}`));
  const heard = new Announcements();
  heard.moveTo(events, events.length, sessionMachine);
  expect(heard.take(upper)).toBe(
    "Going down without logging off: 3000 machines. New mail: 3000 machines. First ICMP error: 3000 machines.",
  );
});

test("going back is silent, and what follows is told again", () => {
  const events = [down("nt"), boot("nt"), error("nt"), mail("nt")];
  const heard = new Announcements();
  heard.moveTo(events, 4, sessionMachine);
  heard.take(upper);
  heard.moveTo(events, 3, sessionMachine);
  expect(heard.take(upper)).toBeNull();
  heard.moveTo(events, 4, sessionMachine);
  expect(heard.take(upper)).toBe("New mail: NT.");
  heard.moveTo(events, 2, sessionMachine);
  heard.moveTo(events, 3, sessionMachine);
  expect(heard.take(upper)).toBe("First ICMP error: NT.");
});

/** A run with these events. */
function runOf(events: readonly RecordedEvent[], restarts: number, info: unknown = "a run") {
  return { info, restarts, events, eventsUntil: (us: number) => events.filter(({ atUs }) => atUs <= us).length };
}

const at = (atUs: number, event: RecordedEvent): RecordedEvent => ({ ...event, atUs });

test("what an action caused is told, even if the playhead has passed it when the replayed run is there", () => {
  const before = [at(10, down("nt")), at(20, mail("dos"))];
  const heard = new Announcements();
  heard.follow(runOf(before, 0), 0, sessionMachine);
  heard.follow(runOf(before, 0), 50, sessionMachine);
  expect(heard.take(upper)).toBe("Going down without logging off: NT. New mail: DOS.");
  // The action is at 50; the next position that is read is behind its effect.
  const after = [...before, at(60, mail("nt"))];
  heard.follow(runOf(after, 1), 90, sessionMachine);
  expect(heard.take(upper)).toBe("New mail: NT.");
});

test("a run that is opened, or whose replay is shown at an earlier time, is silent up to the playhead", () => {
  const events = [at(10, down("nt")), at(20, mail("dos"))];
  const heard = new Announcements();
  heard.follow(runOf(events, 0), 15, sessionMachine);
  expect(heard.take(upper)).toBeNull();
  heard.follow(runOf(events, 0), 30, sessionMachine);
  expect(heard.take(upper)).toBe("New mail: DOS.");
  heard.follow(runOf(events, 1), 12, sessionMachine);
  expect(heard.take(upper)).toBeNull();
  heard.follow(runOf(events, 1, "another run"), 25, sessionMachine);
  expect(heard.take(upper)).toBeNull();
});
