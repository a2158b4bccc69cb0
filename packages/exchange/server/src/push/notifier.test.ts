/** The notifier alone, on a Host of virtual time: when each session's datagrams leave, and to where. */

import type { Host, UdpHandlers } from "@pushback/host";
import { NULL_OBJECT_ID } from "@pushback/mapi";
import { beforeEach, describe, expect, it } from "vitest";
import type { ServerLimits } from "../limits.ts";
import { Session } from "../session/session.ts";
import { LIVE_LIMITS } from "../settings.ts";
import { createRopBench } from "../testing/rop-bench.ts";
import { Notifier } from "./notifier.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const { mailbox } = createRopBench();

interface Sent {
  readonly atUs: number;
  readonly port: number;
  readonly context: string;
}

let nowUs = 0;
let waiting: { atUs: number; run: () => void }[] = [];
let sent: Sent[] = [];
let sockets: UdpHandlers[] = [];
let closedSockets = 0;

const refuse = () => {
  throw new Error("the notifier asked for more than a timer and a socket");
};

const host: Host = {
  name: "server",
  address: 0x0a000001,
  nowUs: () => nowUs,
  wallClockMs: refuse,
  randomU32: refuse,
  listenTcp: refuse,
  connectTcp: refuse,
  setTimer(delayUs, run) {
    let entry: { atUs: number; run: () => void } | null = null;
    const cancel = () => {
      waiting = waiting.filter((other) => other !== entry);
    };
    const again = (us: number) => {
      cancel();
      entry = { atUs: nowUs + us, run };
      waiting.push(entry);
    };
    again(delayUs);
    return { cancel, again };
  },
  openUdp(_port, handlers) {
    sockets.push(handlers);
    let isOpen = true;
    return {
      send(b, _address, port, at = 0, len = b.length - at) {
        if (isOpen) sent.push({ atUs: nowUs, port, context: String([...b.subarray(at, at + len)]) });
      },
      close() {
        isOpen = false;
        closedSockets++;
      },
    };
  },
};

/** Runs all timers up to and including `untilUs`; equal times in the order of setting. */
function run(untilUs: number): void {
  for (;;) {
    const next = waiting.reduce<(typeof waiting)[number] | null>(
      (first, other) => (first && first.atUs <= other.atUs ? first : other),
      null,
    );
    if (next === null || next.atUs > untilUs) break;
    waiting.splice(waiting.indexOf(next), 1);
    nowUs = next.atUs;
    next.run();
  }
  nowUs = untilUs;
}

function notifierOf(limits: ServerLimits | null = null, movesPort = false): Notifier {
  const notifier = new Notifier(host, MINUTE, movesPort, limits, { onOpen: () => {}, onFailed: refuse, onSent: () => {} });
  sockets[0].onOpen?.(1025);
  return notifier;
}

const contextOf = (id: number) => Uint8Array.of(id >>> 8, id & 255, 7);
const registrationOf = (id: number, port = 2000 + id) => ({ rgbContext: contextOf(id), address: 0x0a000002, port });
const sessionOf = (id: number) => new Session(id, mailbox, 1252, [4, 837, 0], 0, 0x0a000002, 1024, 0);

function mail(session: Session): void {
  const notification = {
    kind: "new-mail",
    folderId: NULL_OBJECT_ID,
    messageId: NULL_OBJECT_ID,
    messageFlags: 0,
    messageClass: "IPM.Note",
  } as const;
  session.notify({ handle: 1, logonId: 0, notification }, () => false);
}

const timesOf = (port: number) => sent.filter((d) => d.port === port).map(({ atUs }) => atUs / SECOND);

beforeEach(() => {
  nowUs = 0;
  waiting = [];
  sent = [];
  sockets = [];
  closedSockets = 0;
});

