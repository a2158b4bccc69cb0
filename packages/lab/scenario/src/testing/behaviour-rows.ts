/** Faults of the catalogue that violate a rule of a machine's, a router's or a mail client's behaviour, but refute no claim of the article. */

import { formatHex, putU16be, putU32be } from "@pushback/bytes";
import type { BootModel, BootPhase, Fact, MailHabits, Personality } from "@pushback/host";
import {
  getIpv4Destination,
  getIpv4HeaderLen,
  getIpv4Source,
  getIpv4TotalLen,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  putTcpChecksum,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from "@pushback/wire";
import {
  BESIDE,
  datagrams,
  edited,
  editedError,
  frames,
  HOUR,
  MINUTE,
  MIRROR,
  put,
  REBOOT_US,
  type Row,
  SECOND,
  shown,
  TRANSLATED,
  turn,
  twin,
} from "./fault-makers.ts";
import type { CardFaults, Faults, SentFrame } from "./fault-seams.ts";

/** A platform with other values of its boot, its mail client or its personality. */
function platform(changes: {
  readonly boot?: (boot: BootModel) => Partial<BootModel>;
  readonly mail?: (mail: MailHabits) => Partial<MailHabits>;
  readonly personality?: (personality: Personality) => Partial<Personality>;
}): Faults {
  return {
    variant: (variant) => ({
      ...variant,
      boot: changed(variant.boot, changes.boot),
      mail: changed(variant.mail, changes.mail),
      personality: changed(variant.personality, changes.personality),
    }),
  };
}

/** Returns the facts with the values that `change` returns in place of theirs. */
function changed<F extends { readonly [K in keyof F]: Fact<unknown> }>(
  facts: F,
  change: ((values: never) => Readonly<Record<string, unknown>>) | undefined,
): F {
  if (change === undefined) return facts;
  const before = Object.fromEntries(Object.entries<Fact<unknown>>(facts).map(([name, { value }]) => [name, value]));
  const values = change(before as never);
  return Object.fromEntries(
    Object.entries<Fact<unknown>>(facts).map(([name, fact]) => [name, name in values ? { ...fact, value: values[name] } : fact]),
  ) as unknown as F;
}

const phases = (change: (phase: BootPhase) => number): Faults =>
  platform({ boot: ({ phases: own }) => ({ phases: own.map((phase) => ({ ...phase, durationUs: change(phase) })) }) });
const stackAfter = (place: (count: number) => number): Faults =>
  platform({ boot: ({ phases: own }) => ({ stack: { kind: "after-phase", phase: own[place(own.length)].id } }) });
const personality = (change: Partial<Personality>): Faults => platform({ personality: () => change });
const habits = (change: (mail: MailHabits) => Partial<MailHabits>): Faults => platform({ mail: change });

/** Whether an ARP message names one address as sender and target. */
const isAnnouncement = ({ bytes }: SentFrame) => formatHex(bytes, 28, 4) === formatHex(bytes, 38, 4);
const isArpAnswer = ({ bytes }: SentFrame) => bytes[21] === 2;
const isAfterReboot = ({ nowUs }: SentFrame) => nowUs > REBOOT_US;

/** Changes the IP header of a frame and gives it a right checksum again. */
const header = (edit: (b: Uint8Array, ipAt: number) => void): NonNullable<CardFaults["onSend"]> =>
  edited((b, ipAt) => {
    edit(b, ipAt);
    b[ipAt + 10] = 0;
    b[ipAt + 11] = 0;
    let sum = 0;
    for (let i = 0; i < getIpv4HeaderLen(b, ipAt); i += 2) sum += (b[ipAt + i] << 8) | b[ipAt + i + 1];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    b[ipAt + 10] = (~sum >>> 8) & 255;
    b[ipAt + 11] = ~sum & 255;
  });

/** Applies `change` to the TCP segments that a card sends and for which `when`, given their flags and the length of their data, returns true. */
function segments(change: NonNullable<CardFaults["onSend"]>, when: (frame: SentFrame, flags: number, len: number) => boolean): CardFaults {
  return frames("segment", change, (frame) => {
    const at = 14 + getIpv4HeaderLen(frame.bytes, 14);
    const len = 14 + getIpv4TotalLen(frame.bytes, 14) - at - getTcpHeaderLen(frame.bytes, at);
    return when(frame, getTcpFlags(frame.bytes, at), len);
  });
}

/** Changes a segment and gives it a right checksum again. */
const retouched = (edit: (b: Uint8Array, at: number) => void): NonNullable<CardFaults["onSend"]> =>
  edited((b, ipAt, at) => {
    edit(b, at);
    putTcpChecksum(b, at, 14 + getIpv4TotalLen(b, ipAt) - at, getIpv4Source(b, ipAt), getIpv4Destination(b, ipAt));
  });

/** The server's cable is out for a quarter of an hour, and the client calls meanwhile. */
const CUT_OFF = "server-unplugged";
const ROUTED = "behind-a-router";
const FILTERED = "firewall-drops-udp";
/** The router's card on the server's segment. */
const routerCard = (card: CardFaults): Faults => ({ routerCards: [card] });

/** The stale session's second datagram comes a second early, and the due one does not. */
function firstRepetitionEarly(): Faults {
  return datagrams(
    (d, send, host) => {
      if (d.number !== 2) return;
      send(d.bytes, d.address, d.port);
      host.setTimer(59 * SECOND, () => send(d.bytes, d.address, d.port));
    },
    ({ number }) => number === 2 || number === 3,
  );
}

/** Every datagram carries the context of the stale session, whichever session it is for. */
function contextOfStale(): Faults {
  let stale: Uint8Array | null = null;
  return datagrams((d, send) => {
    if (d.nowUs === 3 * MINUTE) stale = d.bytes;
    send(d.nowUs >= 7 * MINUTE && stale !== null ? stale : d.bytes, d.address, d.port);
  });
}

const isPoller = ({ recorded }: { readonly recorded: { readonly name: string } }) => recorded.name === "poller";
const pace = (factor: number): Faults => ({
  ...habits(({ fallbackPollUs }) => ({ fallbackPollUs: Math.round(fallbackPollUs * factor) })),
  isMeant: isPoller,
});
const idle = (factor: number): Faults => habits(({ idlePollUs }) => ({ idlePollUs: Math.round(idlePollUs * factor) }));
const reconnect = (factor: number): Faults => ({
  plan: (own) => ({ ...own, reconnectUs: own.reconnectUs === null ? null : own.reconnectUs * factor }),
});

export const BEHAVIOUR_ROWS = {
  boot: [
    ["the boot takes no time", "behaviour", phases(() => 0)],
    ["the boot takes half of its time", "behaviour", phases(({ durationUs }) => durationUs / 2)],
    ["the boot takes twice its time", "behaviour", phases(({ durationUs }) => durationUs * 2)],
    ["one phase takes ten seconds more", "behaviour", phases(({ id, durationUs }) => durationUs + (id === "kernel" ? 10 * SECOND : 0))],
    ["a phase is left out", "behaviour", platform({ boot: ({ phases: own }) => ({ phases: own.filter(({ id }) => id !== "loader") }) })],
    ["the stack is up after the first phase", "behaviour", stackAfter(() => 0)],
    ["the stack is up at the end of the boot only", "behaviour", stackAfter((count) => count - 1)],
    [
      "the stack is loaded by the first program",
      "behaviour",
      platform({ boot: () => ({ stack: { kind: "on-demand", unloadAfterUs: 0 } }) }),
    ],
    [
      "the machine sends a frame while it boots",
      "behaviour",
      {
        clientCard: frames(
          "segment",
          ({ bytes }, send) => [bytes, twin(bytes)].forEach((b, i) => void send(b, i * (REBOOT_US - 40 * SECOND))),
          ({ number }) => number === 1,
        ),
      },
    ],
  ],
  "address resolution": [
    ["no announcement at the boot", "behaviour", { clientCard: frames("arp", () => {}, isAnnouncement) }],
    ["one announcement in place of three", "behaviour", personality({ arpAnnouncementWaitsUs: [SECOND] })],
    ["announcements two seconds apart", "behaviour", personality({ arpAnnouncementWaitsUs: [2 * SECOND, 2 * SECOND, 2 * SECOND] })],
    ["announcements name another target", "behaviour", personality({ arpAnnouncementTarget: "zero" })],
    [
      "an announcement is sent twice",
      "behaviour",
      { clientCard: frames("arp", ({ bytes }, send) => [bytes, twin(bytes)].forEach((b) => void send(b)), isAnnouncement) },
    ],
    [
      "an ARP answer comes 200 ms late",
      "behaviour",
      {
        clientCard: frames(
          "arp",
          ({ bytes }, send) => send(bytes, 200_000),
          (f) => isArpAnswer(f) && isAfterReboot(f),
        ),
      },
    ],
    [
      "a frame takes twice the wire's delay",
      "behaviour",
      { clientCard: frames("arp", ({ bytes }, send) => send(bytes, 150), isArpAnswer) },
    ],
    ["the machine asks for an address once", "behaviour", { ...personality({ arpTries: 1 }), isMeant: () => true }, "power-off"],
    ["the machine asks for an address five times", "behaviour", { ...personality({ arpTries: 5 }), isMeant: () => true }, "power-off"],
    [
      "ARP requests are repeated after five seconds",
      "behaviour",
      { ...personality({ arpRetryUs: 5 * SECOND }), isMeant: () => true },
      "power-off",
    ],
    ["addresses are kept for ever", "behaviour", { ...personality({ arpUsedUs: HOUR * 24, arpUnusedUs: HOUR * 24 }), isMeant: () => true }],
    [
      "unused addresses are kept for ten minutes",
      "behaviour",
      { ...personality({ arpUnusedUs: 10 * MINUTE }), isMeant: () => true },
      "read-in-time",
    ],
    [
      "addresses are kept for ten seconds",
      "behaviour",
      { ...personality({ arpUsedUs: 10 * SECOND, arpUnusedUs: 10 * SECOND }), isMeant: () => true },
    ],
    [
      "ARP requests are repeated after half a second",
      "behaviour",
      { ...personality({ arpRetryUs: SECOND / 2 }), isMeant: () => true },
      "power-off",
    ],
  ],
  headers: [
    ["the errors have another TTL", "behaviour", personality({ ttlIcmp: 64 })],
    ["segments have another TTL", "behaviour", personality({ ttlTcp: 32 })],
    ["the server's datagrams have another TTL", "behaviour", { ...personality({ ttlUdp: 255 }), isMeant: () => true }],
    ["the errors have Don't Fragment", "behaviour", personality({ dfIcmpError: true })],
    ["segments go without Don't Fragment", "behaviour", personality({ dfTcp: "never" })],
    ["the errors have a TOS", "behaviour", { clientCard: frames("error", header(put(1, 0xc0))) }],
    ["identifications are counted in the other order of bytes", "behaviour", personality({ ipId: "increment" })],
    [
      "each error has the same identification",
      "behaviour",
      {
        clientCard: frames(
          "error",
          header((b, at) => [put(4, 1), put(5, 1)].forEach((write) => void write(b, at))),
        ),
      },
    ],
    ["the errors quote another TTL", "behaviour", { clientCard: frames("error", editedError(turn(8 + 8, 1))) }],
    ["the errors quote another TOS", "behaviour", { clientCard: frames("error", editedError(turn(8 + 1, 0x10))) }],
    ["the errors quote Don't Fragment", "behaviour", { clientCard: frames("error", editedError(turn(8 + 6, 0x40))) }],
    ["the errors quote an IP checksum of zero", "behaviour", personality({ icmpQuotedIpChecksum: "zero" })],
    ["the errors quote 20 bytes of the datagram", "behaviour", personality({ icmpQuoteBytes: 20 })],
  ],
  router: [
    [
      "the router's errors are missing",
      "expectation",
      routerCard(
        frames(
          "error",
          () => {},
          ({ bytes }) => bytes[26 + 3] === 1,
        ),
      ),
      ROUTED,
    ],
    [
      "one of the router's errors is missing",
      "behaviour",
      routerCard(
        frames(
          "error",
          () => {},
          ({ bytes, number }) => bytes[26 + 3] === 1 && number === 5,
        ),
      ),
      ROUTED,
    ],
    [
      "the router's errors come twice",
      "expectation",
      routerCard(
        frames(
          "error",
          ({ bytes }, send) => [bytes, twin(bytes)].forEach((b) => void send(b)),
          ({ bytes }) => bytes[26 + 3] === 1,
        ),
      ),
      ROUTED,
    ],
    [
      "network unreachable is missing",
      "expectation",
      routerCard(
        frames(
          "error",
          () => {},
          ({ bytes }) => bytes[26 + 3] === 1,
        ),
      ),
      TRANSLATED,
    ],
    [
      "the router does not count down the TTL",
      "behaviour",
      routerCard({
        onSend: ({ bytes, kind }, send) => {
          if (kind === "segment")
            header((b, at) => {
              b[at + 8]++;
            })({ bytes, kind, number: 0, nowUs: 0 }, send);
          else send(bytes);
        },
      }),
      ROUTED,
    ],
    [
      "the router's errors have another TTL",
      "behaviour",
      { router: (settings) => ({ ...settings, personality: { ttlIcmp: 255 } }) },
      ROUTED,
    ],
    [
      "the filter answers with an error",
      "expectation",
      { router: (settings) => ({ ...settings, filter: (settings.filter ?? []).map((rule) => ({ ...rule, action: "reject" as const })) }) },
      FILTERED,
    ],
    ["the filter lets datagrams through", "expectation", { router: (settings) => ({ ...settings, filter: [] }) }, FILTERED],
    ["the router asks for an address once", "behaviour", { router: (settings) => ({ ...settings, personality: { arpTries: 1 } }) }, ROUTED],
  ],
  TCP: [
    ["a segment is repeated after three times the time", "behaviour", personality({ rtoMinUs: 1_500_000 }), CUT_OFF],
    ["a segment is repeated after half of the time", "behaviour", personality({ rtoMinUs: 250_000 }), CUT_OFF],
    ["a SYN is repeated after a second", "behaviour", personality({ rtoInitialUs: SECOND }), CUT_OFF],
    ["repetitions do not slow down", "behaviour", personality({ retryScheduleUs: [SECOND / 2] }), CUT_OFF],
    [
      "repetitions come at a time that triples",
      "behaviour",
      personality({ retryScheduleUs: [0.5, 1.5, 4.5, 13.5, 40.5].map((s) => s * SECOND) }),
      CUT_OFF,
    ],
    ["a segment is given up after two repetitions", "behaviour", personality({ maxDataRetries: 2 }), CUT_OFF],
    ["a segment is given up after nine repetitions", "behaviour", personality({ maxDataRetries: 9 }), CUT_OFF],
    ["a SYN is given up after one repetition", "behaviour", personality({ maxConnectRetries: 1 }), CUT_OFF],
    ["a SYN is given up after six repetitions", "behaviour", personality({ maxConnectRetries: 6 }), CUT_OFF],
    ["SYNs offer another MSS", "behaviour", personality({ mss: 536 })],
    [
      "connections use ports outside the platform's range",
      "behaviour",
      personality({ tcpPorts: { first: 49152, last: 65535, order: "sequential", takenAtBoot: 0 } }),
    ],
    ["every connection begins with the same sequence number", "behaviour", personality({ isn: { kind: "clock", unitsPerSecond: 0 } })],
    ["one segment is acknowledged at once", "behaviour", personality({ delayedAckUs: 0, delayedAckTickUs: null })],
    ["one segment is acknowledged after 400 ms", "behaviour", personality({ delayedAckUs: 400_000, delayedAckTickUs: null })],
    [
      "a delayed acknowledgment is missing",
      "behaviour",
      {
        clientCard: segments(
          () => {},
          (f, flags, len) => flags === TCP_ACK && len === 0 && f.nowUs > 62 * SECOND && f.nowUs < 63 * SECOND,
        ),
      },
    ],
    [
      "a window does not open again",
      "behaviour",
      {
        clientCard: segments(
          retouched((b, at) => putU16be(b, at + 14, 100)),
          (f, flags) => (flags & TCP_SYN) === 0 && f.nowUs > MINUTE,
        ),
      },
    ],
    [
      "a reset takes the place of FIN",
      "behaviour",
      {
        clientCard: segments(
          retouched((b, at) => put(13, TCP_RST | TCP_ACK)(b, at)),
          (_f, flags) => (flags & TCP_FIN) !== 0,
        ),
      },
      "orderly-logoff",
    ],
    [
      "a byte is left out of the sequence",
      "behaviour",
      {
        serverCard: segments(
          retouched((b, at) => putU32be(b, at + 4, (getTcpSeq(b, at) + 1) >>> 0)),
          (f, _flags, len) => len > 0 && f.nowUs > 10 * MINUTE,
        ),
      },
    ],
    ["a probe of keep-alive carries a byte", "behaviour", { ...personality({ keepAliveGarbage: true }), isMeant: () => true }],
    [
      "a probe of keep-alive has the sequence number before",
      "behaviour",
      {
        serverCard: segments(
          retouched((b, at) => putU32be(b, at + 4, (getTcpSeq(b, at) - 1) >>> 0)),
          (f) => f.nowUs > 120 * MINUTE && f.nowUs < 125 * MINUTE,
        ),
      },
    ],
  ],
  server: [
    [
      "mail for one mailbox comes into another",
      "notify",
      {
        mail: (server) => ({ ...server, deliver: (alias, message) => server.deliver(alias === "poller" ? "windows-nt" : alias, message) }),
      },
    ],
    [
      "the first repetition comes after 61 s",
      "continue-after-reboot",
      datagrams(
        (d, send, host) => void host.setTimer(SECOND, () => send(d.bytes, d.address, d.port)),
        ({ number }) => number === 3,
      ),
    ],
    ["the first repetition comes after 59 s", "continue-after-reboot", firstRepetitionEarly()],
    ["the new session's datagrams carry the stale session's context", "notify", contextOfStale(), BESIDE],
    ["a poll brings each notification twice", "behaviour", shown("polled", (e) => ({ ...e, notifications: 2 * e.notifications }))],
  ],
  "mail client's pace": [
    ["a client without push polls twice as often", "behaviour", pace(0.5)],
    ["a client without push polls half as often", "behaviour", pace(2)],
    ["a client without push polls a tenth as often", "behaviour", pace(10)],
    ["a client without push polls a second late", "behaviour", pace(61 / 60)],
    ["a client with push polls twice as often", "behaviour", idle(0.5), MIRROR],
    ["a client with push polls half as often", "behaviour", idle(2), "port-reuse"],
    ["a client logs on again after half of the time", "behaviour", reconnect(0.5), MIRROR],
    ["a client logs on again after twice the time", "behaviour", reconnect(2), MIRROR],
    ["a client logs on again after ten times the time", "behaviour", reconnect(10), MIRROR],
    ["a client calls itself another version", "behaviour", habits(() => ({ clientVersion: [5, 0, 0] }))],
    ["a client does not ask the directory", "behaviour", habits(() => ({ directory: false }))],
    ["a client registers a shorter context", "behaviour", habits(() => ({ contextBytes: 4 }))],
    ["a client does not log on again", "behaviour", { plan: (own) => ({ ...own, reconnectUs: null }) }, MIRROR],
  ],
} satisfies Readonly<Record<string, readonly Row[]>>;
