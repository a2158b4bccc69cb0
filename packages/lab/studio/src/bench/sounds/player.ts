/** Plays the machines' sounds as the clock runs, with Web Audio. Silent while the page is hidden. */

import type { LabState } from "../../lab/machine-state.ts";
import { useLab } from "../../state/lab-view.ts";
import { usePreferences } from "../../state/preferences.ts";
import { lookOf } from "../skins/looks.ts";
import { type Note, SCORES } from "./scores.ts";
import { soundsBetween } from "./sounds-between.ts";

/** Shortest time between two sounds: at a high speed most are left out. */
const EVERY_S = 0.35;
/** The loudness of everything together. */
const VOLUME = 0.4;

let audio: AudioContext | null = null;
let playedS = Number.NEGATIVE_INFINITY;

function play(score: readonly Note[]): void {
  audio ??= new AudioContext();
  const context = audio;
  // A browser lets a page sound after the user has done something on it.
  if (context.state === "suspended") void context.resume();
  const now = context.currentTime;
  if (now - playedS < EVERY_S) return;
  playedS = now;
  for (const { atS, hz, lengthS, wave, gain } of score) {
    const oscillator = new OscillatorNode(context, { type: wave, frequency: hz });
    const loudness = new GainNode(context, { gain: 0 });
    oscillator.connect(loudness).connect(context.destination);
    loudness.gain.setValueAtTime(gain * VOLUME, now + atS);
    loudness.gain.exponentialRampToValueAtTime(0.0001, now + atS + lengthS);
    oscillator.start(now + atS);
    oscillator.stop(now + atS + lengthS);
  }
}

/** Plays the first sound that the change from `before` to `after` causes, searching the machines in the order of the desk. */
function follow(before: LabState, after: LabState): void {
  for (const lab of useLab.getState().info?.machines ?? []) {
    const [old, next] = [before.machines[lab.name], after.machines[lab.name]];
    if (old === undefined || next === undefined || old === next) continue;
    const { family } = lookOf(lab.skin);
    const [kind] = soundsBetween(old, next, family);
    if (kind === undefined) continue;
    play(SCORES[family][kind]);
    return;
  }
}

function onVisibility(): void {
  if (audio === null) return;
  if (document.visibilityState === "hidden") void audio.suspend();
  else void audio.resume();
}

let end: (() => void) | null = null;

/** Starts and ends with the preference; called again it does nothing. */
export function listenToMachines(): void {
  if (end !== null) return;
  const endLab = useLab.subscribe((now, before) => {
    // No sound when the playhead jumps or the run is replayed with other actions.
    const isSame = now.info === before.info && now.restarts === before.restarts;
    if (now.state === before.state || !now.playing || !isSame || document.visibilityState === "hidden") return;
    if (now.state && before.state) follow(before.state, now.state);
  });
  const endPreference = usePreferences.subscribe(({ sounds }) => {
    if (!sounds) end?.();
  });
  document.addEventListener("visibilitychange", onVisibility);
  end = () => {
    endLab();
    endPreference();
    document.removeEventListener("visibilitychange", onVisibility);
    void audio?.close();
    audio = null;
    end = null;
  };
}
