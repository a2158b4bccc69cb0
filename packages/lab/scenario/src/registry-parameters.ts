/**
 * TCP/IP parameters in the registry that the stack models, and the field of a machine's personality that each one sets. The article refers to Q102973,
 * which covers Windows NT 3.1; Q183786 quotes Q120642, which covers its successors. A change takes effect when the system is restarted (Q183786).
 */

import type { KeepAlive, Personality } from "@pushback/host";
import * as z from "zod";
import { keepAliveRegistry, lifetime, wholeNumber } from "./steps/values.ts";

/** The schema of each parameter, by its name in the registry. Parsed, times are microseconds. */
export const registryShape = {
  ...keepAliveRegistry,
  TcpMaxConnectRetransmissions: wholeNumber
    .max(20)
    .optional()
    .meta({ description: "Repetitions of a SYN before a connection fails (Q120642)" }),
  DefaultTTL: z.int().min(1).max(255).optional().meta({ description: "Time to live of every datagram that the machine sends (Q120642)" }),
  EnablePMTUBHDetect: z.boolean().optional().meta({ description: "Detection of routers that send no ICMP error (Q120642)" }),
  ArpCacheLife: lifetime.optional().meta({ description: "Lifetime of an entry of the ARP cache, used or not (Q102973)" }),
};

/** Documented registry parameters that the stack does not model: a scenario that sets one is refused, with a message that names it. */
const NOT_MODELLED = ["ArpCacheSize", "DatabasePath", "EnableDeadGWDetect", "EnablePMTUDiscovery", "TcpKeepCnt", "TcpWindowSize"] as const;

const refused = z
  .never({ error: `is a parameter that the stack does not model; there are ${Object.keys(registryShape).join(", ")}` })
  .optional();

/** Schemas of the parameters that are not modelled; each refuses any value. */
export const refusedParameters = Object.fromEntries(NOT_MODELLED.map((name) => [name, refused])) as Readonly<
  Record<(typeof NOT_MODELLED)[number], typeof refused>
>;

/** Parameter values by name. A parameter that is left out keeps its value. */
export type RegistryValues = { readonly [K in keyof typeof registryShape]?: z.output<(typeof registryShape)[K]> };

/**
 * Registry parameters of keep-alive with the setting that each one sets. TcpMaxDataRetransmissions limits retransmissions of data, and on Windows NT also
 * the number of probes (Q183786).
 */
const KEEP_ALIVE = { KeepAliveTime: "idleUs", KeepAliveInterval: "intervalUs", TcpMaxDataRetransmissions: "probes" } as const;

/** Keep-alive settings with these values in the registry. */
export function withKeepAlive(before: KeepAlive, values: RegistryValues): KeepAlive {
  const changed = Object.entries(KEEP_ALIVE).map(([name, setting]) => [
    setting,
    values[name as keyof typeof KEEP_ALIVE] ?? before[setting],
  ]);
  return Object.fromEntries(changed) as KeepAlive;
}

/** The values that are not about keep-alive. */
export function withoutKeepAlive(values: RegistryValues): RegistryValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !(name in KEEP_ALIVE)));
}

type Changes = {
  readonly [K in keyof RegistryValues]-?: (value: NonNullable<RegistryValues[K]>, before: Personality) => Partial<Personality>;
};

const CHANGES: Changes = {
  KeepAliveTime: (KeepAliveTime, { keepAlive }) => ({ keepAlive: withKeepAlive(keepAlive, { KeepAliveTime }) }),
  KeepAliveInterval: (KeepAliveInterval, { keepAlive }) => ({ keepAlive: withKeepAlive(keepAlive, { KeepAliveInterval }) }),
  TcpMaxDataRetransmissions: (TcpMaxDataRetransmissions, { keepAlive }) => ({
    maxDataRetries: TcpMaxDataRetransmissions,
    keepAlive: withKeepAlive(keepAlive, { TcpMaxDataRetransmissions }),
  }),
  TcpMaxConnectRetransmissions: (maxConnectRetries) => ({ maxConnectRetries }),
  DefaultTTL: (ttl) => ({ ttlTcp: ttl, ttlUdp: ttl, ttlIcmp: ttl }),
  EnablePMTUBHDetect: (blackHoleDetection) => ({ blackHoleDetection }),
  ArpCacheLife: (us) => ({ arpUnusedUs: us, arpUsedUs: us }),
};

const NAMES = Object.keys(CHANGES) as readonly (keyof RegistryValues)[];

/** Whether any of the parameters has a value. */
export function setsAny(values: RegistryValues): boolean {
  return NAMES.some((name) => values[name] !== undefined);
}

/** The personality of a machine with these values in its registry. */
export function withRegistry(before: Personality, values: RegistryValues): Personality {
  let personality = before;
  for (const name of NAMES) {
    const value = values[name];
    // TypeScript cannot relate `name` to the type of its own value inside the loop.
    const change = CHANGES[name] as (value: unknown, before: Personality) => Partial<Personality>;
    if (value !== undefined) personality = { ...personality, ...change(value, personality) };
  }
  return personality;
}
