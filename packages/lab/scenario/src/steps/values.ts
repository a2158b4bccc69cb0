/** Values that scenario files use in several places: lengths of time, addresses, the server's registry. */

import { DURATION_PATTERN, formatDuration, parseDuration } from "@pushback/host";
import * as z from "zod";

export const SECOND_US = 1_000_000;

/** The longest length of time that a scenario takes, in microseconds: a leap year. */
export const LONGEST_US = 366 * 24 * 3600 * SECOND_US;

/** A length of time such as `2h30m`; parsed, microseconds. */
export const duration = z
  .string({ error: "takes a length of time such as 90s, 5m or 2h30m" })
  .refine((text) => text !== "" && (text === "0" || DURATION_PATTERN.test(text)), {
    error: "takes a length of time such as 90s, 5m or 2h30m",
    abort: true,
  })
  .refine((text) => parseDuration(text) !== null, { error: "is too long for a length of time" })
  .transform((text) => parseDuration(text) as number)
  .meta(patternOf(""));

/** JSON Schema of a length of time. `first`: a regular expression that is put in front of the pattern, as a further condition on the text. */
function patternOf(first: string) {
  const description = "A length of time: numbers with units d, h, m, s, ms, us, as in 2h30m";
  return { description, pattern: `^(?=.)${first}(?:0$|${DURATION_PATTERN.source.slice(1)})` };
}

/** A length of time within bounds, both in microseconds and both allowed. Of the bounds, the JSON Schema can say that 0 is too short. */
function durationBetween(leastUs: number, mostUs: number) {
  const error = `takes a length of time from ${formatDuration(leastUs)} to ${formatDuration(mostUs)}`;
  return duration.refine((us) => us >= leastUs && us <= mostUs, { error }).meta(patternOf(leastUs > 0 ? "(?=.*[1-9])" : ""));
}

/** Schema of a record that has exactly one of these keys. `error` is the message for any other record. */
export function withOneOf<T extends z.ZodType<Readonly<Record<string, unknown>>>>(schema: T, keys: readonly string[], error: string): T {
  const hasOne = (value: Readonly<Record<string, unknown>>) => keys.filter((key) => value[key] !== undefined).length === 1;
  return schema.refine(hasOne, { error }).meta({ oneOf: keys.map((key) => ({ required: [key] })) }) as T;
}

/** Longest time that a REG_DWORD of milliseconds holds: 49.7 days (Q120642), in microseconds. */
const MOST_REGISTRY_US = 0xffffffff * 1000;

/** Which message of the Inbox a step is about, or all of them. */
export const messageChoice = z
  .union([z.int().min(1), z.literal("all")])
  .optional()
  .meta({ description: "The message's place in the Inbox, 1 is the oldest, or all; the newest if left out" });

/** How long a run may be. The lab's own limit: a recording holds every frame of it. */
export const runLength = durationBetween(1, LONGEST_US);

/** Delay that a wire adds to each frame; the limit of 60 s is the lab's own. */
export const wireDelay = durationBetween(0, 60 * SECOND_US);

/** How long a cache keeps an entry, by a REG_DWORD of seconds. */
export const lifetime = durationBetween(SECOND_US, LONGEST_US);

/** How long address translation keeps a binding. The limits are the lab's; they allow shorter times than the RFCs do, because many routers have them. */
export const natTimeout = durationBetween(SECOND_US, LONGEST_US);

export const wholeNumber = z.int().min(0);

/** Time between two push datagrams of a session. The limits are the lab's, not the product's. */
export const notificationInterval = durationBetween(SECOND_US, 24 * 3600 * SECOND_US);

/** Time after which a mail client tries again to log on. The limits are the lab's, not the product's. */
export const reconnectDelay = durationBetween(SECOND_US, 24 * 3600 * SECOND_US);

/** Most retransmissions that a scenario may set. The registry's DWORD allows more (Q120642), but such a run would not end. */
export const MOST_RETRANSMISSIONS = 255;

export const ipv4 = z.ipv4({ error: "takes an address such as 10.1.9.77" });

/** The server's TCP parameters, by their names in the registry. */
export const keepAliveRegistry = {
  KeepAliveTime: durationBetween(SECOND_US, MOST_REGISTRY_US).optional(),
  KeepAliveInterval: durationBetween(SECOND_US / 10, MOST_REGISTRY_US).optional(),
  TcpMaxDataRetransmissions: wholeNumber.max(MOST_RETRANSMISSIONS).optional(),
};

/** Name of a machine or client in a scenario file. */
export const machineName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,30}$/, { error: "takes a name of letters, digits, dots and dashes" });

/** One machine's name or a list of them; parsed, always a list. */
export const machineNames = z
  .union([machineName, z.array(machineName).min(1)])
  .transform((names) => (typeof names === "string" ? [names] : names));
