/** A message's time as the lists of that time show it. */
export function wallTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
