/** Values that scenario files use in several places: lengths of time, addresses, the server's registry. */

import { DURATION_PATTERN, parseDuration } from "@pushback/host";
import * as z from "zod";

/** A length of time such as `2h30m`; parsed, microseconds. */
export const duration = z
  .string({ error: "takes a length of time such as 90s, 5m or 2h30m" })
  .refine((text) => text !== "" && (text === "0" || DURATION_PATTERN.test(text)) && parseDuration(text) !== null, {
    error: "takes a length of time such as 90s, 5m or 2h30m",
  })
  .transform((text) => parseDuration(text) as number)
  .meta({ description: "A length of time: numbers with units d, h, m, s, ms, us, as in 2h30m" });

export const wholeNumber = z.int().min(0);

export const ipv4 = z.ipv4({ error: "takes an address such as 10.1.9.77" });

/** The server's TCP parameters, by their names in the registry. */
export const keepAliveRegistry = {
  KeepAliveTime: duration.optional(),
  KeepAliveInterval: duration.optional(),
  TcpMaxDataRetransmissions: wholeNumber.optional(),
};

export const machineName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,30}$/i, { error: "takes a name of letters, digits, dots and dashes" });

/** One machine's name or a list of them; parsed, always a list. */
export const machineNames = z
  .union([machineName, z.array(machineName).min(1)])
  .transform((names) => (typeof names === "string" ? [names] : names));
