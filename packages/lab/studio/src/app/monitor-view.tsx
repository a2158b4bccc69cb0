/** The monitor, looking at the lab's frames or at a capture's. */

import { useEffect, useState } from "react";
import type { StudioHost } from "../host/studio-host.ts";
import { Monitor } from "../monitor/index.ts";
import { selectFrame } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { stopLive, useLive } from "../state/live-control.ts";
import { usePreferences } from "../state/preferences.ts";
import { askForDocument, useStudio } from "../state/studio-store.ts";
import { recording } from "../state/the-lab.ts";
import { type AnalyzerRemote, analyzerRemote, workerRemote } from "../worker/client.ts";

async function backToLab(): Promise<void> {
  askForDocument();
  await stopLive();
  await workerRemote().showLab();
  useStudio.getState().set({ document: "lab", captureName: null, selectedFrame: null });
}

export function MonitorView({ host }: { readonly host: StudioHost }) {
  const [analyzer, setAnalyzer] = useState<AnalyzerRemote | null>(null);
  const document = useStudio((s) => s.document);
  const captureName = useStudio((s) => s.captureName);
  const captureSerial = useStudio((s) => s.captureSerial);
  const captureFrames = useStudio((s) => s.captureFrames);
  const selectedFrame = useStudio((s) => s.selectedFrame);
  const filterRequest = useStudio((s) => s.filterRequest);
  const live = useLive();
  const singleKeys = usePreferences((p) => p.singleKeys);
  const restarts = useLab((lab) => lab.restarts);
  useLab((lab) => lab.version);
  useEffect(() => {
    // A remote is a function to React: set it by one.
    void analyzerRemote().then((remote) => setAnalyzer(() => remote));
  }, []);
  if (!analyzer) return null;
  const isCapture = document === "capture";
  return (
    <div className="monitor-view">
      {isCapture && (
        <div className="capture-bar">
          <span>
            {live.running ? "Capturing on" : "Capture"} <b>{captureName}</b>
            {live.serial > 0 && live.name === captureName && `, ${captureFrames.toLocaleString("en")} frames`}
          </span>
          {live.running && (
            <button type="button" className="button small" onClick={() => void stopLive()}>
              Stop capturing
            </button>
          )}
          <button type="button" className="button small" onClick={() => void backToLab()}>
            Back to the lab’s frames
          </button>
        </div>
      )}
      <div className="monitor-place">
        <Monitor
          analyzer={analyzer as never}
          selectedFrame={selectedFrame}
          onSelectFrame={isCapture ? (frame) => useStudio.getState().set({ selectedFrame: frame }) : selectFrame}
          frameCount={isCapture ? captureFrames : recording.frameCount}
          documentKey={isCapture ? `capture/${captureSerial}/${live.serial}` : `lab/${restarts}`}
          filterRequest={filterRequest}
          answerFirst={isCapture}
          singleKeys={singleKeys}
          onSaveFile={(name, bytes) => void host.saveFile({ suggestedName: name, mediaType: "application/octet-stream", bytes })}
        />
      </div>
    </div>
  );
}
