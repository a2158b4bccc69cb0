/** Building blocks of the catalogue's faults: changes of datagrams, frames, timers, settings, and of what a window shows. */

import { copyBytes, putU16be } from "@pushback/bytes";
import type { Host, KeepAlive } from "@pushback/host";
import type { NatTimeouts } from "@pushback/stack";
import { getIpv4HeaderLen, putIcmpChecksum, putIpv4Header } from "@pushback/wire";
import type { ClaimId } from "../claim-texts.ts";
import type { ClientEvent } from "../recorded-event.ts";
import type { RunSeams } from "../run.ts";
import type { CardFaults, Faults, HostFaults, SentDatagram, SentFrame } from "./fault-seams.ts";

/**
 * What must notice a fault: the claim that must be refuted; `expectation`: a number that the file expects must be missed; `behaviour`: a machine must be
 * found to behave otherwise than the facts of its platform say.
 */
export type Judge = ClaimId | "expectation" | "behaviour";

/** Row of the catalogue. The scenario is the article's if none is given. */
export type Row = readonly [fault: string, judge: Judge, faults: Faults, scenario?: string];

export const ARTICLE = "kb-q159302";
export const BESIDE = "next-logon-beside-stale";
/** Scenario in which the server goes down after five minutes, and the client logs on again after about an hour. */
export const MIRROR = "server-reboot";
/** Scenario in which another session reads a message after four minutes, and the client's own session after eight. */
export const CHANGES = "inbox-changes";
/** The machines are behind address translation whose bindings end after 30 minutes; the neighbour's session is used each minute. */
export const TRANSLATED = "nat-timeout";
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** When machines go down in the article's scenario, and when the stale stream begins. */
export const REBOOT_US = 5 * MINUTE;
export const STALE_US = 6 * MINUTE;

export type Send = (bytes: Uint8Array, address: number, port: number) => void;