describe("a registration", () => {
  it("sends at once where mail is pending already", () => {
    const [notifier, session] = [notifierOf(), sessionOf(1)];
    mail(session);
    notifier.register(session, registrationOf(1));
    expect(timesOf(2001)).toEqual([0]);
  });

  it("takes the place of the session's earlier one, and begins its own interval", () => {
    const [notifier, session] = [notifierOf(), sessionOf(1)];
    notifier.register(session, registrationOf(1));
    mail(session);
    notifier.update(session);
    run(10 * SECOND);
    notifier.register(session, { ...registrationOf(2), port: 3000 });
    run(140 * SECOND);
    expect(timesOf(2001)).toEqual([0]);
    expect(timesOf(3000)).toEqual([10, 70, 130]);
    expect(sent[1].context).toBe(String([...contextOf(2)]));
    expect(notifier.registrationOf(session)).toEqual({ rgbContext: contextOf(2), address: 0x0a000002, port: 3000 });
    expect(notifier.datagramsSentTo(session)).toBe(4);
  });

  it("is withdrawn once", () => {
    const [notifier, session] = [notifierOf(), sessionOf(1)];
    expect(notifier.unregister(session)).toBe(false);
    notifier.register(session, registrationOf(1));
    mail(session);
    notifier.update(session);
    expect(notifier.unregister(session)).toBe(true);
    expect(notifier.unregister(session)).toBe(false);
    notifier.update(session);
    run(5 * MINUTE);
    expect(timesOf(2001)).toEqual([0]);
    expect(notifier.registrationOf(session)).toBeNull();
  });
});

describe("datagrams", () => {
  it("end with the notifications, and begin anew at once", () => {
    const [notifier, session] = [notifierOf(), sessionOf(1)];
    notifier.register(session, registrationOf(1));
    mail(session);
    notifier.update(session);
    run(90 * SECOND);
    session.dropPending(1);
    notifier.update(session);
    run(100 * SECOND);
    mail(session);
    notifier.update(session);
    run(170 * SECOND);
    expect(timesOf(2001)).toEqual([0, 60, 100, 160]);
  });

  it("wait while a call of the session runs", () => {
    const [notifier, session] = [notifierOf(), sessionOf(1)];
    notifier.register(session, registrationOf(1));
    session.inCall = true;
    mail(session);
    notifier.update(session);
    run(3 * SECOND);
    session.inCall = false;
    notifier.update(session);
    expect(timesOf(2001)).toEqual([3]);
  });

  it("keep each session's pace, with more sessions than rows and ring were made for", () => {
    const notifier = notifierOf();
    const sessions = Array.from({ length: 200 }, (_, i) => sessionOf(i + 1));
    for (const session of sessions) {
      run(session.id * 100_000);
      notifier.register(session, registrationOf(session.id));
      mail(session);
      notifier.update(session);
    }
    // Half of the sessions are removed, so that the ring has wrapped around when it grows.
    for (const session of sessions.slice(0, 50)) notifier.forget(session);
    run(3 * MINUTE - 1);
    for (const { id } of sessions) {
      const firstUs = id * 100_000;
      const all = [firstUs, firstUs + MINUTE, firstUs + 2 * MINUTE].filter((us, n) => (id > 50 || n === 0) && us < 3 * MINUTE);
      expect(sent.filter(({ port }) => port === 2000 + id)).toEqual(
        all.map((atUs) => ({ atUs, port: 2000 + id, context: String([...contextOf(id)]) })),
      );
    }
    expect(notifier.datagramsSent).toBe(50 + 150 * 3);
  });

  it("of a forgotten session are not sent for the next session that gets its row", () => {
    const notifier = notifierOf();
    const [first, second] = [sessionOf(1), sessionOf(2)];
    notifier.register(first, registrationOf(1));
    mail(first);
    notifier.update(first);
    run(10 * SECOND);
    const row = first.pushRow;
    notifier.forget(first);
    notifier.register(second, registrationOf(2));
    expect(second.pushRow).toBe(row);
    expect(notifier.datagramsSentTo(second)).toBe(0);
    run(20 * SECOND);
    mail(second);
    notifier.update(second);
    run(90 * SECOND);
    expect(timesOf(2001)).toEqual([0]);
    expect(timesOf(2002)).toEqual([20, 80]);
  });

  it("keep a new interval from the next datagram on, shorter or longer", () => {
    const notifier = notifierOf();
    const [first, second] = [sessionOf(1), sessionOf(2)];
    for (const session of [first, second]) {
      notifier.register(session, registrationOf(session.id));
      mail(session);
    }
    notifier.update(first);
    notifier.setInterval(20 * SECOND);
    run(5 * SECOND);
    // This datagram is due before the first session's, which comes before it in the ring.
    notifier.update(second);
    run(100 * SECOND);
    notifier.setInterval(2 * MINUTE);
    run(250 * SECOND);
    expect(timesOf(2001)).toEqual([0, 60, 80, 100, 120, 240]);
    expect(timesOf(2002)).toEqual([5, 25, 45, 65, 85, 105, 225]);
  });
});

