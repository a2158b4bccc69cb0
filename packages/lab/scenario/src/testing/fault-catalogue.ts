/** The catalogue of faults: each breaks one thing in the server, the client or a stack, and names the claim or expectation that must notice. */

import { copyBytes, putU16be } from "@pushback/bytes";
import type { Host, KeepAlive } from "@pushback/host";
import type { NatTimeouts } from "@pushback/stack";
import { getIpv4HeaderLen, putIcmpChecksum, putIpv4Header } from "@pushback/wire";
import type { ClaimId } from "../claim-texts.ts";
import type { ClientEvent } from "../recorded-event.ts";
import type { RunOptions, RunSeams } from "../run.ts";
import { type CardFaults, type HostFaults, type SentDatagram, type SentFrame, seamsOf } from "./fault-seams.ts";

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
    | "inbox";
  /** The gallery's scenario that shows it. */
  readonly scenario: string;
  /** The claim that must be refuted; `expectation`: a number that the file expects must be missed. */
  readonly judge: ClaimId | "expectation";
  readonly seams: NonNullable<RunOptions["seams"]>;
}

const ARTICLE = "kb-q159302";
const BESIDE = "next-logon-beside-stale";
/** The server goes down after five minutes, and the client logs on again after about an hour. */
const MIRROR = "server-reboot";
/** Another session reads a message after four minutes, the client's own one after eight. */
const CHANGES = "inbox-changes";
/** The machines are behind address translation whose bindings end after 30 minutes; the neighbour's session is used each minute. */
const TRANSLATED = "nat-timeout";
const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** When machines go down in the article's scenario, and when the stale stream begins. */
const REBOOT_US = 5 * MINUTE;
const STALE_US = 6 * MINUTE;

type Send = (bytes: Uint8Array, address: number, port: number) => void;

/** A fault of every datagram that the server sends, or of those that `when` chooses. */
function datagrams(
  change: (d: SentDatagram, send: Send, host: Host) => void,
  when: (d: SentDatagram) => boolean = () => true,
): { server: HostFaults } {
  return {
    server: {
      onSend: (d, send, host) => {
        if (when(d)) change(d, send, host);
        else send(d.bytes, d.address, d.port);
      },
    },
  };
}

const late = (us: number) => (d: SentDatagram, send: Send, host: Host) => void host.setTimer(us, () => send(d.bytes, d.address, d.port));
const lost = () => {};
const twice = (us: number) => (d: SentDatagram, send: Send, host: Host) => {
  send(d.bytes, d.address, d.port);
  late(us)(d, send, host);
};
const payload = (change: (bytes: Uint8Array) => Uint8Array) => (d: SentDatagram, send: Send) => send(change(d.bytes), d.address, d.port);
const isFirst = ({ number }: SentDatagram) => number === 1;
const isStale = ({ nowUs }: SentDatagram) => nowUs >= STALE_US;
const isRepetition = ({ nowUs }: SentDatagram) => nowUs > STALE_US;

/** A timer of the server's program that waits about one interval of a minute. */
const interval = (change: (us: number, nowUs: number) => number): { server: HostFaults } => ({
  server: { timer: (us, nowUs) => (us > 30 * SECOND && us <= 60 * SECOND ? change(us, nowUs) : us) },
});

/** The stale datagrams at a pace of the server's own, in place of those that it owes. */
function ownPace(us: number): { server: HostFaults } {
  let isStarted = false;
  return datagrams((d, send, host) => {
    if (isStarted) return;
    isStarted = true;
    const again = (): void => {
      send(d.bytes, d.address, d.port);
      if (host.nowUs() < 100 * MINUTE) host.setTimer(us, again);
    };
    again();
  }, isStale);
}

const isAfterReboot = ({ nowUs }: SentDatagram) => nowUs > HOUR;

/** The server's first datagram once more, beside the first that it sends after its reboot. */
function datagramAfterReboot(): CardFaults {
  let first: Uint8Array | null = null;
  return {
    onSend: ({ kind, bytes, nowUs }, send) => {
      if (kind === "push") first ??= bytes.slice();
      if (kind === "push" && nowUs > HOUR && first) send(first);
      send(bytes);
    },
  };
}

/** What becomes of a delivery; `deliver` puts the message into its mailbox. */
function deliveries(change: (deliver: () => void, nowUs: number) => unknown): { mail: NonNullable<RunSeams["mail"]> } {
  return {
    mail: (server, host) => ({
      ...server,
      deliver: (alias, message) => {
        change(() => void server.deliver(alias, message), host.nowUs());
        return null;
      },
    }),
  };
}

/** A fault of one kind of events that the client's window shows. */
function shown<T extends ClientEvent["type"]>(
  type: T,
  change: (event: Extract<ClientEvent, { type: T }>) => ClientEvent,
): { shown: NonNullable<RunSeams["shown"]> } {
  return { shown: (event) => (event.type === type ? change(event as Extract<ClientEvent, { type: T }>) : event) };
}

/** The client opens the message that it opened first, whichever is the newest. */
function opensTheFirst(): { shown: NonNullable<RunSeams["shown"]> } {
  let first: Extract<ClientEvent, { type: "message-read" }> | null = null;
  return {
    shown: (event) => {
      if (event.type !== "message-read") return event;
      first ??= event;
      return first;
    },
  };
}

