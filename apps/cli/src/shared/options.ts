/** Checks option values that several commands take. */

import { DURATION_PATTERN, formatDuration, parseDuration } from "@pushback/host";
import { findVariant, PLATFORMS, type RunOptions, runTimeFault, type Scenario, unknownPlatform } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";

/** Parses a duration to microseconds. Throws a UsageError that names the option. */
export function durationOption(option: string, text: string | undefined, minUs = 1): number | undefined {
  if (text === undefined) return undefined;
  const us = parseDuration(text);
  if (us === null) {
    const isTooLong = text !== "" && DURATION_PATTERN.test(text);
    throw new UsageError(`${option} ${text}: ${isTooLong ? "too long" : "not a duration; write it as 90s, 5m or 2h30m"}`);
  }
  if (us < minUs) throw new UsageError(`${option} ${text}: too short; the minimum is ${formatDuration(minUs)}`);
  return us;
}

type RunTimes = Pick<RunOptions, "keepAliveUs" | "intervalUs">;

/** Parses the times that replace those of the scenario, within the limits of scenario files. Throws a UsageError that names the option. */
export function runTimeOptions(options: { readonly keepalive?: string; readonly interval?: string }): RunTimes {
  const timeOf = <N extends keyof RunTimes>(name: N, option: string, text: string | undefined): { readonly [K in N]?: number } => {
    const us = durationOption(option, text, 0);
    if (us === undefined) return {};
    const fault = runTimeFault(name, us);
    if (fault !== null) throw new UsageError(`${option} ${text}: ${fault}`);
    return { [name]: us } as { readonly [K in N]: number };
  };
  return { ...timeOf("keepAliveUs", "--keepalive", options.keepalive), ...timeOf("intervalUs", "--interval", options.interval) };
}

/** Ids of the variants to run: those named, or the default of each platform, or all. */
export function variantsOption(platforms: string | undefined, variants: string | undefined): string[] {
  if (variants !== undefined && variants !== "all" && variants !== "default") {
    throw new UsageError(`--variants ${variants}: takes all or default; name single variants with --platforms`);
  }
  const all = variants === "all";
  if (platforms === undefined) return PLATFORMS.flatMap((p) => (all ? p.variants.map((v) => v.id) : [p.variants[0].id]));
  const ids = platforms.split(",").flatMap((name) => {
    const platform = PLATFORMS.find((p) => p.id === name.trim());
    if (platform && all) return platform.variants.map((v) => v.id);
    const variant = findVariant(name.trim());
    if (!variant) throw new UsageError(`--platforms: ${unknownPlatform(name.trim())}`);
    return [variant.id];
  });
  return [...new Set(ids)];
}

/** Parses an integer of 1 or more. */
export function countOption(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text) || Number(text) > max) throw new UsageError(`${name} ${text}: takes a number from 1 to ${max}`);
  return Number(text);
}

/** Largest number of fleet machines on one segment. */
const MAX_COUNT = 1_000_000;

/** Sets the number of machines in each fleet of the scenario. Throws a UsageError if it has no fleet, or if a segment has no room for that many. */
export function fleetSizeOption(scenario: Scenario, text: string | undefined): number | undefined {
  const count = countOption("--count", text, MAX_COUNT);
  if (count === undefined) return undefined;
  const fleets = scenario.clients.filter((client) => client.count !== undefined);
  if (fleets.length === 0) throw new UsageError(`--count ${text}: ${scenario.id} has no fleet (a client with a count)`);
  const most = Math.max(...[...Map.groupBy(fleets, (client) => client.segment).values()].map((together) => together.length));
  if (most * count > MAX_COUNT)
    throw new UsageError(`--count ${text}: ${most} fleets share a segment, which has room for ${MAX_COUNT} machines`);
  return count;
}

export function seedOption(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) throw new UsageError(`--seed ${text}: takes letters, digits, dots and dashes, at most 64`);
  return text;
}
