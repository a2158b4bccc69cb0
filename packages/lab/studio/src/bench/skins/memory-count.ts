/** Counters on boot screens: the self test counts the memory up, a boot menu counts its seconds down. */

/** Duration of the memory count in microseconds of virtual time. Assumption: the real time depends on the machine. */
const COUNT_US = 5_000_000;
/** Number of steps of the memory count: few, so that the screen changes only a few times a second. */
const STEPS = 64;

/** Replaces the number in a line such as `… automatically: 5` by the remaining seconds; returns any other line unchanged. */
export function countdownLine(text: string, elapsedUs: number): string {
  const found = /^(.* automatically: )(\d+)$/.exec(text);
  if (found === null) return text;
  const [, before, seconds] = found;
  return before + Math.max(0, Number(seconds) - Math.floor(Math.max(0, elapsedUs) / 1_000_000));
}

/** Share of the memory that has been counted after `elapsedUs`, from 0 to 1. */
export function memoryShare(elapsedUs: number): number {
  return Math.max(0, Math.min(1, Math.floor((STEPS * elapsedUs) / COUNT_US) / STEPS));
}

/** Replaces the number in a line such as `004096 KB OK` by `share` of it, and hides the text behind it until `share` is 1. Other lines are unchanged. */
export function countedLine(text: string, share: number): string {
  const found = /^(.*?)(\d{4,6})( ?KB?)(.*)$/.exec(text);
  if (found === null || share >= 1) return text;
  const [, before, number, unit] = found;
  return `${before}${String(Math.floor(Number(number) * share)).padStart(number.length, number.startsWith("0") ? "0" : " ")}${unit}`;
}
