/** Captures in which something hides behind the article's case, or looks like it: none of it may be called harmless. */

import { parseIpv4 } from "@pushback/bytes";
import { ARP_REPLY, ETHERTYPE_ARP, emitArp, emitEthernet, getEthernetSource, putMac } from "@pushback/wire";
import { isIcmp, isTcp, isUdp, resent, translated } from "./capture-edits.ts";
import { icmpError, type TimedFrame, udpFrame } from "./capture-mix.ts";
import { capture, type SuiteCapture } from "./suite-capture.ts";
import { countUnreachables, type ExpectedFinding, type Story, story } from "./suite-recordings.ts";

const MINUTE = 60_000_000;
/** A network card that no machine of the recordings has. */
const STRANGE_CARD = 0x00a0c9123456;
const ip = (text: string): number => parseIpv4(text) as number;
const before = (frames: readonly TimedFrame[], us: number) => frames.filter((f) => f.timeUs < us);

/** The push datagrams that a story's server sent to the registration. */
function pushesOf(s: Story, frames: readonly TimedFrame[]): TimedFrame[] {
  return frames.filter((f) => isUdp(f) && f.bytes[36] * 256 + f.bytes[37] === s.push.port && addressAt(f, 30) === s.client);
}

function addressAt({ bytes }: TimedFrame, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

function fromCard(frame: TimedFrame, card: number): TimedFrame {
  const bytes = frame.bytes.slice();
  putMac(bytes, 6, card);
  return { timeUs: frame.timeUs, bytes };
}

/** The expected push finding without a time of the session's end: the part of the recording that is used does not determine it. */
function withoutEnd({ endsAtUs: _, ...push }: Story["push"]): Omit<Story["push"], "endsAtUs"> {
  return push;
}

/** Hardware address of the client's network card in a recording. */
function cardOf(s: Story): number {
  const own = s.frames.find((f) => isTcp(f) && addressAt(f, 26) === s.client);
  if (!own) throw new Error("the client never spoke TCP");
  return getEthernetSource(own.bytes, 0);
}

/** An ARP reply in which `card` claims `address`. */
function claim(timeUs: number, address: number, card: number, to: number): TimedFrame {
  const bytes = new Uint8Array(60);
  emitEthernet(
    { destination: 0xffffffffffff, source: card, etherType: ETHERTYPE_ARP, encapsulation: "ethernet-2", payloadLen: 28 },
    bytes,
    0,
  );
  emitArp({ operation: ARP_REPLY, senderMac: card, senderAddress: address, targetMac: 0, targetAddress: to }, bytes, 14);
  return { timeUs, bytes };
}

const DOUBTFUL = { verdict: "doubtful-errors", benign: false, confidence: "likely", clientPort: null, endsAtUs: null } as const;

export function* adversaries(): Generator<SuiteCapture> {
  const article = story("kb-q159302", "nt-4.0");
  const quarter = before(article.frames, 16 * MINUTE);
  const stale: ExpectedFinding = {
    ...article.push,
    verdict: "stale-push",
    benign: true,
    confidence: "certain",
    errors: countUnreachables(quarter, article.push.port),
  };
  const ends = { from: article.push.from, to: article.push.to, port: article.push.port };

  const probes = Array.from({ length: 20 }, (_, i) => {
    const probe = udpFrame(8 * MINUTE + i * 7_300_000, ip("10.1.9.66"), article.client, 40_000, 2000 + i * 37, new Uint8Array(8).fill(i));
    return [probe, fromCard(icmpError(probe.timeUs + 200, article.client, probe, 3, 3, 128), cardOf(article))];
  }).flat();
  yield capture(
    "scan-among-pushes",
    "The article's case, and between its datagrams a scanner slowly tries twenty ports of the same machine.",
    [...quarter, ...probes],
    article.epochUs,
    [
      {
        verdict: "port-scan",
        benign: false,
        confidence: "likely",
        from: "10.1.9.66",
        to: article.push.to,
        port: null,
        errors: 20,
        clientPort: null,
        endsAtUs: null,
      },
      stale,
    ],
  );

  const refused = pushesOf(article, quarter).slice(2);
  const flood = refused.flatMap((push) =>
    Array.from({ length: 40 }, (_, i) =>
      fromCard(icmpError(push.timeUs + 1_000_000 + i * 1000, article.client, push, 3, 3, 128), cardOf(article)),
    ),
  );
  yield capture(
    "flood-of-errors",
    "The article's case, and an attacker repeats its errors forty times each: one datagram draws one error, the others are not the machine's.",
    [...quarter, ...flood],
    article.epochUs,
    [{ ...DOUBTFUL, ...ends, errors: flood.length }, stale],
  );

  // An identification that the server never sends: Windows NT counts in the high byte.
  const never = pushesOf(article, quarter).map((push) => resent(push, push.timeUs + 3_000_000, 0x4080));
  yield capture(
    "forged-quotes",
    "The article's case, and errors that quote datagrams to the same port which were never sent.",
    [...quarter, ...never.map((quoted) => fromCard(icmpError(quoted.timeUs + 300, article.client, quoted, 3, 3, 128), cardOf(article)))],
    article.epochUs,
    [
      { verdict: "orphan-errors", benign: false, confidence: "possible", ...ends, errors: never.length, clientPort: null, endsAtUs: null },
      stale,
    ],
  );

  const mirrored = quarter.flatMap((f) => [f, { timeUs: f.timeUs + 20, bytes: f.bytes }]);
  yield capture(
    "mirrored-twice",
    "The article's case on a mirror port that shows each frame twice: it is the same case, with the same number of errors.",
    mirrored,
    article.epochUs,
    [{ ...stale, endSeen: false }],
  );

  const slow = story("kb-q159302", "nt-4.0", { intervalUs: 25_000_000 });
  const slowFrames = before(slow.frames, 16 * MINUTE);
  yield capture(
    "other-interval",
    "The article's case with a server that notifies every 25 seconds: the registration explains the datagrams, whatever their pace.",
    slowFrames,
    slow.epochUs,
    [{ ...slow.push, verdict: "stale-push", benign: true, confidence: "certain", errors: countUnreachables(slowFrames, slow.push.port) }],
  );

  const whole = article.frames;
  const endUs = (article.push.endsAtUs as number) - article.epochUs;
  const last = pushesOf(article, before(whole, endUs)).at(-1) as TimedFrame;
  const onAndOn = Array.from({ length: 6 }, (_, i) => resent(last, endUs + (i + 1) * MINUTE, 0x5000 + i));
  yield capture(
    "pushes-after-the-end",
    "The article's case to its end, and a server that goes on after the session has ended: not what the article describes.",
    [...before(whole, endUs + 8 * MINUTE), ...onAndOn],
    article.epochUs,
    [
      {
        ...article.push,
        verdict: "push-after-session",
        benign: false,
        confidence: "certain",
        errors: countUnreachables(whole, article.push.port),
        endsAtUs: null,
      },
    ],
  );

  const withoutErrors = quarter.filter((f) => !isIcmp(f));
  const router = ip("10.1.9.1");
  const byRouter = refused.map((push) => icmpError(push.timeUs + 400, router, push, 3, 13, 255));
  yield capture(
    "refused-on-the-way",
    "A packet filter between server and client refuses the datagrams, and says so in its own name.",
    [...withoutErrors, ...byRouter],
    article.epochUs,
    [{ ...article.push, verdict: "push-rejected", benign: false, confidence: "certain", errors: 0, endsAtUs: null }],
  );

  const byStranger = refused.map((push) => fromCard(icmpError(push.timeUs + 400, article.client, push, 3, 3, 64), STRANGE_CARD));
  yield capture(
    "answers-from-another-card",
    "The client's own errors are not there; another machine on the segment sends them in its name, from a network card that ARP never showed.",
    [...withoutErrors, ...byStranger],
    article.epochUs,
    [
      { ...DOUBTFUL, ...ends, errors: byStranger.length },
      { ...article.push, verdict: "stale-push-unanswered", benign: false, confidence: "possible", errors: 0 },
    ],
  );

  const claims = Array.from({ length: 8 }, (_, i) =>
    claim(9 * MINUTE + i * 20_000_000, article.client, i % 2 === 0 ? STRANGE_CARD : cardOf(article), article.server),
  );
  yield capture(
    "two-cards-one-address",
    "A second card answers ARP for the client's address, in turns with the first one: an attack, or an address given twice.",
    [...quarter, ...claims],
    article.epochUs,
    [{ ...stale, verdict: "address-conflict", benign: false, confidence: "certain" }],
  );

  const firewall = story("firewall-drops-udp", "nt-4.0");
  const polling = before(firewall.frames, 12 * MINUTE);
  const own = pushesOf(firewall, polling);
  const byClient = own.map((push) => icmpError(push.timeUs + 400, firewall.client, push, 3, 3, 128));
  yield capture(
    "refused-by-a-live-client",
    "A packet filter on the client itself answers the datagrams with port unreachable; the client lives, and polls. The errors look like the article's.",
    [...polling, ...byClient],
    firewall.epochUs,
    [{ ...firewall.push, verdict: "push-refused", benign: false, confidence: "certain", errors: own.length, endsAtUs: null }],
  );

  const idle = before(article.frames, 16 * MINUTE).filter((f) => f.timeUs < 50_000_000);
  const unread = Array.from({ length: 6 }, (_, i) => resent(last, 2 * MINUTE + i * MINUTE, 0x6000 + i));
  yield capture(
    "refused-without-a-restart",
    "A registration, and datagrams that the client refuses from the first one on, with nothing that shows a restart: it may be idle, with something on it that refuses.",
    [
      ...idle,
      ...unread.flatMap((push) => [push, fromCard(icmpError(push.timeUs + 300, article.client, push, 3, 3, 128), cardOf(article))]),
    ],
    article.epochUs,
    [{ ...withoutEnd(article.push), verdict: "stale-push", benign: false, confidence: "possible", errors: 6, endSeen: false }],
  );

  const living = story("read-in-time", "nt-4.0");
  const read = before(living.frames, 10 * MINUTE);
  const contradicted = pushesOf(living, read).map((push) =>
    fromCard(icmpError(push.timeUs + 100, living.client, push, 3, 3, 128), cardOf(living)),
  );
  yield capture(
    "errors-for-what-was-heard",
    "The client hears each datagram and fetches its mail; another machine sends errors in its name all the same.",
    [...read, ...contradicted],
    living.epochUs,
    [{ ...DOUBTFUL, from: living.push.from, to: living.push.to, port: living.push.port, errors: contradicted.length }],
  );

  const outside = ip("192.0.2.7");
  const aimed = translated(quarter, article.client, outside).filter((f) => isTcp(f) || isUdp(f) || isIcmp(f));
  yield capture(
    "aimed-at-a-stranger",
    "A client logs on from one address and registers another one, whose machine refuses the datagrams: they may be aimed at it.",
    aimed,
    article.epochUs,
    [
      {
        ...article.push,
        verdict: "push-misdirected",
        benign: false,
        confidence: "certain",
        errors: countUnreachables(aimed, article.push.port),
      },
    ],
  );

  const question = udpFrame(0, ip("10.1.9.50"), ip("10.1.9.1"), 2001, 53, new Uint8Array(31));
  const answers = Array.from({ length: 30 }, (_, i) => {
    const answer = udpFrame(4_000_000 + i * 10_000, ip("10.1.9.1"), ip("10.1.9.50"), 53, 2001, new Uint8Array(400).fill(i));
    return [answer, icmpError(answer.timeUs + 300, ip("10.1.9.50"), answer)];
  }).flat();
  yield capture(
    "thirty-answers-to-one-question",
    "A name server's address answers one question thirty times: more than lateness explains.",
    [question, ...answers],
    article.epochUs,
    [
      {
        verdict: "closed-port",
        benign: false,
        confidence: "possible",
        from: "10.1.9.1",
        to: "10.1.9.50",
        port: 2001,
        errors: 30,
        clientPort: null,
        endsAtUs: null,
      },
    ],
  );

  const many = Array.from({ length: 10 }, (_, i) =>
    udpFrame(i * 90_000, ip("10.1.9.50"), ip("10.1.9.1"), 2001 + i, 53, new Uint8Array(31)),
  );
  const late = udpFrame(6_000_000, ip("10.1.9.1"), ip("10.1.9.50"), 53, 2007, new Uint8Array(120));
  yield capture(
    "late-reply-among-many",
    "Ten questions from ten ports; the answer to the seventh comes when its port is closed again.",
    [...many, late, icmpError(6_000_300, ip("10.1.9.50"), late)],
    article.epochUs,
    [
      {
        verdict: "late-reply",
        benign: true,
        confidence: "likely",
        from: "10.1.9.1",
        to: "10.1.9.50",
        port: 2007,
        errors: 1,
        clientPort: null,
        endsAtUs: null,
      },
    ],
  );
}