/** A fault of every datagram that the server sends, or of those that `when` chooses. */
export function datagrams(
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

export const late = (us: number) => (d: SentDatagram, send: Send, host: Host) =>
  void host.setTimer(us, () => send(d.bytes, d.address, d.port));
export const lost = () => {};
export const twice = (us: number) => (d: SentDatagram, send: Send, host: Host) => {
  send(d.bytes, d.address, d.port);
  late(us)(d, send, host);
};
export const payload = (change: (bytes: Uint8Array) => Uint8Array) => (d: SentDatagram, send: Send) =>
  send(change(d.bytes), d.address, d.port);
export const isFirst = ({ number }: SentDatagram) => number === 1;
export const isStale = ({ nowUs }: SentDatagram) => nowUs >= STALE_US;
export const isRepetition = ({ nowUs }: SentDatagram) => nowUs > STALE_US;

/** Changes the server program's timers of 30 to 60 seconds: those of the notification interval. */
export const interval = (change: (us: number, nowUs: number) => number): { server: HostFaults } => ({
  server: { timer: (us, nowUs) => (us > 30 * SECOND && us <= 60 * SECOND ? change(us, nowUs) : us) },
});

/** The server sends the stale datagrams at a fixed interval, in place of the correct one. */
export function ownPace(us: number): { server: HostFaults } {
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

export const isAfterReboot = ({ nowUs }: SentDatagram) => nowUs > HOUR;

/** After its reboot, the server's card sends an old push datagram, the first of the run, in front of each new one. */
export function datagramAfterReboot(): CardFaults {
  let first: Uint8Array | null = null;
  return {
    onSend: ({ kind, bytes, nowUs }, send) => {
      if (kind === "push") first ??= bytes.slice();
      if (kind === "push" && nowUs > HOUR && first) send(first);
      send(bytes);
    },
  };
}

/** A fault of every delivery; `deliver` puts the message into its mailbox. */
export function deliveries(change: (deliver: () => void, nowUs: number) => unknown): { mail: NonNullable<RunSeams["mail"]> } {
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
export function shown<T extends ClientEvent["type"]>(
  type: T,
  change: (event: Extract<ClientEvent, { type: T }>) => ClientEvent,
): { shown: NonNullable<RunSeams["shown"]> } {
  return { shown: (event) => (event.type === type ? change(event as Extract<ClientEvent, { type: T }>) : event) };
}

/** The client opens the message that it opened first, even if another one is the newest. */
export function opensTheFirst(): { shown: NonNullable<RunSeams["shown"]> } {
  let first: Extract<ClientEvent, { type: "message-read" }> | null = null;
  return {
    shown: (event) => {
      if (event.type !== "message-read") return event;
      first ??= event;
      return first;
    },
  };
}

export const otherSubject = <T extends { readonly subject: string }>(of: T): T => ({ ...of, subject: `Re: ${of.subject}` });

export const isAfterChange = ({ nowUs }: SentDatagram) => nowUs >= 4 * MINUTE && nowUs < 6 * MINUTE;

/** Sends another datagram to each port two minutes after the last one, as if the client's own reading were a change to report. */
export function ownChange(): { server: HostFaults } {
  return datagrams(
    (d, send, host) => {
      send(d.bytes, d.address, d.port);
      host.setTimer(2 * MINUTE, () => send(d.bytes, d.address, d.port));
    },
    ({ nowUs }) => nowUs >= 6 * MINUTE,
  );
}

export function portOfBefore(): { server: HostFaults } {
  let first = 0;
  return datagrams((d, send) => {
    first ||= d.port;
    send(d.bytes, d.address, d.nowUs > HOUR ? first : d.port);
  });
}

export function flip(at: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte));
}

/** Frames of one kind that a card sends. */
export function frames(
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
export const edited =
  (edit: (b: Uint8Array, ipAt: number, payloadAt: number) => void): NonNullable<CardFaults["onSend"]> =>
  ({ bytes }, send) => {
    edit(bytes, 14, 14 + getIpv4HeaderLen(bytes, 14));
    send(bytes);
  };

/** Changes the ICMP message of an error and gives it a right checksum again. */
export const editedError = (edit: (b: Uint8Array, at: number) => void) =>
  edited((b, ipAt, at) => {
    edit(b, at);
    putIcmpChecksum(b, at, ((b[ipAt + 2] << 8) | b[ipAt + 3]) - (at - ipAt));
  });

/** Writes a byte at an offset. */
export const put =
  (offset: number, value: number) =>
  (b: Uint8Array, at: number): void => {
    b[at + offset] = value;
  };

/** Inverts the bits of `mask` in the byte at an offset. */
export const turn =
  (offset: number, mask: number) =>
  (b: Uint8Array, at: number): void => {
    b[at + offset] ^= mask;
  };

/** The error with only `len` bytes of the datagram behind the quoted IP header. */
export const shortQuote =
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
export function readdress(b: Uint8Array, ipAt: number, field: 12 | 16, lastByte: number): void {
  const old = b[ipAt + field + 3];
  b[ipAt + field + 3] = lastByte;
  // RFC 1624: the sum changes by the difference of the words.
  const oldWord = (b[ipAt + field + 2] << 8) | old;
  const newWord = (b[ipAt + field + 2] << 8) | lastByte;
  const sum = (~((b[ipAt + 10] << 8) | b[ipAt + 11]) & 0xffff) + (~oldWord & 0xffff) + newWord;
  const folded = (sum & 0xffff) + (sum >>> 16);
  putU16be(b, ipAt + 10, ~((folded & 0xffff) + (folded >>> 16)) & 0xffff);
}

export const ignores = (hears: HostFaults["hears"]): { client: HostFaults } => ({ client: hears ? { hears } : {} });
export const keepAlive = (settings: Partial<KeepAlive> | null): { server: HostFaults } => ({
  server: { keepAlive: () => (settings === null ? null : { idleUs: 7200 * SECOND, intervalUs: SECOND, probes: 5, ...settings }) },
});
export const twin = (b: Uint8Array) => {
  const copy = new Uint8Array(b.length);
  copyBytes(b, 0, copy, 0, b.length);
  return copy;
};

/**
 * Whether data that the client program sends reaches its stack at `nowUs`. False in the seconds after the mail deliveries of the article's scenario
 * and of its companion, so that the client never fetches the new mail.
 */
export function isNotAfterMail(_bytes: Uint8Array, nowUs: number): boolean {
  const isAfterMail = [60, 61, 62, 90, 91, 92, 93, 94, 420, 421, 424, 430].some(
    (second) => nowUs >= second * SECOND && nowUs < (second + 1) * SECOND,
  );
  return !isAfterMail;
}

/** Changes time limits of the router's address translation. */
export function bindings(limits: Partial<NatTimeouts>): Faults {
  return {
    router: (settings) => ({
      ...settings,
      nat: (settings.nat ?? []).map((nat) => ({ ...nat, timeouts: { ...nat.timeouts, ...limits } })),
    }),
  };
}
