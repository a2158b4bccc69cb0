/** What each fact of a platform takes, as tables by the path of a value: its choices, the kinds of its unions, its numbers, its texts. */

import type {
  BootModel,
  BootPhase,
  FactGroup,
  IsnRule,
  MailHabits,
  Personality,
  PlatformVariant,
  PortRule,
  StackLifetime,
  TcpOption,
  WindowRule,
} from "@pushback/host";
import { LONGEST_US, MOST_RETRANSMISSIONS, SECOND_US } from "./steps/values.ts";

/** The four groups of a variant as plain values. */
type Values = {
  readonly [G in FactGroup]: { readonly [K in keyof PlatformVariant[G]]: PlatformVariant[G][K] extends { value: infer V } ? V : never };
};

/** Texts of a closed set in `T`, or in the items of a list `T`; `never` if it takes any text or none. */
type ChoiceIn<T> = T extends readonly (infer Item)[] ? ChoiceIn<Item> : T extends string ? (string extends T ? never : T) : never;

type RecordIn<T> = Exclude<T, string | number | boolean | null | undefined | readonly unknown[]>;

/** Pairs of a path and a text that the value there takes. The `kind` of a tagged union is in `KINDS`. */
type ChoicesAt<T, Path extends string> =
  | ([ChoiceIn<T>] extends [never] ? never : readonly [Path, ChoiceIn<T>])
  | ([RecordIn<T>] extends [never] ? never : ChoicesIn<RecordIn<T>, `${Path}.`>);

type ChoicesIn<T, Prefix extends string> = {
  [K in keyof T & string]-?: K extends "kind" ? never : ChoicesAt<T[K], `${Prefix}${K}`>;
}[keyof T & string];

/** Every text of each choice: the compiler names those that are missing. */
type Choices = { readonly [Pair in ChoicesIn<Values, ""> as Pair[0]]: Readonly<Record<Pair[1], true>> };

const CONNECTIONS = { silent: true, close: true, reset: true } as const;
const PORT_ORDER = { sequential: true, clock: true } as const;
const OPTION_ON_REQUEST = { "window-scale-0": true, "sack-permitted": true, timestamps: true } as const;
const OPTION = { mss: true, "mss-agreed": true, nop: true, end: true, "window-scale-0-nop": true, ...OPTION_ON_REQUEST } as const;
const RESET_SEQ = { zero: true, "segment-ack": true } as const;
const RESET_ACK = {
  zero: true,
  "segment-seq": true,
  "segment-end": true,
  "segment-seq-plus-1": true,
  leftover: true,
  unset: true,
} as const;
const RESET_WINDOW = { zero: true, "segment-window": true } as const;

/** Facts, and values inside of facts, that take one text of a closed set or a list of them. */
const CHOICE_TABLE: Choices = {
  "personality.dfTcp": { never: true, "except-reset": true, always: true },
  "personality.ipId": { increment: true, "increment-little-endian": true },
  "personality.fragmentOverlap": { first: true, last: true },
  "personality.echoReply.df": { clear: true, copy: true, set: true },
  "personality.echoReply.code": { zero: true, copy: true },
  "personality.icmpReplyTos": { copy: true, zero: true },
  "personality.icmpQuotedIpChecksum": { intact: true, zero: true },
  "personality.icmpHardErrorEnds": { opening: true, any: true },
  "personality.synOptions": OPTION,
  "personality.synAckOptions": OPTION,
  "personality.synAckOnRequest": OPTION_ON_REQUEST,
  "personality.resets.synToClosed.seq": RESET_SEQ,
  "personality.resets.synToClosed.ack": RESET_ACK,
  "personality.resets.synToClosed.window": RESET_WINDOW,
  "personality.resets.ackToClosed.seq": RESET_SEQ,
  "personality.resets.ackToClosed.ack": RESET_ACK,
  "personality.resets.ackToClosed.window": RESET_WINDOW,
  "personality.resets.otherToClosed.seq": RESET_SEQ,
  "personality.resets.otherToClosed.ack": RESET_ACK,
  "personality.resets.otherToClosed.window": RESET_WINDOW,
  "personality.resets.ackToListener.seq": RESET_SEQ,
  "personality.resets.ackToListener.ack": RESET_ACK,
  "personality.resets.ackToListener.window": RESET_WINDOW,
  "personality.resets.synFinToListener": { open: true, "bare-ack": true },
  "personality.resets.synFinToListener.seq": RESET_SEQ,
  "personality.resets.synFinToListener.ack": RESET_ACK,
  "personality.resets.synFinToListener.window": RESET_WINDOW,
  "personality.resets.otherToListener.seq": RESET_SEQ,
  "personality.resets.otherToListener.ack": RESET_ACK,
  "personality.resets.otherToListener.window": RESET_WINDOW,
  "personality.urgent.pointer": { "last-byte": true, "byte-after": true },
  "personality.urgent.delivery": { inline: true, "out-of-band": true },
  "personality.timeWaitReset": { ends: true, ignored: true },
  "personality.tcpPorts.order": PORT_ORDER,
  "personality.udpPorts.order": PORT_ORDER,
  "personality.systemServices": { "endpoint-mapper": true, netbios: true },
  "personality.arpAnnouncementTarget": { broadcast: true, zero: true },
  "personality.arpConflict": { "correct-and-stop": true, stop: true },
  "goingDown.shutdown.connections": CONNECTIONS,
  "goingDown.warm-boot.connections": CONNECTIONS,
  "goingDown.reset.connections": CONNECTIONS,
  "goingDown.power-cut.connections": CONNECTIONS,
  "goingDown.uncleanReboot": { "warm-boot": true, reset: true, "power-cut": true },
  "mail.watches": { "new-mail": true, inbox: true },
  "mail.ntlmResponses": { lm: true, "lm-and-nt": true },
};

