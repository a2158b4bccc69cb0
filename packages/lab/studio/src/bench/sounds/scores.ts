/** The machines' sounds as notes, composed for this project: nothing is recorded. */

import type { Look } from "../skins/looks.ts";

export interface Note {
  /** Start of the note in seconds, from the start of the sound. */
  readonly atS: number;
  readonly hz: number;
  readonly lengthS: number;
  readonly wave: OscillatorType;
  /** Loudness at its start, from 0 to 1; it fades to nothing. */
  readonly gain: number;
}

export const SOUND_KINDS = ["startup", "mail", "error"] as const;
export type SoundKind = (typeof SOUND_KINDS)[number];

const note = (atS: number, hz: number, lengthS: number, wave: OscillatorType, gain: number): Note => ({ atS, hz, lengthS, wave, gain });
const chord = (atS: number, hzs: readonly number[], lengthS: number, wave: OscillatorType, gain: number): Note[] =>
  hzs.map((hz) => note(atS, hz, lengthS, wave, gain / hzs.length));

/** The speaker of a PC without a sound card: square waves alone. */
const BEEPS: Readonly<Record<SoundKind, readonly Note[]>> = {
  startup: [note(0, 1000, 0.12, "square", 0.12)],
  mail: [note(0, 880, 0.08, "square", 0.1), note(0.12, 1175, 0.1, "square", 0.1)],
  error: [note(0, 220, 0.3, "square", 0.12)],
};

const WINDOWS_3: Readonly<Record<SoundKind, readonly Note[]>> = {
  startup: [...chord(0, [262, 330, 392], 0.7, "triangle", 0.5), ...chord(0.25, [523, 659], 0.9, "triangle", 0.4)],
  mail: [note(0, 1319, 0.6, "sine", 0.35), note(0, 2638, 0.3, "sine", 0.1)],
  error: chord(0, [147, 175, 208], 0.5, "triangle", 0.5),
};

const TASK_BAR: Readonly<Record<SoundKind, readonly Note[]>> = {
  startup: [
    note(0, 311, 1.6, "triangle", 0.2),
    note(0.25, 466, 1.6, "triangle", 0.2),
    note(0.5, 622, 1.8, "sine", 0.25),
    ...chord(0.9, [156, 392, 784, 932], 2.4, "sine", 0.5),
  ],
  mail: [note(0, 988, 0.4, "sine", 0.3), note(0.14, 1319, 0.7, "sine", 0.3)],
  error: [...chord(0, [131, 156], 0.6, "triangle", 0.4), note(0.02, 311, 0.4, "sine", 0.15)],
};

const MACINTOSH: Readonly<Record<SoundKind, readonly Note[]>> = {
  // At the self test, long before there is a desktop.
  startup: chord(0, [131, 165, 196, 262, 330], 2.2, "triangle", 0.7),
  mail: [note(0, 784, 0.15, "triangle", 0.3), note(0.16, 1047, 0.35, "triangle", 0.3)],
  error: [note(0, 415, 0.12, "sawtooth", 0.15), note(0.13, 311, 0.22, "sawtooth", 0.15)],
};

export const SCORES: Readonly<Record<Look["family"], Readonly<Record<SoundKind, readonly Note[]>>>> = {
  "text-80x25": BEEPS,
  "windows-3": WINDOWS_3,
  "windows-95": TASK_BAR,
  "windows-nt": { ...TASK_BAR, startup: [...chord(0, [233, 349, 466], 1.4, "triangle", 0.5), note(0.5, 698, 1.4, "sine", 0.2)] },
  platinum: MACINTOSH,
  "system-7": { ...MACINTOSH, startup: chord(0, [175, 220, 262, 349], 1.6, "square", 0.25) },
};
