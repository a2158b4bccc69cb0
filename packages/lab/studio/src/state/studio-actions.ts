/** Commands of buttons, keys and menus: one function per command. */

import { DEFAULT_SCENARIO } from "@pushback/scenario";
import type { OpenedFile, StudioCommand, StudioHost } from "../host/studio-host.ts";
import { analyzerRemote, labRemote, replaceWorker } from "../worker/client.ts";
import { ARTICLE_SPEED, useLab } from "./lab-view.ts";
import { abandonLive } from "./live-control.ts";
import { parseRecording } from "./run-document.ts";
import { countedActions, currentRun, readKeptRun, reopenRun } from "./run-keeper.ts";
import { isCaptureShown, useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";
import { steerTour, tourChoices } from "./tour.ts";

async function openFreePlay(): Promise<boolean> {
  if (!(await theLab.open({ scenario: DEFAULT_SCENARIO, play: "free", seed: "1" }))) return false;
  useLab.setState({ speed: 1 });
  return true;
}

export async function startFreePlay(): Promise<void> {
  if (await openFreePlay()) useStudio.getState().set({ view: "bench" });
}

/** At the start: the run that was kept when the page was left, otherwise free play. A view that was chosen meanwhile stays. */
export async function startStudio(): Promise<void> {
  const kept = readKeptRun();
  const { view } = useStudio.getState();
  if (kept === null || !(await reopenRun(kept))) {
    await openFreePlay();
    return;
  }
  const shown = useStudio.getState();
  shown.set({
    view: shown.view === view ? kept.view : shown.view,
    notice: {
      text: `Your last run is back: ${useLab.getState().info?.title}, ${countedActions(kept.actions.length)}.`,
      kind: "info",
      action: { label: "Begin anew", run: () => void startFreePlay() },
    },
  });
}

/** Replaces the worker and brings the run back: its settings and actions are on this side, and give the same recording again. */
export async function bringRunBack(): Promise<void> {
  const run = currentRun();
  const { workersReplaced, set } = useStudio.getState();
  replaceWorker();
  const captured = await abandonLive();
  set({ workerTrouble: null, workersReplaced: workersReplaced + 1, document: "lab", captureName: null, selectedFrame: null });
  useLab.setState({ failure: null });
  if (run === null || !(await reopenRun(run))) await startFreePlay();
  if (captured !== null) tellError(`The capture on ${captured} has ended with the worker, and its frames are gone: start it again.`);
}

/** Opens a scenario of the gallery and plays it. */
export async function playScenario(id: string): Promise<void> {
  if (await theLab.open({ scenario: id, play: "scenario", seed: "1" })) {
    useStudio.getState().set({ view: "bench" });
    theLab.play(ARTICLE_SPEED);
  }
}

/** The article as a tour: the clock slows down at what matters, with a caption for each moment. */
export async function playArticle(): Promise<void> {
  const since = tourChoices();
  if (!(await theLab.open({ scenario: DEFAULT_SCENARIO, play: "scenario", seed: "1" }))) return;
  useStudio.getState().set({ view: "bench" });
  await steerTour(ARTICLE_SPEED, since);
}

/** Plays a scenario file; opens any other file as a capture. */
export async function openDocument(file: OpenedFile, openCapture: (file: OpenedFile) => Promise<void>): Promise<void> {
  if (/\.json$/i.test(file.name)) {
    theLab.pause();
    const { notice } = useStudio.getState();
    const parsed = parseRecording(new TextDecoder().decode(file.bytes));
    if (!parsed.ok) tellError(`${file.name}: ${parsed.message}`);
    else if (await reopenRun(parsed.run)) useStudio.getState().set({ view: "bench" });
    else if (useStudio.getState().notice === notice) tellError(`${file.name}: its actions do not fit its scenario`);
    return;
  }
  if (!/\.ya?ml$/i.test(file.name)) {
    theLab.pause();
    await openCapture(file);
    return;
  }
  const scenario = file.name.replace(/\.ya?ml$/i, "");
  const text = new TextDecoder().decode(file.bytes);
  if (await theLab.open({ scenario, text, play: "scenario", seed: "1" })) {
    useStudio.getState().set({ view: "bench" });
    theLab.play(ARTICLE_SPEED);
  }
}

function tellError(text: string): void {
  useStudio.getState().set({ notice: { text, kind: "error" } });
}

async function save(host: StudioHost, suggestedName: string, mediaType: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const { set } = useStudio.getState();
  try {
    if (await host.saveFile({ suggestedName, mediaType, bytes })) set({ notice: { text: `${suggestedName} saved`, kind: "info" } });
  } catch (error) {
    set({
      notice: { text: `${suggestedName} could not be saved: ${error instanceof Error ? error.message : String(error)}`, kind: "error" },
    });
  }
}

export function runName(): string {
  const { info } = useLab.getState();
  return info?.settings.play === "free" ? "free-play" : (info?.settings.scenario ?? "run");
}

function stemOf(captureName: string): string {
  return captureName.replace(/(\.(pcapng|pcap|cap|enc|trc|dmp))?(\.gz)?$/i, "");
}

/** Exports what the screen shows: a capture's frames with their comments, or those of the lab's run. */
async function exportCapture(host: StudioHost): Promise<void> {
  const state = useStudio.getState();
  if (isCaptureShown(state)) {
    await save(
      host,
      `${stemOf(state.captureName ?? "capture")}.pcapng`,
      "application/octet-stream",
      await (await analyzerRemote()).exportFrames("all"),
    );
    return;
  }
  await save(host, `${runName()}.pcapng`, "application/octet-stream", await (await labRemote()).capture());
}

async function exportRecording(host: StudioHost): Promise<void> {
  await save(host, `${runName()}.json`, "application/json", await (await labRemote()).recordingJson());
}

/** The report about what the screen shows: the diagnosis of a capture, or the comparison of the lab's run. */
async function saveReport(host: StudioHost): Promise<void> {
  const state = useStudio.getState();
  if (isCaptureShown(state)) {
    const name = state.captureName ?? "capture";
    const html = await (await analyzerRemote()).diagnosisReport(name);
    if (html !== null) await save(host, `${stemOf(name)}-diagnosis.html`, "text/html", html);
    return;
  }
  await save(host, `${useLab.getState().info?.settings.scenario ?? "run"}-report.html`, "text/html", await (await labRemote()).report());
}

/** Commands about the lab's run, and why they do nothing while a capture is on the screen. */
const OF_THE_LAB: Partial<Readonly<Record<StudioCommand, string>>> = {
  "export-recording": "has no recording to export: recordings are of runs in the lab",
  "play-pause": "is a capture: nothing plays in it",
};

export function runCommand(command: StudioCommand, host: StudioHost, openCapture: (file: OpenedFile) => Promise<void>): void {
  const { captureName, set, ...shown } = useStudio.getState();
  const why = OF_THE_LAB[command];
  if (why !== undefined && isCaptureShown(shown)) {
    set({ notice: { text: `${captureName} ${why}`, kind: "info" } });
    return;
  }
  switch (command) {
    case "open":
      void host.openFile().then((file) => file && openDocument(file, openCapture));
      break;
    case "export-capture":
      void exportCapture(host);
      break;
    case "export-recording":
      void exportRecording(host);
      break;
    case "report":
      void saveReport(host);
      break;
    case "play-article":
      void playArticle();
      break;
    case "free-play":
      void startFreePlay();
      break;
    case "play-pause":
      if (useLab.getState().playing) theLab.pause();
      else theLab.play();
      break;
    case "view-bench":
      set({ view: "bench" });
      break;
    case "view-timeline":
      set({ view: "timeline" });
      break;
    case "view-monitor":
      set({ view: "monitor" });
      break;
    case "view-comparison":
      set({ view: "comparison" });
      break;
  }
}
