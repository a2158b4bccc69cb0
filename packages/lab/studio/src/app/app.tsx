/** The studio's frame: header, the view, the transport below it. */

import { lazy, Suspense, useEffect, useState } from "react";
import { Bench } from "../bench/bench.tsx";
import type { OpenedFile, StudioHost } from "../host/studio-host.ts";
import { useLab } from "../state/lab-view.ts";
import "./app.css";
import { keepAddress } from "../state/address-keeper.ts";
import { expectDroppedCaptures, pauseBehindCaptures } from "../state/documents.ts";
import { keepGuide } from "../state/guide-keeper.ts";
import { keepRun } from "../state/run-keeper.ts";
import { bringRunBack, findCapture, openDocument, runCommand, startStudio } from "../state/studio-actions.ts";
import { shownCapture, shownView, tellFileProblem, useStudio, VIEW_NAMES, type View } from "../state/studio-store.ts";
import { directTour } from "../state/tour.ts";
import { watchWorkers } from "../worker/client.ts";
import { Announcer } from "./announcer.tsx";
import { ClosingDialog } from "./closing-dialog.tsx";
import { DocumentTabs } from "./document-tabs.tsx";
import { Header } from "./header.tsx";
import { keepFocus } from "./keep-focus.ts";
import { listenToKeys } from "./keyboard.ts";
import { LessonBar } from "./lesson-bar.tsx";
import { TourBar } from "./tour-bar.tsx";
import { Transport } from "./transport.tsx";
import { ViewBoundary } from "./view-boundary.tsx";

export function App({ host }: { readonly host: StudioHost }) {
  const view = useStudio(shownView);
  const failure = useLab((lab) => lab.failure);
  const trouble = useStudio((s) => s.workerTrouble);
  const workersReplaced = useStudio((s) => s.workersReplaced);
  const capture = useStudio(shownCapture);

  useEffect(() => {
    // A file given at start is opened after the default run is ready, so that the run does not replace it.
    const started = startStudio(host);
    let endAddress = (): void => {};
    let isHere = true;
    void started.then(() => {
      if (isHere) endAddress = keepAddress((missing) => void findCapture(host, missing));
    });
    void started.then(() => requestIdleCallback(readOtherViews));
    const open = (file: OpenedFile) => void started.then(() => openDocument(file));
    const ends = [
      host.onFile(open),
      host.onFileProblem(tellFileProblem),
      host.onCommand((command) => runCommand(command, host)),
      listenToKeys(),
      keepFocus(),
      keepRun(),
      pauseBehindCaptures(),
      expectDroppedCaptures(),
      directTour(),
      keepGuide(),
      watchWorkers((workerTrouble) => useStudio.getState().set({ workerTrouble })),
    ];
    return () => {
      isHere = false;
      endAddress();
      for (const end of ends) end();
    };
  }, [host]);

  return (
    <div className="studio">
      <Header host={host} />
      <div className="above-view">
        <TourBar />
        <LessonBar />
        <DocumentTabs />
        {failure !== null && (
          <p className="failure" role="alert">
            The lab has stopped: {failure}. <BringBack /> or start another with “Free play”.
          </p>
        )}
        {failure === null && trouble !== null && (
          <p className="failure" role="alert">
            The lab’s worker {trouble}. The run with its actions is kept. <BringBack />
          </p>
        )}
      </div>
      <main className="view" id="view" aria-label={capture ? `${VIEW_NAMES[view]}: ${capture.name}` : VIEW_NAMES[view]}>
        <ViewBoundary key={`${view}/${capture?.id ?? `lab/${workersReplaced}`}`} name={VIEW_NAMES[view].toLowerCase()}>
          <Suspense fallback={null}>
            <CurrentView view={view} host={host} />
          </Suspense>
        </ViewBoundary>
      </main>
      {!capture && <Transport />}
      <Notice />
      <Announcer />
      <ClosingDialog host={host} />
    </div>
  );
}

function BringBack() {
  return (
    <button type="button" className="button small" onClick={() => void bringRunBack()}>
      Bring the run back
    </button>
  );
}

// The bench is shown first; the other views load in the background.
const loadTimeline = () => import("../timeline/timeline.tsx");
const loadMonitor = () => import("./monitor-view.tsx");
const loadComparison = () => import("../comparison/comparison.tsx");
const Timeline = lazy(() => loadTimeline().then((module) => ({ default: module.Timeline })));
const MonitorView = lazy(() => loadMonitor().then((module) => ({ default: module.MonitorView })));
const Comparison = lazy(() => loadComparison().then((module) => ({ default: module.Comparison })));

function readOtherViews(): void {
  for (const load of [loadTimeline, loadMonitor, loadComparison]) void load();
}

function CurrentView({ view, host }: { readonly view: View; readonly host: StudioHost }) {
  switch (view) {
    case "bench":
      return <Bench />;
    case "timeline":
      return <Timeline />;
    case "monitor":
      return <MonitorView host={host} />;
    case "comparison":
      return <Comparison host={host} />;
  }
}

/** How many values there have been. As a key it makes the browser tell a screen reader of a text that is the same as before. */
function useCountOf(value: unknown): number {
  const [seen, setSeen] = useState({ value, count: 0 });
  if (seen.value !== value) setSeen({ value, count: seen.count + 1 });
  return seen.count;
}

const NOTICE_MS = 6000;

/** Shows what is wrong with files until it is dismissed, and the latest notice for some seconds. */
function Notice() {
  const notice = useStudio((s) => s.notice);
  const fileProblems = useStudio((s) => s.fileProblems);
  const set = useStudio((s) => s.set);
  const count = useCountOf(notice);
  useEffect(() => {
    if (!notice || notice.kind === "error" || notice.action) return;
    const timer = setTimeout(() => set({ notice: null }), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice, set]);
  return (
    <div className="notice-place" role="status" aria-live="polite">
      {fileProblems.length > 0 && (
        <div className="notice error">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what has the focus */}
          <section className="notice-lines" aria-label="Files that were not opened" tabIndex={0}>
            <ul>
              {fileProblems.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
          <button type="button" className="button quiet small" onClick={() => set({ fileProblems: [] })}>
            Dismiss
          </button>
        </div>
      )}
      {notice && (
        <div className={`notice ${notice.kind}`}>
          <span key={count}>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              className="button small"
              onClick={() => {
                set({ notice: null });
                notice.action?.run();
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" className="button quiet small" onClick={() => set({ notice: null })}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
