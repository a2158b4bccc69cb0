import { describe, expect, it } from "vitest";
import { dueTimes, findSeries, type PushSeries } from "./push-series.ts";
import type { RecordedEvent } from "./recorded-event.ts";

type ServerEvent = Extract<RecordedEvent, { layer: "server" }>["event"];

const MINUTE = 60_000_000;
const END = 60 * MINUTE;

const at = (minute: number, event: ServerEvent): RecordedEvent => ({ atUs: minute * MINUTE, machine: "server", layer: "server", event });
const connect = (minute: number, session = 1, user = "pc") =>
  at(minute, { type: "connect", session, association: session, user, clientVersion: [4, 0, 0] });
const register = (minute: number, contextHex = "aa", port = 1030, session = 1) =>
  at(minute, { type: "registered", session, address: 0x0a000001, port, contextHex });
const mail = (minute: number, mid = `m${minute}`, mailbox = "pc") => at(minute, { type: "delivered", mailbox, mid });
const retrieve = (minute: number, remaining = 0, session = 1) =>
  at(minute, { type: "notifications-retrieved", session, count: 1, remaining });
const end = (minute: number, session = 1) => at(minute, { type: "session-ended", session, how: "rundown", cause: "reset" });

function seriesOf(events: readonly RecordedEvent[], isLoggedOn: (session: number, us: number) => boolean = () => true) {
  return findSeries(events, END, isLoggedOn).map((s) => ({
    from: s.startUs / MINUTE,
    to: s.endUs / MINUTE,
    end: s.end,
    context: s.contextHex,
    port: s.dstPort,
    mail: s.mail.map(({ mid, atUs }) => `${mid}@${atUs / MINUTE}`).join(" "),
  }));
}

const FIRST = { context: "aa", port: 1030 };

describe("a series", () => {
  it("begins with a message and ends with the retrieval of all that is pending", () => {
    expect(seriesOf([connect(0), register(1), mail(2), mail(3), retrieve(4, 1), retrieve(5), mail(6)])).toEqual([
      { ...FIRST, from: 2, to: 5, end: "retrieved", mail: "m2@2 m3@3" },
      { ...FIRST, from: 6, to: 60, end: "open", mail: "m6@6" },
    ]);
  });

  it("ends with its session; mail that comes then begins none", () => {
    expect(seriesOf([connect(0), register(1), mail(2), end(3), mail(4)])).toEqual([
      { ...FIRST, from: 2, to: 3, end: "session-ended", mail: "m2@2" },
    ]);
  });

  it("begins with the registration where mail was pending before", () => {
    expect(seriesOf([connect(0), mail(1), mail(2), register(3)])).toEqual([{ ...FIRST, from: 3, to: 60, end: "open", mail: "m1@1 m2@2" }]);
    expect(seriesOf([connect(0), mail(1), retrieve(2), register(3)])).toEqual([]);
    expect(seriesOf([connect(0), register(3)])).toEqual([]);
  });

  it("goes on at another port after another registration, with what is pending", () => {
    expect(seriesOf([connect(0), register(1), mail(2), register(3, "bb", 1040), mail(4)])).toEqual([
      { ...FIRST, from: 2, to: 3, end: "registered-again", mail: "m2@2" },
      { context: "bb", port: 1040, from: 3, to: 60, end: "open", mail: "m2@2 m4@4" },
    ]);
  });

  it.each(["unregistered", "registration-withdrawn"] as const)(
    "ends where the registration is %s, and its mail waits for the next one",
    (type) => {
      const gone = at(3, type === "unregistered" ? { type, session: 1 } : { type, session: 1, address: 0x0a000001, port: 1030 });
      expect(seriesOf([connect(0), register(1), mail(2), gone, mail(4), register(5)])).toEqual([
        { ...FIRST, from: 2, to: 3, end: type === "unregistered" ? "unregistered" : "withdrawn", mail: "m2@2" },
        { ...FIRST, from: 5, to: 60, end: "open", mail: "m2@2 m4@4" },
      ]);
      expect(seriesOf([connect(0), register(1), gone, mail(4)])).toEqual([]);
    },
  );

  it("belongs to each session that is open for the mailbox, and to no other one", () => {
    const sessions = [
      connect(0),
      register(0),
      connect(1, 2),
      register(1, "bb", 1040, 2),
      connect(1, 3, "other"),
      register(1, "cc", 1050, 3),
    ];
    expect(seriesOf([...sessions, mail(2), retrieve(3, 0, 2)]).map(({ context, to }) => [context, to])).toEqual([
      ["aa", 60],
      ["bb", 3],
    ]);
  });

  it("begins with another session's change of the Inbox where the client asks for it, and with no change of its own", () => {
    const changed = (minute: number, by: number | null) =>
      at(minute, { type: "inbox-changed", mailbox: "pc", mid: "m", change: "modified", by });
    const events = [connect(0), register(1), changed(2, 1), changed(3, 2), changed(4, null), mail(5), retrieve(6), changed(7, null)];
    const found = findSeries(events, END, () => true, true).map((s) => [s.startUs / MINUTE, s.endUs / MINUTE, s.isByChange, s.mail.length]);
    expect(found).toEqual([
      [3, 6, true, 1],
      [7, 60, true, 0],
    ]);
    expect(findSeries(events, END, () => true).map((s) => [s.startUs / MINUTE, s.isByChange])).toEqual([[5, false]]);
  });

  it("is certain where the client had logged on when the mail came; events of other layers change nothing", () => {
    const events: RecordedEvent[] = [connect(0), register(1), mail(2)];
    const client: RecordedEvent = { atUs: 3 * MINUTE, machine: "pc", layer: "client", event: { type: "logged-off" } };
    const asked: number[][] = [];
    const isLoggedOn = (...question: number[]) => asked.push(question) < 0;
    expect(findSeries([...events, client], END, isLoggedOn).map(({ isCertain }) => isCertain)).toEqual([false]);
    expect(asked).toEqual([[1, 2 * MINUTE]]);
    expect(findSeries(events, END, () => true)[0].isCertain).toBe(true);
    expect(findSeries([connect(0), mail(1), register(2)], END, () => true)[0].isCertain).toBe(false);
  });
});

describe("the times at which datagrams are due", () => {
  const due = (endUs: number, end: PushSeries["end"]) => dueTimes({ startUs: 10, endUs, end } as PushSeries, 5);

  it("are the first and each interval after it, before the end", () => {
    expect(due(24, "retrieved")).toEqual([10, 15, 20]);
    expect(due(10, "retrieved")).toEqual([]);
  });

  it("include the very end of the run, and no other end", () => {
    expect(due(20, "open")).toEqual([10, 15, 20]);
    expect(due(20, "retrieved")).toEqual([10, 15]);
  });
});