const otherSubject = <T extends { readonly subject: string }>(of: T): T => ({ ...of, subject: `Re: ${of.subject}` });

const isAfterChange = ({ nowUs }: SentDatagram) => nowUs >= 4 * MINUTE && nowUs < 6 * MINUTE;

/** A datagram two minutes after the last one to each port, as if the client's own reading were a change to tell it of. */
function ownChange(): { server: HostFaults } {
  return datagrams(
    (d, send, host) => {
      send(d.bytes, d.address, d.port);
      host.setTimer(2 * MINUTE, () => send(d.bytes, d.address, d.port));
    },
    ({ nowUs }) => nowUs >= 6 * MINUTE,
  );
}

function portOfBefore(): { server: HostFaults } {
  let first = 0;
  return datagrams((d, send) => {
    first ||= d.port;
    send(d.bytes, d.address, d.nowUs > HOUR ? first : d.port);
  });
}

function flip(at: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte));
}

/** Frames of one kind that a card sends. */
function frames(
  kind: SentFrame["kind"],
  change: NonNullable<CardFaults["onSend"]>,
  when: (f: SentFrame) => boolean = () => true,
): CardFaults {
  return {
    onSend: (frame, send) => {
      if (frame.kind === kind && when(frame)) change(frame, send);
      else send(frame.bytes);
    },
  };
}

/** A frame whose bytes `edit` has changed. */
const edited =
  (edit: (b: Uint8Array, ipAt: number, payloadAt: number) => void): NonNullable<CardFaults["onSend"]> =>
  ({ bytes }, send) => {
    edit(bytes, 14, 14 + getIpv4HeaderLen(bytes, 14));
    send(bytes);
  };

/** Changes the ICMP message of an error and gives it a right checksum again. */
const editedError = (edit: (b: Uint8Array, at: number) => void) =>
  edited((b, ipAt, at) => {
    edit(b, at);
    putIcmpChecksum(b, at, ((b[ipAt + 2] << 8) | b[ipAt + 3]) - (at - ipAt));
  });

/** Writes a byte at an offset. */
const put =
  (offset: number, value: number) =>
  (b: Uint8Array, at: number): void => {
    b[at + offset] = value;
  };

/** Turns bits of a byte at an offset. */
const turn =
  (offset: number, mask: number) =>
  (b: Uint8Array, at: number): void => {
    b[at + offset] ^= mask;
  };

/** The error with only `len` bytes of the datagram behind the quoted IP header. */
const shortQuote =
  (len: number): NonNullable<CardFaults["onSend"]> =>
  ({ bytes }, send) => {
    const at = 14 + getIpv4HeaderLen(bytes, 14);
    const end = at + 8 + getIpv4HeaderLen(bytes, at + 8) + len;
    const short = bytes.slice(0, end);
    const address = (i: number) => ((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3]) >>> 0;
    putIpv4Header(short, 14, end - 14, (bytes[18] << 8) | bytes[19], 0, bytes[22], 1, address(26), address(30));
    putIcmpChecksum(short, at, end - at);
    send(short);
  };

/** Puts another address into an IP header at `field` (12: source, 16: destination) and mends its checksum. */
function readdress(b: Uint8Array, ipAt: number, field: 12 | 16, lastByte: number): void {
  const old = b[ipAt + field + 3];
  b[ipAt + field + 3] = lastByte;
  // RFC 1624: the sum changes by the difference of the words.
  const oldWord = (b[ipAt + field + 2] << 8) | old;
  const newWord = (b[ipAt + field + 2] << 8) | lastByte;
  const sum = (~((b[ipAt + 10] << 8) | b[ipAt + 11]) & 0xffff) + (~oldWord & 0xffff) + newWord;
  const folded = (sum & 0xffff) + (sum >>> 16);
  putU16be(b, ipAt + 10, ~((folded & 0xffff) + (folded >>> 16)) & 0xffff);
}

const ignores = (hears: HostFaults["hears"]): { client: HostFaults } => ({ client: hears ? { hears } : {} });
const keepAlive = (settings: Partial<KeepAlive> | null): { server: HostFaults } => ({
  server: { keepAlive: () => (settings === null ? null : { idleUs: 7200 * SECOND, intervalUs: SECOND, probes: 5, ...settings }) },
});
const twin = (b: Uint8Array) => {
  const copy = new Uint8Array(b.length);
  copyBytes(b, 0, copy, 0, b.length);
  return copy;
};

/** Whether a call leaves the client. Those after mail do not, at its times in the article's scenario and its companion: so nothing is fetched. */
function isNotAfterMail(_bytes: Uint8Array, nowUs: number): boolean {
  const isAfterMail = [60, 61, 62, 90, 91, 92, 93, 94, 420, 421, 424, 430].some(
    (second) => nowUs >= second * SECOND && nowUs < (second + 1) * SECOND,
  );
  return !isAfterMail;
}

/** Other time limits of the router's address translation. */
function bindings(limits: Partial<NatTimeouts>): Row[2] {
  return {
    router: (settings) => ({
      ...settings,
      nat: (settings.nat ?? []).map((nat) => ({ ...nat, timeouts: { ...nat.timeouts, ...limits } })),
    }),
  };
}

type Row = readonly [fault: string, judge: CataloguedFault["judge"], faults: Parameters<typeof seamsOf>[0], scenario?: string];

const ROWS: Readonly<Record<CataloguedFault["where"], readonly Row[]>> = {
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
