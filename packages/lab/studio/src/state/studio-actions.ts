/** Commands of buttons, keys and menus: one function per command. */

import { DEFAULT_SCENARIO } from "@pushback/scenario";
import { captureStem } from "../analyzer/capture-stem.ts";
import { UNREADABLE_FILE } from "../analyzer/load-capture.ts";
import { isTextFile, type OpenedFile, type StudioCommand, type StudioHost, scenarioOfFile, sizeOf, textOf } from "../host/studio-host.ts";
import type { LabSettings, RunPlace } from "../lab/lab-types.ts";
import { labRemote, replaceLabWorker } from "../worker/client.ts";
import { type Address, isSameRun, parseAddress } from "./address.ts";
import { captureOfEntry, followInRun, isAwaited, linkToHere, type MissingCapture, runOfEntry, tellMissing } from "./address-keeper.ts";
import { closeShown, noteExport } from "./closing.ts";
import { analyzerOf, endSpare, expectCapture, openCapture } from "./documents.ts";
import { fileKeyOf } from "./file-key.ts";
import { bringGuideBack, currentGuide, readGuide, restoreGuide } from "./guide-keeper.ts";
import type { OpenOutcome } from "./lab-control.ts";
import { ARTICLE_SPEED, ownSpeed, useLab } from "./lab-view.ts";
import { parseRecording, parseSavedScenario, type RunDocument } from "./run-document.ts";
import {
  currentRun,
  hasWork,
  offerBack,
  putOthersAside,
  readKeptRun,
  readOtherRuns,
  reopenRun,
  tellOfOpenRun,
  workText,
} from "./run-keeper.ts";
import { type CaptureDocument, shownCapture, showView, tellFileProblem, useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";
import { speedChoices, steerTour, suggestSpeed } from "./tour.ts";

async function openFreePlay(): Promise<OpenOutcome> {
  const since = speedChoices();
  const settings: LabSettings = { scenario: DEFAULT_SCENARIO, play: "free", seed: "1" };
  const outcome = await theLab.open(settings);
  if (outcome === "shown") suggestSpeed(ownSpeed(settings), since);
  return outcome;
}

const isOpen = (outcome: OpenOutcome): boolean => outcome === "shown" || outcome === "behind";

export async function startFreePlay(): Promise<void> {
  if ((await openFreePlay()) === "shown") useStudio.getState().set({ view: "bench" });
}

/**
 * The run that the page's address asks for: as its entry of the history has it after a reload, otherwise as the address says. The text of a scenario
 * file is in no address: a run that was kept may have it.
 */
function runOfAddress(
  { settings, actions, timeUs }: Address,
  kept: readonly RunDocument[],
): (Omit<RunDocument, "timeUs"> & { readonly timeUs: number | null }) | null {
  if (settings === null) return null;
  const own = [runOfEntry(), ...kept.filter((run) => run.settings.text !== undefined)].find(
    (run) => run && isSameRun(run.settings, settings),
  );
  if (own) return { ...own, timeUs: timeUs ?? own.timeUs };
  return { settings, actions, bookmarks: [], timeUs: timeUs ?? actions.at(-1)?.atUs ?? null, view: "bench" };
}

/** At the start: the run of the address, else the run that was kept when the page was left, else free play. A view that was chosen meanwhile stays. */
export async function startStudio(host: StudioHost): Promise<void> {
  const [kept, others] = [readKeptRun(), readOtherRuns()];
  const guide = readGuide();
  const { view } = useStudio.getState();
  const parsed = parseAddress(location.hash);
  const address = parsed.ok ? parsed.address : null;
  const wanted = address && runOfAddress(address, [...(kept === null ? [] : [kept]), ...others.map(({ run }) => run)]);
  const isBack = history.state !== null || wanted?.settings.text !== undefined;
  let problem = parsed.ok ? null : parsed.message;
  let opened: RunDocument | null = null;
  let outcome: OpenOutcome = "refused";
  if (wanted !== null) {
    const { timeUs } = wanted;
    const refuse = (message: string): void => {
      problem = `The address can’t be followed: ${message}.`;
    };
    outcome = timeUs === null ? await theLab.open(wanted.settings, null, refuse) : await reopenRun({ ...wanted, timeUs }, refuse);
    if (isOpen(outcome)) opened = { ...wanted, timeUs: timeUs ?? 0 };
  }
  if (outcome === "refused" && kept !== null) {
    outcome = await reopenRun(kept);
    if (isOpen(outcome)) opened = kept;
  }
  if (outcome === "refused") outcome = await openFreePlay();
  const shown = useStudio.getState();
  const isOther = shown.view !== view;
  if (opened !== null && !isOther) shown.set({ view: opened.view });
  if (opened !== null && guide !== null) void bringGuideBack(guide);
  const other = kept !== null && opened !== kept ? kept : (others[0]?.run ?? null);
  const isBackNow = opened !== null && hasWork(opened) && (opened === kept || isBack);
  const untold = others.filter(({ run, isAside }) => !isAside && run !== opened && (isBackNow || run !== other)).length;
  const more = untold === 0 ? "" : ` ${untold === 1 ? "A run of another tab is" : `${untold} runs of other tabs are`} in the menu “File”.`;
  if (opened !== null && isBackNow) {
    const text = `Your last run is back: ${useLab.getState().info?.title}, ${workText(opened)}.${more}`;
    tellOfOpenRun(text, { label: "Begin anew", run: () => void startFreePlay() });
  } else if (other !== null) {
    offerBack(other, `Your last run is put aside: ${other.settings.scenario}, ${workText(other)}.${more}`);
  }
  putOthersAside();
  if (address !== null && problem === null && outcome !== "overtaken")
    await followInRun(isOther ? { ...address, view: null } : address, captureOfEntry(history.state), (missing) => {
      // The page is loading this capture already.
      if (new URL(location.href).searchParams.get("open") !== missing.fileName) void findCapture(host, missing);
    });
  if (problem !== null) tellError(problem);
}

/** Opens a capture that is not open: from the recent files if they have this very file, otherwise the user is asked to choose it. */
export async function findCapture(host: StudioHost, missing: MissingCapture): Promise<void> {
  const file = await recentFileOf(host, missing);
  // The user may have gone to another place meanwhile.
  if (!isAwaited(missing)) return;
  if (file !== null) await openCapture(file);
  else tellMissing({ label: "Open…", run: () => void host.openFiles() });
}

/** The recent file with this content. Without a key, the only recent file of this name. `null` if there is none. */
async function recentFileOf(host: StudioHost, { fileName, capture }: MissingCapture): Promise<OpenedFile | null> {
  const named = (await host.recentFiles().catch(() => [])).filter(({ name }) => name === fileName);
  if (capture === null && named.length > 1) return null;
  for (const { id } of named) {
    try {
      const file = await host.openRecent(id);
      if (file !== null && (capture === null || (await fileKeyOf(file)) === capture.fileKey)) return file;
    } catch {
      // This recent file no longer exists, or it was changed.
    }
  }
  return null;
}

/** The runs that are kept beside the open one, the latest first, with functions that open them. */
export function otherRuns(): readonly { readonly title: string; readonly isAside: boolean; bringBack(): void }[] {
  return readOtherRuns().map(({ run, isAside }) => ({
    isAside,
    title: `${run.settings.scenario}, ${workText(run)}`,
    bringBack: () =>
      void reopenRun(run, (message) => tellError(`The run was not brought back: ${message}.`)).then((outcome) => {
        if (outcome === "shown") useStudio.getState().set({ view: run.view });
      }),
  }));
}

/** Copies the link to what is shown now. The desktop app has no address that others could open. */
export async function copyLink(): Promise<void> {
  const { link, remark } = linkToHere();
  if (link === null) {
    tellError(remark ?? "");
    return;
  }
  try {
    await navigator.clipboard.writeText(link);
    useStudio.getState().set({ notice: { text: `The link is copied.${remark === null ? "" : ` ${remark}`}`, kind: "info" } });
  } catch {
    tellError(`The browser does not let the page copy. The link is ${link}`);
  }
}

/** Replaces the lab's worker and repeats the run in the new one: the page has the settings and actions, which give the same recording again. */
export async function bringRunBack(): Promise<void> {
  const [run, guide] = [currentRun(), currentGuide()];
  const { workersReplaced, set } = useStudio.getState();
  replaceLabWorker();
  set({ workersReplaced: workersReplaced + 1, selectedFrame: null });
  const outcome = run === null ? "refused" : await reopenRun(run, tellError);
  if (outcome === "refused") await startFreePlay();
  else if (outcome !== "overtaken") void restoreGuide(guide);
  // While the worker had failed, the machines showed the last state of the run, and actions were refused.
  set({ workerTrouble: null });
  useLab.setState({ failure: null });
}

/** Opens a scenario and plays it on the bench. */
async function openAndPlay(settings: LabSettings, refuse?: (fault: string) => void): Promise<void> {
  const since = speedChoices();
  if ((await theLab.open(settings, null, refuse)) !== "shown") return;
  useStudio.getState().set({ view: "bench" });
  suggestSpeed(ownSpeed(settings), since);
  theLab.play();
}

/** Opens a scenario of the gallery and plays it. */
export function playScenario(id: string): Promise<void> {
  return openAndPlay({ scenario: id, play: "scenario", seed: "1" });
}

/** Plays the article as a tour: the clock slows down at important moments, each of which has a caption. */
export async function playArticle(): Promise<void> {
  const since = speedChoices();
  if ((await theLab.open({ scenario: DEFAULT_SCENARIO, play: "scenario", seed: "1" })) !== "shown") return;
  useStudio.getState().set({ view: "bench" });
  await steerTour(ARTICLE_SPEED, since);
}

/** Text of an opened file; `null`, after a message to the user, if it can no longer be read. */
async function readText(file: OpenedFile): Promise<string | null> {
  try {
    return await textOf(file);
  } catch {
    tellFileProblem(`${file.name}: ${UNREADABLE_FILE}`);
    return null;
  }
}

/** Plays a scenario file; opens any other file as a capture. */
export async function openDocument(file: OpenedFile): Promise<void> {
  const scenario = scenarioOfFile(file.name);
  const isEmpty = sizeOf(file) === 0;
  if (!isEmpty && !isTextFile(file.name)) {
    theLab.pause();
    await openCapture(file);
    return;
  }
  endSpare();
  if (isEmpty) {
    tellFileProblem(`${file.name}: the file is empty`);
    return;
  }
  const text = await readText(file);
  if (text === null) return;
  if (scenario === null) {
    theLab.pause();
    const refuse = (message: string) => tellFileProblem(`${file.name}: ${message}`);
    const parsed = parseRecording(text);
    if (!parsed.ok) refuse(parsed.message);
    else if ((await reopenRun(parsed.run, refuse)) === "shown") {
      useStudio.getState().set({ view: parsed.run.view });
      const { info } = useLab.getState();
      if (info !== null && !parsed.isOf(info))
        refuse(`was recorded with another scenario called “${info.settings.scenario}” than the gallery’s, which is shown: open its file`);
    }
    return;
  }
  // The fault begins with the scenario's name, line and column.
  const refuse = (fault: string) => tellFileProblem(`${file.name}${fault.slice(scenario.length)}`);
  const saved = parseSavedScenario(scenario, text);
  if (saved !== null) {
    if ((await reopenRun(saved, refuse)) === "shown") useStudio.getState().set({ view: saved.view });
    return;
  }
  await openAndPlay({ scenario, text, play: "scenario", seed: "1" }, refuse);
}

function tellError(text: string): void {
  useStudio.getState().set({ notice: { text, kind: "error" } });
}

/** Whether the file was saved. */
async function save(host: StudioHost, suggestedName: string, mediaType: string, content: Uint8Array | string): Promise<boolean> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const { set } = useStudio.getState();
  try {
    const isSaved = await host.saveFile({ suggestedName, mediaType, bytes });
    if (isSaved) set({ notice: { text: `${suggestedName} saved`, kind: "info" } });
    return isSaved;
  } catch (error) {
    set({
      notice: { text: `${suggestedName} could not be saved: ${error instanceof Error ? error.message : String(error)}`, kind: "error" },
    });
    return false;
  }
}

