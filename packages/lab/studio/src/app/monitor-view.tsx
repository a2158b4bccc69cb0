/** The monitor, looking at the lab's frames or at those of the capture that is shown. */

import { useEffect, useState } from "react";
import type { StudioHost } from "../host/studio-host.ts";
import { Monitor } from "../monitor/index.ts";
import { closeNow } from "../state/closing.ts";
import { analyzerOf, changeCapture, noteComment } from "../state/documents.ts";
import { selectFrame } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { stopLive, useLive } from "../state/live-control.ts";
import { keyNameOf, singleCommand, usePreferences } from "../state/preferences.ts";
import { type CaptureDocument, shownCapture, useStudio } from "../state/studio-store.ts";
import { recording } from "../state/the-lab.ts";
import type { AnalyzerRemote } from "../worker/client.ts";

export function MonitorView({ host }: { readonly host: StudioHost }) {
  const capture = useStudio(shownCapture);
  const labFrame = useStudio((s) => s.selectedFrame);
  const filterRequest = useStudio((s) => s.filterRequest);
  const workersReplaced = useStudio((s) => s.workersReplaced);
  const preferences = usePreferences();
  const restarts = useLab((lab) => lab.restarts);
  useLab((lab) => lab.version);
  const id = capture?.id ?? null;
  // When the lab's worker is replaced, its analyzer is replaced too.
  const analyzer = useAnalyzer(id, id === null ? workersReplaced : 0);
  if (!analyzer) return null;
  return (
    <div className="monitor-view">
      {capture && <CaptureBar capture={capture} />}
      <div className="monitor-place">
        <Monitor
          key={id ?? "lab"}
          analyzer={analyzer as never}
          selectedFrame={capture ? capture.selectedFrame : labFrame}
          onSelectFrame={capture ? (frame) => changeCapture(capture.id, { selectedFrame: frame }) : selectFrame}
          frameCount={capture ? (capture.frames ?? 0) : recording.frameCount}
          documentKey={capture ? capture.id : `lab/${restarts}`}
          filterRequest={capture ? null : filterRequest}
          answerFirst={capture !== null}
          singleCommand={singleCommand}
          keyName={(command) => keyNameOf(command, preferences)}
          onComment={() => noteComment(id)}
          onSaveFile={(name, bytes) => void host.saveFile({ suggestedName: name, mediaType: "application/octet-stream", bytes })}
        />
      </div>
    </div>
  );
}

/** The analyzer of a document; `null` until its worker has started. */
function useAnalyzer(id: number | null, serial: number): AnalyzerRemote | null {
  const [found, setFound] = useState<{ readonly of: string; readonly analyzer: AnalyzerRemote } | null>(null);
  const wanted = `${id}/${serial}`;
  useEffect(() => {
    let isWanted = true;
    void analyzerOf(id).then((analyzer) => isWanted && setFound({ of: wanted, analyzer }));
    return () => {
      isWanted = false;
    };
  }, [id, wanted]);
  return found?.of === wanted ? found.analyzer : null;
}

/** Bar above a live capture, or above a capture whose worker has failed. */
function CaptureBar({ capture: { id, name, frames, isLive, trouble } }: { readonly capture: CaptureDocument }) {
  const isRunning = useLive((live) => live.running === id);
  if (trouble !== null)
    return (
      <p className="failure" role="alert">
        The worker of {name} {trouble}. Close it, and open it again: the lab and other captures are not affected.{" "}
        <button type="button" className="button small" onClick={() => void closeNow(id)}>
          Close {name}
        </button>
      </p>
    );
  if (!isLive) return null;
  return (
    <div className="capture-bar">
      <span>
        {isRunning ? "Capturing on" : "Captured on"} <b>{name}</b>, {(frames ?? 0).toLocaleString("en")} frames
      </span>
      {isRunning && (
        <button type="button" className="button small" onClick={() => void stopLive()}>
          Stop capturing
        </button>
      )}
    </div>
  );
}
