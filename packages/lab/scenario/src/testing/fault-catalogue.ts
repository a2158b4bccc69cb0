/** The catalogue of faults: each breaks one thing in the server, the client or a stack, and names the claim or expectation that must notice. */

import { putU16be } from "@pushback/bytes";
import type { RunOptions } from "../run.ts";
import { BEHAVIOUR_ROWS } from "./behaviour-rows.ts";
import {
  ARTICLE,
  BESIDE,
  bindings,
  CHANGES,
  datagramAfterReboot,
  datagrams,
  deliveries,
  edited,
  editedError,
  flip,
  frames,
  HOUR,
  ignores,
  interval,
  isAfterChange,
  isAfterReboot,
  isFirst,
  isNotAfterMail,
  isRepetition,
  isStale,
  type Judge,
  keepAlive,
  late,
  lost,
  MINUTE,
  MIRROR,
  opensTheFirst,
  otherSubject,
  ownChange,
  ownPace,
  payload,
  portOfBefore,
  put,
  REBOOT_US,
  type Row,
  readdress,
  SECOND,
  STALE_US,
  shortQuote,
  shown,
  TRANSLATED,
  turn,
  twice,
  twin,
} from "./fault-makers.ts";
import { seamsOf } from "./fault-seams.ts";

export interface CataloguedFault {
  /** What is wrong, in one phrase. */
  readonly fault: string;
  readonly where:
    | "notifier"
    | "registration"
    | "session end"
    | "client"
    | "ICMP"
    | "ARP"
    | "keep-alive"
    | "checksums"
    | "wire"
    | "server restart"
    | "address translation"
    | "inbox"
    | keyof typeof BEHAVIOUR_ROWS;
  /** Name of the gallery's scenario in which the fault shows. */
  readonly scenario: string;
  readonly judge: Judge;
  readonly seams: NonNullable<RunOptions["seams"]>;
}