function runName(): string {
  const { info } = useLab.getState();
  return info?.settings.play === "free" ? "free-play" : (info?.settings.scenario ?? "run");
}

/** Base of the file names for exports: the name of the shown capture or run. */
export function shownStem(): string {
  const capture = shownCapture(useStudio.getState());
  return capture === null ? runName() : captureStem(capture.name);
}

/** Exports the frames of the shown document, a capture or the lab's run, with their comments. */
async function exportCapture(host: StudioHost): Promise<void> {
  const capture = shownCapture(useStudio.getState());
  if (capture !== null) {
    await exportOpenCapture(host, capture);
    return;
  }
  const { labComments, set } = useStudio.getState();
  const isSaved = await save(host, `${runName()}.pcapng`, "application/octet-stream", await (await labRemote()).capture());
  if (isSaved && useStudio.getState().labComments === labComments) set({ labComments: 0 });
}

/** Saves all frames of a capture with their comments. */
export async function exportOpenCapture(host: StudioHost, { id, name }: Pick<CaptureDocument, "id" | "name">): Promise<void> {
  const capture = useStudio.getState().captures.find((one) => one.id === id);
  const bytes = await (await analyzerOf(id)).exportFrames("all");
  if ((await save(host, `${captureStem(name)}.pcapng`, "application/octet-stream", bytes)) && capture) noteExport(capture);
}

