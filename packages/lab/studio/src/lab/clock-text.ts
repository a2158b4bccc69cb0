/** Times in words and figures. */

/** `1:02:03` since the start; with thousandths where `fine`. */
export function elapsedText(us: number, fine = false): string {
  const total = Math.floor(us / 1_000_000);
  const two = (n: number) => String(n).padStart(2, "0");
  const text = `${Math.floor(total / 3600)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return fine ? `${text}.${String(Math.floor(us / 1000) % 1000).padStart(3, "0")}` : text;
}

/** A time to the microsecond, without what is nothing at its front. */
export function preciseText(us: number): string {
  return `${elapsedText(us)}.${String(Math.round(us) % 1_000_000).padStart(6, "0")}`;
}

/** The wall clock of the lab's own day. */
export function wallClockText(epochMs: number, us: number): string {
  return new Date(epochMs + us / 1000).toISOString().slice(11, 19);
}

/** A countdown: `1 h 59 min`, `4 min 05 s`, `12 s`. */
export function countdownText(us: number): string {
  const s = Math.max(0, Math.ceil(us / 1_000_000));
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, "0")} min`;
  return s >= 60 ? `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s` : `${s} s`;
}