/** Texts that the value at a path takes, or the items of the list there; all other values take any text. */
export const CHOICES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(CHOICE_TABLE).map(([path, texts]) => [path, Object.keys(texts)]),
);

/**
 * Values that are tagged unions, by their path: one example of each `kind` that is allowed. Only the types of an example's fields matter, not
 * their values.
 */
export const KINDS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  "boot.stack": [
    { kind: "after-phase", phase: "" },
    { kind: "on-demand", unloadAfterUs: 0 },
  ] satisfies StackLifetime[],
  "personality.windowRule": [
    { kind: "fixed", bytes: 0 },
    { kind: "segments", targetBytes: 0, minSegments: 0 },
  ] satisfies WindowRule[],
  "personality.isn": [
    { kind: "clock", unitsPerSecond: 0 },
    { kind: "steps", step: 0, stepsPerSecond: 0 },
    { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 0 },
  ] satisfies IsnRule[],
};

type NullableOf<T> = { [K in keyof T]-?: null extends T[K] ? K : never }[keyof T];

/** Facts that may be `null`, by their path. All others take a value of the type that they have. */
export const NULLABLE: ReadonlySet<string> = new Set([
  ...Object.keys({
    synWindow: true,
    pathMtuDiscovery: true,
    fastRetransmitAfter: true,
    retryScheduleUs: true,
    connectTimeoutUs: true,
    delayedAckTickUs: true,
    finWait2Us: true,
  } satisfies Record<NullableOf<Personality>, true>).map((name) => `personality.${name}`),
  ...Object.keys({
    synToClosed: true,
    ackToClosed: true,
    otherToClosed: true,
    ackToListener: true,
    synFinToListener: true,
    otherToListener: true,
  } satisfies Record<NullableOf<Personality["resets"]>, true>).map((name) => `personality.resets.${name}`),
  ...Object.keys({ hostNameLimit: true } satisfies Record<NullableOf<MailHabits>, true>).map((name) => `mail.${name}`),
]);

/** Paths of the numbers in `T`, and of its lists of numbers. */
type NumbersIn<T, Prefix extends string> = T extends unknown
  ? { [K in keyof T & string]-?: NumbersAt<T[K], `${Prefix}${K}`> }[keyof T & string]
  : never;

type NumbersAt<T, Path extends string> =
  | ([Extract<T extends readonly (infer Item)[] ? Item : T, number>] extends [never] ? never : Path)
  | ([RecordIn<T>] extends [never] ? never : NumbersIn<RecordIn<T>, `${Path}.`>);

export type Range = readonly [lowest: number, highest: number, part?: "fraction"];

const TTL: Range = [1, 0xff];
/** A field of 16 bits. */
const WORD: Range = [0, 0xffff];
/** A field of 16 bits in which 0 means nothing. */
const WORD_FROM_1: Range = [1, 0xffff];
/** A field of 32 bits. */
const LONG: Range = [0, 0xffff_ffff];
/** Steps of a counter of 32 bits in a second. */
const RATE: Range = [0, 0xffff_ffff, "fraction"];
/** In microseconds. With an interval of 0 a client would poll without end at one moment of the run. */
const POLL: Range = [SECOND_US, LONGEST_US];
/** A tick of a clock in microseconds. */
const TICK: Range = [1, LONGEST_US];
/** Numbers in microseconds, by the end of their names. */
const TIME: Range = [0, LONGEST_US];
const TRIES: Range = [0, MOST_RETRANSMISSIONS];