function placeNow(): RunPlace {
  const { timeUs, view } = useStudio.getState();
  return { bookmarks: useLab.getState().bookmarks, timeUs: Math.round(timeUs), view };
}

async function exportRecording(host: StudioHost): Promise<void> {
  await save(host, `${runName()}.json`, "application/json", await (await labRemote()).recordingJson(placeNow()));
}

/** Saves the run as a scenario file. A run of the gallery's scenario gets another name, because the file is not the gallery's scenario any more. */
async function saveScenario(host: StudioHost): Promise<void> {
  const settings = useLab.getState().info?.settings;
  const name = settings?.play === "scenario" && settings.text === undefined ? `${runName()}-saved` : runName();
  const saved = await (await labRemote()).scenarioText(name, placeNow());
  if (saved.ok) await save(host, `${name}.yaml`, "application/yaml", saved.text);
  else tellError(`No scenario file was saved: ${saved.message}`);
}

/** Saves the report on the shown document: the diagnosis of a capture, or the comparison of the lab's run. */
async function saveReport(host: StudioHost): Promise<void> {
  const capture = shownCapture(useStudio.getState());
  if (capture !== null) {
    const { id, name } = capture;
    const html = await (await analyzerOf(id)).diagnosisReport(name);
    if (html !== null) await save(host, `${captureStem(name)}-diagnosis.html`, "text/html", html);
    return;
  }
  await save(host, `${runName()}-report.html`, "text/html", await (await labRemote()).report());
}

