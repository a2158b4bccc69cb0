/** A number and what it counts: `1 frame`, `2,000 frames`. */
export function counted(n: number, what: string): string {
  return `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
}
