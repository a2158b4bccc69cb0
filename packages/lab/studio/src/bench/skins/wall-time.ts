/** A message's time as the lists of that time show it. */
export function wallTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

/** Time of day as the corner of a task bar shows it. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  const hours = date.getUTCHours();
  return `${hours % 12 === 0 ? 12 : hours % 12}:${String(date.getUTCMinutes()).padStart(2, "0")} ${hours < 12 ? "AM" : "PM"}`;
}