/** Commands about the lab's run, and why they do nothing while a capture is on the screen. */
const OF_THE_LAB: Partial<Readonly<Record<StudioCommand, string>>> = {
  "export-recording": "has no recording to export: recordings are of runs in the lab",
  "save-scenario": "is a capture: only runs in the lab are saved as scenario files",
  "play-pause": "is a capture: nothing plays in it",
};

/** Runs a command; if it fails, shows a one-line error message that begins with `what`. */
export function attempt(what: string, command: () => Promise<unknown>): void {
  command().catch((error: unknown) => tellError(`${what}: ${error instanceof Error ? error.message : String(error)}`));
}

export function runCommand(command: StudioCommand, host: StudioHost): void {
  const { set, ...state } = useStudio.getState();
  const capture = shownCapture(state);
  const why = OF_THE_LAB[command];
  if (why !== undefined && capture !== null) {
    set({ notice: { text: `${capture.name} ${why}`, kind: "info" } });
    return;
  }
  switch (command) {
    case "open":
      attempt("Nothing was opened", () => {
        expectCapture();
        return host.openFiles();
      });
      break;
    case "close":
      closeShown();
      break;
    case "export-capture":
      attempt("The capture was not exported", () => exportCapture(host));
      break;
    case "export-recording":
      attempt("The recording was not exported", () => exportRecording(host));
      break;
    case "save-scenario":
      attempt("No scenario file was saved", () => saveScenario(host));
      break;
    case "report":
      attempt("The report was not saved", () => saveReport(host));
      break;
    case "play-article":
      attempt("The article was not opened", playArticle);
      break;
    case "free-play":
      attempt("Free play was not opened", startFreePlay);
      break;
    case "play-pause":
      if (useLab.getState().playing) theLab.pause();
      else theLab.play();
      break;
    case "view-bench":
      showView("bench");
      break;
    case "view-timeline":
      showView("timeline");
      break;
    case "view-monitor":
      showView("monitor");
      break;
    case "view-comparison":
      showView("comparison");
      break;
  }
}
