/** Times and durations as text. All arguments are microseconds unless their names say otherwise. */

const SECOND_US = 1_000_000;

/** Time since the start: `1:02:03`, with `fine` also milliseconds. */
export function elapsedText(us: number, fine = false): string {
  const total = Math.floor(us / 1_000_000);
  const two = (n: number) => String(n).padStart(2, "0");
  const text = `${Math.floor(total / 3600)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return fine ? `${text}.${String(Math.floor(us / 1000) % 1000).padStart(3, "0")}` : text;
}

/** Time since the start to the microsecond: `1:02:03.000450`. */
export function preciseText(us: number): string {
  return `${elapsedText(us)}.${String(Math.round(us) % 1_000_000).padStart(6, "0")}`;
}

/** Time of day of a moment in the run that began at `epochMs`: `09:30:00`. */
export function wallClockText(epochMs: number, us: number): string {
  return new Date(epochMs + us / 1000).toISOString().slice(11, 19);
}

/** Time that is left, rounded up: `1 h 59 min`, `4 min 05 s`, `12 s`. */
export function countdownText(us: number): string {
  const s = Math.max(0, Math.ceil(us / 1_000_000));
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, "0")} min`;
  return s >= 60 ? `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s` : `${s} s`;
}

/** A duration in the largest unit that fits: `2 h 10 min`, `1.5 s`, `20 µs`. */
export function spanText(us: number): string {
  if (us >= 3600 * SECOND_US) {
    const minutes = Math.round(us / (60 * SECOND_US));
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  if (us >= 60 * SECOND_US) return `${round(us / (60 * SECOND_US))} min`;
  if (us >= SECOND_US) return `${round(us / SECOND_US)} s`;
  return us >= 1000 ? `${round(us / 1000)} ms` : `${round(us)} µs`;
}

function round(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
