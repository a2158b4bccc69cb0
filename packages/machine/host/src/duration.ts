/** Lengths of time as people write them in scenario files and on the command line: `90s`, `5m`, `2h30m`, `250us`. */

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 };

/** One or more numbers with a unit each, largest unit first. */
export const DURATION_PATTERN =
  /^(?:\d+(?:\.\d+)?d)?(?:\d+(?:\.\d+)?h)?(?:\d+(?:\.\d+)?m(?!s))?(?:\d+(?:\.\d+)?s)?(?:\d+(?:\.\d+)?ms)?(?:\d+us)?$/;

/** Parses a duration to integer microseconds; `null` if the text is not one. */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  if (text === "" || !DURATION_PATTERN.test(text)) return null;
  let us = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) us += Number(number) * UNIT_US[unit];
  us = Math.round(us);
  return Number.isSafeInteger(us) ? us : null;
}

/** The shortest exact text: `7260s` is `2h1m`. */
export function formatDuration(us: number): string {
  if (us === 0) return "0s";
  let rest = Math.abs(us);
  let text = us < 0 ? "-" : "";
  for (const unit of ["d", "h", "m", "s", "ms", "us"]) {
    const size = UNIT_US[unit];
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** A point on the run's clock for tables: `2:01:00.004`, hours, minutes, seconds, milliseconds. */
export function formatClock(us: number): string {
  const ms = Math.floor(us / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(ms / 3_600_000)}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}
