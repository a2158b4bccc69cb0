/** What a frame that a machine sent looks like, in the terms of fingerprint databases. */

export const be16 = (b: Uint8Array, at: number): number => (b[at] << 8) | b[at + 1];
export const be32 = (b: Uint8Array, at: number): number => be16(b, at) * 65536 + be16(b, at + 2);
export const hex = (n: number, digits = 1): string => n.toString(16).toUpperCase().padStart(digits, "0");

const FLAGS = "FSRPAU";

/** Options of a segment in order: M and W with their values, S, T, N, E. */
export function optionsOf(frame: Uint8Array): string[] {
  const options: string[] = [];
  const end = 34 + (frame[46] >>> 4) * 4;
  for (let i = 54; i < end; i += frame[i] < 2 ? 1 : frame[i + 1]) {
    const kind = frame[i];
    if (kind === 0) {
      options.push("E");
      break;
    }
    options.push(kind === 1 ? "N" : kind === 2 ? `M${be16(frame, i + 2)}` : kind === 3 ? `W${frame[i + 2]}` : kind === 4 ? "S" : "T");
  }
  return options;
}

/** Flags as nmap's first database writes them: those that are set, acknowledgment first. */
export function flagsOf(frame: Uint8Array): string {
  return ["A", "P", "R", "S", "F", "U"].filter((letter) => frame[47] & (1 << FLAGS.indexOf(letter))).join("");
}

export const isDontFragment = (frame: Uint8Array): boolean => (frame[20] & 0x40) !== 0;

/** Text that a segment carries, as ASCII. */
export function textOf(frame: Uint8Array): string {
  return String.fromCharCode(...frame.slice(34 + (frame[46] >>> 4) * 4, 14 + be16(frame, 16)));
}
