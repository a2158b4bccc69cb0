/** What counts on the screens of a start: the self test's memory up, the seconds of a loader's menu down. */

/** The count takes this long, in microseconds of the run. Assumption: it depends on the machine. */
const COUNT_US = 5_000_000;
/** The count goes in steps, so that a screen changes a few times a second only. */
const STEPS = 64;

/** A line such as `… automatically: 5` with the seconds that are left; any other line as it is. */
export function countdownLine(text: string, elapsedUs: number): string {
  const found = /^(.* automatically: )(\d+)$/.exec(text);
  if (found === null) return text;
  const [, before, seconds] = found;
  return before + Math.max(0, Number(seconds) - Math.floor(Math.max(0, elapsedUs) / 1_000_000));
}

/** How much of the memory is counted, from 0 to 1. */
export function memoryShare(elapsedUs: number): number {
  return Math.max(0, Math.min(1, Math.floor((STEPS * elapsedUs) / COUNT_US) / STEPS));
}

/** A line such as `004096 KB OK` with the number so far, and without what follows until all is counted; any other line as it is. */
export function countedLine(text: string, share: number): string {
  const found = /^(.*?)(\d{4,6})( ?KB?)(.*)$/.exec(text);
  if (found === null || share >= 1) return text;
  const [, before, number, unit] = found;
  return `${before}${String(Math.floor(Number(number) * share)).padStart(number.length, number.startsWith("0") ? "0" : " ")}${unit}`;
}
