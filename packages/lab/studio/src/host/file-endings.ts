/** Which files the studio opens, by the ends of their names. */

export const CAPTURE_ENDINGS = ["pcapng", "pcap", "cap", "enc", "trc", "gz"];
/** `pushback` is a scenario too: an ending of one part, which every system can give to one program. */
export const SCENARIO_ENDINGS = ["yaml", "yml", "pushback"];
/** Recordings that the studio exported. */
export const RECORDING_ENDINGS = ["json"];
export const OPENED_ENDINGS = [...CAPTURE_ENDINGS, ...SCENARIO_ENDINGS, ...RECORDING_ENDINGS];

const SCENARIO_FILE = new RegExp(`\\.(${SCENARIO_ENDINGS.join("|")})$`, "i");

const RECORDING_FILE = new RegExp(`\\.(${RECORDING_ENDINGS.join("|")})$`, "i");

/** Whether a file is a scenario or a recording; every other file is opened as a capture. */
export function isTextFile(name: string): boolean {
  return SCENARIO_FILE.test(name) || RECORDING_FILE.test(name);
}

/** The name of the scenario in a file; `null` for a file of another kind. */
export function scenarioOfFile(name: string): string | null {
  return SCENARIO_FILE.test(name) ? name.replace(SCENARIO_FILE, "") : null;
}