describe("limits", () => {
  it("keep the gap between two datagrams of a session", () => {
    const [notifier, session] = [notifierOf({ ...LIVE_LIMITS, datagramGapUs: 2 * SECOND }), sessionOf(1)];
    notifier.register(session, registrationOf(1));
    mail(session);
    notifier.update(session);
    session.dropPending(1);
    notifier.update(session);
    run(SECOND);
    mail(session);
    notifier.update(session);
    run(70 * SECOND);
    expect(timesOf(2001)).toEqual([0, 2, 62]);
  });

  it("forget a datagram that waited when the session's registration is withdrawn", () => {
    const [notifier, session] = [notifierOf({ ...LIVE_LIMITS, datagramGapUs: 20 * SECOND }), sessionOf(1)];
    notifier.register(session, registrationOf(1));
    mail(session);
    notifier.update(session);
    run(SECOND);
    // The session registers again, too soon after the last datagram for another one.
    notifier.register(session, registrationOf(1));
    notifier.unregister(session);
    run(5 * MINUTE);
    expect(sent.length).toBe(1);
  });

  it("send no more than so many datagrams in a second, and the others afterwards", () => {
    const notifier = notifierOf({ ...LIVE_LIMITS, datagramsPerSecond: 3 });
    for (let id = 1; id <= 8; id++) {
      const session = sessionOf(id);
      notifier.register(session, registrationOf(id));
      mail(session);
      notifier.update(session);
    }
    run(10 * SECOND);
    expect(sent.map(({ atUs }) => atUs / SECOND)).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
    expect(new Set(sent.map(({ port }) => port)).size).toBe(8);
  });
});

describe("close", () => {
  it("sends nothing afterwards, and closes a port that was about to take over", () => {
    const [notifier, session] = [notifierOf(null, true), sessionOf(1)];
    notifier.register(session, registrationOf(1));
    mail(session);
    notifier.update(session);
    run(SECOND);
    expect(sockets.length).toBe(2);
    notifier.close();
    sockets[1].onOpen?.(1026);
    expect(closedSockets).toBe(2);
    session.dropPending(1);
    notifier.update(session);
    mail(session);
    notifier.update(session);
    expect(notifier.datagramsSent).toBe(1);
  });

  it("cancels scheduled datagrams and those that wait because of a rate limit", () => {
    const [notifier, first, second] = [notifierOf({ ...LIVE_LIMITS, datagramsPerSecond: 1 }), sessionOf(1), sessionOf(2)];
    for (const session of [first, second]) {
      notifier.register(session, registrationOf(session.id));
      mail(session);
      notifier.update(session);
    }
    notifier.close();
    run(5 * MINUTE);
    expect(notifier.datagramsSent).toBe(1);
    expect(waiting.length).toBe(0);
  });
});