/** Lowest and highest values. All other times have `TIME`, all other numbers `WORD`, which for counts is the lab's own limit. */
const RANGES: Readonly<Record<string, Range>> = {
  // A boot whose length varied by more than itself could end before it began.
  "boot.jitter": [0, 1, "fraction"],
  "personality.ttlTcp": TTL,
  "personality.ttlUdp": TTL,
  "personality.ttlIcmp": TTL,
  "personality.mss": WORD_FROM_1,
  "personality.defaultMss": WORD_FROM_1,
  "personality.arpTries": TRIES,
  "personality.maxConnectRetries": TRIES,
  "personality.maxDataRetries": TRIES,
  "personality.refusedConnectRetries": TRIES,
  "personality.keepAlive.probes": TRIES,
  "personality.delayedAckTickUs": TICK,
  "personality.isn.tickUs": TICK,
  "personality.isn.unitsPerSecond": RATE,
  "personality.isn.stepsPerSecond": RATE,
  "personality.isn.step": LONG,
  "personality.isn.minIncrement": LONG,
  "personality.isn.maxIncrement": LONG,
  "personality.tcpPorts.first": WORD_FROM_1,
  "personality.tcpPorts.last": WORD_FROM_1,
  "personality.udpPorts.first": WORD_FROM_1,
  "personality.udpPorts.last": WORD_FROM_1,
  "mail.idlePollUs": POLL,
  "mail.fallbackPollUs": POLL,
  // A server accepts no larger context (MS-OXCRPC 3.1.4.5).
  "mail.contextBytes": [0, 16],
  "mail.codePage": LONG,
  "mail.locale": LONG,
} satisfies { readonly [Path in NumbersIn<Values, "">]?: Range };

export function rangeOf(place: string): Range {
  return RANGES[place] ?? (place.endsWith("Us") ? TIME : WORD);
}

/** Longest text that a packet carries as data: the segment that every host takes (RFC 879). */
const MOST_TEXT = 536;

/** Regular expression for the text at a path, and what it allows in words. */
interface TextForm {
  readonly pattern: string;
  readonly words: string;
}

const DATA_TEXT: TextForm = { pattern: `^[\\x00-\\x7f]{0,${MOST_TEXT}}$`, words: `ASCII text of ${MOST_TEXT} characters at most` };

/** Form of the text at a path; `undefined` if every text fits. */
export function textFormOf(place: string): TextForm | undefined {
  return place.endsWith(".text") ? DATA_TEXT : undefined;
}

/** Number of items, for lists in which it is fixed. */
export const LENGTHS: Readonly<Record<string, number>> = { "mail.clientVersion": 3 } satisfies {
  [Path in `mail.${keyof MailHabits}`]?: number;
};

/** Bytes that the data offset of a TCP header leaves for options (RFC 793 section 3.1). */
const MOST_OPTION_BYTES = 40;

/** Bytes of each option; an `end` then fills the word of four bytes. */
const OPTION_BYTES: Readonly<Record<TcpOption, number>> = {
  mss: 4,
  "mss-agreed": 4,
  nop: 1,
  end: 1,
  "window-scale-0": 3,
  "window-scale-0-nop": 4,
  "sack-permitted": 2,
  timestamps: 10,
};

function optionsRule(options: readonly TcpOption[]): string | null {
  let length = 0;
  for (const option of options) {
    length += OPTION_BYTES[option];
    if (option === "end") length += -length & 3;
  }
  length += -length & 3;
  return length <= MOST_OPTION_BYTES ? null : `takes options of ${MOST_OPTION_BYTES} bytes at most, not ${length}`;
}

function portsRule({ first, last, takenAtBoot }: PortRule): string | null {
  return first + takenAtBoot <= last ? null : `leaves no port: \`first\` and \`takenAtBoot\` are together above \`last\`, ${last}`;
}

function phasesRule(phases: readonly BootPhase[]): string | null {
  const ids = phases.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  return twice === undefined ? null : `has two phases ${JSON.stringify(twice)}`;
}

function isnRule(rule: IsnRule): string | null {
  const fits = rule.kind !== "random-increments" || rule.minIncrement <= rule.maxIncrement;
  return fits ? null : `takes no \`minIncrement\` above \`maxIncrement\`, ${rule.maxIncrement}`;
}

/** Rules that span the parts of a value. The schema cannot say them. Each gets a value whose parts fit, and returns what is wrong or `null`. */
export const RULES: Readonly<Record<string, (value: never) => string | null>> = {
  "boot.phases": phasesRule,
  "personality.synOptions": optionsRule,
  "personality.synAckOptions": optionsRule,
  "personality.tcpPorts": portsRule,
  "personality.udpPorts": portsRule,
  "personality.isn": isnRule,
} satisfies { readonly [Name in `boot.${keyof BootModel}` | `personality.${keyof Personality}`]?: (value: never) => string | null };