const ROWS: Readonly<Record<CataloguedFault["where"], readonly Row[]>> = {
  ...BEHAVIOUR_ROWS,
  notifier: [
    ["the first datagram comes 4 s late", "notify", datagrams(late(4 * SECOND), isFirst)],
    ["the first datagram comes 100 ms late", "notify", datagrams(late(100_000), isFirst)],
    ["the first datagram comes one interval late", "notify", datagrams(late(60 * SECOND), isFirst)],
    ["the first datagram of a stale session comes 4 s late", "notify", datagrams(late(4 * SECOND), ({ number }) => number === 2)],
    ["every datagram comes 10 ms late", "notify", datagrams(late(10_000))],
    ["every repetition comes 10 ms late", "continue-after-reboot", datagrams(late(10_000), isRepetition)],
    ["the first datagram is never sent", "notify", datagrams(lost, isFirst)],
    ["no datagram is sent", "notify", datagrams(lost)],
    ["every second datagram is missing", "continue-after-reboot", datagrams(lost, ({ number }) => number % 2 === 0)],
    ["one repetition is missing", "continue-after-reboot", datagrams(lost, ({ number }) => number === 40)],
    [
      "the last repetitions are missing",
      "continue-after-reboot",
      datagrams(lost, ({ nowUs }) => nowUs > 115 * MINUTE && nowUs < 125 * MINUTE),
    ],
    ["the server gives up after five datagrams", "continue-after-reboot", datagrams(lost, ({ number }) => number > 6 && number < 110)],
    [
      "the server gives up after ten minutes",
      "continue-after-reboot",
      datagrams(lost, ({ nowUs }) => nowUs > 16 * MINUTE && nowUs < 125 * MINUTE),
    ],
    [
      "the server stops when the machine goes down",
      "continue-after-reboot",
      datagrams(lost, (d) => isRepetition(d) && d.nowUs < 125 * MINUTE),
    ],
    ["nothing is sent to a stale session", "notify", datagrams(lost, (d) => isStale(d) && d.nowUs < 125 * MINUTE)],
    ["every datagram is sent twice at once", "notify", datagrams(twice(0))],
    ["every datagram is sent again after a second", "notify", datagrams(twice(SECOND))],
    ["one repetition is sent twice", "notify", datagrams(twice(5 * SECOND), ({ number }) => number === 40)],
    ["a datagram follows the retrieval", "stop-on-retrieve", datagrams(twice(20 * SECOND), isFirst)],
    ["datagrams follow the retrieval each minute", "stop-on-retrieve", datagrams(twice(60 * SECOND), isFirst)],
    ["repetitions come every 61 s", "continue-after-reboot", interval((us) => us + SECOND)],
    ["repetitions come every 59 s", "continue-after-reboot", ownPace(59 * SECOND)],
    ["repetitions come every 60.1 s", "continue-after-reboot", interval((us) => us + 100_000)],
    ["repetitions come every 30 s", "notify", ownPace(30 * SECOND)],
    ["repetitions come every two minutes", "continue-after-reboot", interval((us) => us * 2)],
    ["the interval grows with each repetition", "continue-after-reboot", interval((us, nowUs) => us + nowUs / 100)],
    [
      "the interval changes at random by a second",
      "continue-after-reboot",
      interval((us, nowUs) => us + (((nowUs / SECOND) * 7919) % 1000) * 1000),
    ],
    [
      "the interval becomes five minutes after an hour",
      "continue-after-reboot",
      interval((us, nowUs) => (nowUs > 60 * MINUTE ? 5 * us : us)),
    ],
    [
      "the scenario's own interval is not kept",
      "continue-after-reboot",
      { server: { timer: (us) => (us > 25 * SECOND && us <= 30 * SECOND ? 60 * SECOND : us) } },
      BESIDE,
    ],
    [
      "a stale session is pushed to only until the next logon",
      "continue-after-reboot",
      datagrams(lost, ({ nowUs, number }) => nowUs > 6 * MINUTE && number !== 10),
      BESIDE,
    ],
  ],
  registration: [
    ["datagrams go to the next port", "notify", datagrams((d, send) => send(d.bytes, d.address, d.port + 1))],
    [
      "datagrams go to the port with its bytes exchanged",
      "notify",
      datagrams((d, send) => send(d.bytes, d.address, ((d.port & 255) << 8) | (d.port >>> 8))),
    ],
    ["datagrams go to the next address", "notify", datagrams((d, send) => send(d.bytes, d.address + 1, d.port))],
    ["datagrams are broadcast", "notify", datagrams((d, send) => send(d.bytes, (d.address | 0xff) >>> 0, d.port))],
    ["stale datagrams go to another port", "notify", datagrams((d, send) => send(d.bytes, d.address, d.port + 7), isStale)],
    ["the context is cut to four bytes", "notify", datagrams(payload((b) => b.slice(0, 4)))],
    ["the context is followed by a byte", "notify", datagrams(payload((b) => Uint8Array.of(...b, 0)))],
    ["the context's first byte is wrong", "notify", datagrams(payload(flip(0)))],
    ["the context's last byte is wrong", "notify", datagrams(payload(flip(7)))],
    ["the context is all zeros", "notify", datagrams(payload((b) => b.map(() => 0)))],
    ["the payload is empty", "notify", datagrams(payload(() => new Uint8Array(0)))],
    ["the context is reversed", "notify", datagrams(payload((b) => b.slice().reverse()))],
    ["one repetition has another context", "continue-after-reboot", datagrams(payload(flip(3)), ({ number }) => number === 50)],
    [
      "the new session is not pushed to",
      "next-logon",
      datagrams(lost, ({ nowUs, number }) => nowUs === 7 * MINUTE && number === 10),
      BESIDE,
    ],
    [
      "the new session's datagram comes late",
      "notify",
      datagrams(late(SECOND), ({ nowUs, number }) => nowUs === 7 * MINUTE && number === 10),
      BESIDE,
    ],
  ],
  "session end": [
    ["the session outlives its connection", "end-with-session", { server: { closedLateUs: Number.POSITIVE_INFINITY } }],
    ["the session outlives its connection by five minutes", "end-with-session", { server: { closedLateUs: 5 * MINUTE } }],
    ["the session outlives its connection by a second", "end-with-session", { server: { closedLateUs: SECOND } }],
    [
      "one datagram follows the session's end",
      "end-with-session",
      datagrams(twice(3 * MINUTE), ({ nowUs }) => nowUs > 120 * MINUTE && nowUs < 122 * MINUTE),
    ],
  ],
  "keep-alive": [
    ["keep-alive is off", "two-hours", keepAlive(null)],
    ["the probe comes after one hour", "two-hours", keepAlive({ idleUs: 3600 * SECOND })],
    ["the probe comes a minute late", "two-hours", keepAlive({ idleUs: 7260 * SECOND })],
    ["the probe comes 100 ms late", "two-hours", keepAlive({ idleUs: 7200 * SECOND + 100_000 })],
    ["the probe comes a second early", "two-hours", keepAlive({ idleUs: 7199 * SECOND })],
    ["probes come two seconds apart", "two-hours", keepAlive({ intervalUs: 2 * SECOND }), "power-off"],
    ["there is one probe less", "two-hours", keepAlive({ probes: 4 }), "power-off"],
    ["there are five probes more", "two-hours", keepAlive({ probes: 10 }), "power-off"],
    ["one probe is all", "two-hours", keepAlive({ probes: 0 }), "power-off"],
    ["probes never end", "two-hours", keepAlive({ probes: 100_000 }), "power-off"],
    ["a shorter KeepAliveTime is not taken over", "two-hours", keepAlive({}), "keepalive-5-minutes"],
    [
      "probes do not leave the server's card",
      "expectation",
      {
        serverCard: frames(
          "segment",
          () => {},
          ({ nowUs }) => nowUs > 121 * MINUTE && nowUs < 122 * MINUTE,
        ),
      },
    ],
  ],
  client: [
    ["the client ignores datagrams", "notify", ignores(() => false)],
    ["the client ignores the first datagram", "notify", ignores((n) => n > 1)],
    ["the client hears datagrams five seconds late", "notify", { client: { hearsLateUs: 5 * SECOND } }],
    ["the client hears datagrams 50 ms late", "notify", { client: { hearsLateUs: 50_000 } }],
    ["the client's call never leaves it", "stop-on-retrieve", { client: { tcpSends: (_b, us) => us < 59 * SECOND || us > 61 * SECOND } }],
    ["the client of the next logon ignores datagrams", "next-logon", ignores((_n, us) => us < 3 * MINUTE), BESIDE],
    [
      "the client of the next logon never calls",
      "next-logon",
      { client: { tcpSends: (_b, us) => us < 7 * MINUTE || us > 7 * MINUTE + 5 * SECOND } },
      BESIDE,
    ],
    [
      "the machine says goodbye when it is rebooted",
      "expectation",
      {
        clientCard: frames(
          "segment",
          () => {},
          ({ nowUs }) => nowUs > 120 * MINUTE && nowUs < 122 * MINUTE,
        ),
      },
    ],
  ],
  ICMP: [
    ["no error leaves the machine", "port-unreachable", { clientCard: frames("error", () => {}) }],
    [
      "the first error is missing",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          () => {},
          ({ number }) => number === 1,
        ),
      },
    ],
    [
      "one error is missing",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          () => {},
          ({ number }) => number === 33,
        ),
      },
    ],
    [
      "every second error is missing",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          () => {},
          ({ number }) => number % 2 === 0,
        ),
      },
    ],
    [
      "every error is sent twice",
      "port-unreachable",
      { clientCard: frames("error", ({ bytes }, send) => [bytes, twin(bytes)].forEach((b) => void send(b))) },
    ],
    [
      "the errors say protocol unreachable",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(put(1, 2))),
      },
    ],
    [
      "the errors say host unreachable",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(put(1, 1))),
      },
    ],
    [
      "the errors say time exceeded",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(put(0, 11))),
      },
    ],
    [
      "an error says prohibited",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(put(1, 13)), ({ number }) => number === 5),
      },
    ],
    [
      "the errors quote another port",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(turn(8 + 20 + 3, 1))),
      },
    ],
    [
      "the errors quote another identification",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(turn(8 + 4, 0x40))),
      },
    ],
    [
      "the errors quote another address",
      "port-unreachable",
      {
        clientCard: frames("error", editedError(turn(8 + 19, 1))),
      },
    ],
    ["the errors quote another UDP checksum", "port-unreachable", { clientCard: frames("error", editedError(turn(8 + 20 + 7, 1))) }],
    ["the errors' unused word is not zero", "port-unreachable", { clientCard: frames("error", editedError(put(5, 1))) }],
    ["the errors quote the IP header alone", "port-unreachable", { clientCard: frames("error", shortQuote(0)) }],
    ["the errors quote four bytes of the datagram", "port-unreachable", { clientCard: frames("error", shortQuote(4)) }],
    ["the errors come a second late", "port-unreachable", { clientCard: frames("error", ({ bytes }, send) => send(bytes, SECOND)) }],
    ["the errors come 50 ms late", "port-unreachable", { clientCard: frames("error", ({ bytes }, send) => send(bytes, 50_000)) }],
    [
      "one error comes ten seconds late",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          ({ bytes }, send) => send(bytes, 10 * SECOND),
          ({ number }) => number === 9,
        ),
      },
    ],
    [
      "the errors come from another address",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          edited((b, ipAt) => readdress(b, ipAt, 12, 77)),
        ),
      },
    ],
    [
      "the errors go to another machine",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          edited((b, ipAt) => readdress(b, ipAt, 16, 77)),
        ),
      },
    ],
  ],
  checksums: [
    [
      "the server computes no UDP checksum",
      "notify",
      {
        serverCard: frames(
          "push",
          edited((b, _ip, at) => putU16be(b, at + 6, 0)),
        ),
      },
    ],
    [
      "the server's UDP checksum is wrong",
      "notify",
      {
        serverCard: frames(
          "push",
          edited((b, _ip, at) => turn(7, 1)(b, at)),
        ),
      },
    ],
    [
      "one UDP checksum is missing",
      "notify",
      {
        serverCard: frames(
          "push",
          edited((b, _ip, at) => putU16be(b, at + 6, 0)),
          ({ number }) => number === 20,
        ),
      },
    ],
    [
      "the server's IP checksum is wrong",
      "notify",
      {
        serverCard: frames("push", edited(turn(11, 1))),
      },
    ],
    [
      "the errors' ICMP checksum is wrong",
      "port-unreachable",
      {
        clientCard: frames(
          "error",
          edited((b, _ip, at) => turn(3, 1)(b, at)),
        ),
      },
    ],
    [
      "the errors' IP checksum is wrong",
      "port-unreachable",
      {
        clientCard: frames("error", edited(turn(11, 1))),
      },
    ],
  ],
  ARP: [
    [
      "the machine answers no ARP request after the reboot",
      "continue-after-reboot",
      {
        clientCard: frames(
          "arp",
          () => {},
          ({ nowUs }) => nowUs > REBOOT_US,
        ),
      },
    ],
    [
      "the server sends no ARP message after the reboot",
      "port-unreachable",
      {
        serverCard: frames(
          "arp",
          () => {},
          ({ nowUs }) => nowUs > REBOOT_US,
        ),
      },
    ],
  ],
  wire: [
    [
      "datagrams come from another port",
      "notify",
      {
        serverCard: frames(
          "push",
          edited((b, _ip, at) => [turn(1, 3), turn(7, 3)].forEach((change) => void change(b, at))),
        ),
      },
    ],
    [
      "datagrams come from another address",
      "notify",
      {
        serverCard: frames(
          "push",
          edited((b, ipAt) => readdress(b, ipAt, 12, 77)),
        ),
      },
    ],
    ["the server's card drops the datagrams", "notify", { serverCard: frames("push", () => {}) }],
    [
      "the server's card holds the datagrams for a second",
      "notify",
      { serverCard: frames("push", ({ bytes }, send) => send(bytes, SECOND)) },
    ],
    [
      "the server's card doubles the datagrams",
      "notify",
      { serverCard: frames("push", ({ bytes }, send) => [bytes, twin(bytes)].forEach((b) => void send(b))) },
    ],
    ["the machine's card drops datagrams", "port-unreachable", { clientCard: { hears: ({ kind }) => kind !== "push" } }],
  ],
  inbox: [
    ["a change by another session draws no datagram", "inbox-changes", datagrams(lost, isAfterChange), CHANGES],
    ["the datagram of a change comes a second late", "inbox-changes", datagrams(late(SECOND), isAfterChange), CHANGES],
    ["the datagram of a change is sent twice", "notify", datagrams(twice(0), isAfterChange), CHANGES],
    ["a client that asks for changes fetches none", "stop-on-retrieve", { client: { hears: (_n, nowUs) => nowUs < 3 * MINUTE } }, CHANGES],
    ["a session's own change draws a datagram", "stop-on-retrieve", ownChange(), CHANGES],
    ["each message comes into the mailbox twice", "notify", deliveries((deliver) => [deliver(), deliver()])],
    ["the second message never comes into the mailbox", "notify", deliveries((deliver, nowUs) => nowUs < STALE_US && deliver())],
    ["the Inbox shows another subject", "notify", shown("inbox-shown", (e) => ({ ...e, rows: e.rows.map(otherSubject) }))],
    [
      "the Inbox shows another time of delivery",
      "notify",
      shown("inbox-shown", (e) => ({ ...e, rows: e.rows.map((row) => ({ ...row, deliveredMs: row.deliveredMs + 3_600_000 })) })),
    ],
    ["the sign of new mail names another message", "notify", shown("new-mail", otherSubject)],
    ["the first message opens in place of the newest", "notify", opensTheFirst(), MIRROR],
    ["the message that opens has another subject", "notify", shown("message-read", otherSubject)],
    [
      "a message that was opened stays unread on the screen",
      "notify",
      shown("inbox-shown", (e) => ({ ...e, rows: e.rows.map((row) => ({ ...row, read: false })) })),
    ],
    ["the message that opens has another text", "notify", shown("message-read", (e) => ({ ...e, body: `${e.body}?` }))],
  ],
  "server restart": [
    ["a datagram of before the reboot follows it", "end-with-session", { serverCard: datagramAfterReboot() }, MIRROR],
    ["after the reboot the server pushes to no session", "notify", datagrams(lost, isAfterReboot), MIRROR],
    ["after the reboot datagrams go to the port of before", "notify", portOfBefore(), MIRROR],
    ["a client that lost its session ignores datagrams afterwards", "notify", { client: { hears: (_n, nowUs) => nowUs < HOUR } }, MIRROR],
    [
      "the client never finds out that its session is gone",
      "expectation",
      { client: { tcpSends: (_b, nowUs) => nowUs < 5 * MINUTE } },
      MIRROR,
    ],
  ],
  "address translation": [
    ["the router translates nothing", "expectation", { router: (settings) => ({ ...settings, nat: [] }) }, TRANSLATED],
    ["the binding of an idle connection does not end", "expectation", bindings({ tcpUs: 24 * HOUR }), TRANSLATED],
    ["the binding of a connection that is used ends", "expectation", bindings({ tcpUs: 30 * SECOND }), TRANSLATED],
    ["keep-alive probes come before the binding ends", "two-hours", keepAlive({ idleUs: 20 * MINUTE }), TRANSLATED],
  ],
};

/**
 * Six faults together: clients ignore datagrams, calls bring nothing back, the first datagram comes 4 s late, the source port is another one, there is
 * no UDP checksum, and repetitions come every 61 s.
 */
export const SIX_AT_ONCE = seamsOf({
  server: { ...datagrams(late(4 * SECOND), isFirst).server, ...interval((us) => us + SECOND).server },
  client: { hears: () => false, tcpSends: isNotAfterMail },
  others: { tcpSends: (_bytes, nowUs) => nowUs < 46 * SECOND },
  serverCard: frames(
    "push",
    edited((b, _ip, at) => [turn(1, 3), put(6, 0), put(7, 0)].forEach((change) => void change(b, at))),
  ),
});

export const FAULTS: readonly CataloguedFault[] = Object.entries(ROWS).flatMap(([where, rows]) =>
  rows.map(([fault, judge, faults, scenario]) => ({
    fault,
    where: where as CataloguedFault["where"],
    scenario: scenario ?? ARTICLE,
    judge,
    seams: seamsOf(faults),
  })),
);
