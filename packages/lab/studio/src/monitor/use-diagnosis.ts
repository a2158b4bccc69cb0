/** Runs the diagnosis of the frames: on request, and by itself once its panel is open and there are frames. It can be stopped. */

import { proxy } from "comlink";
import { useCallback, useEffect, useRef, useState } from "react";
import type { DiagnosisView } from "../analyzer/analyzer-api.ts";
import { answerFor } from "./answer-for.ts";
import type { AnalyzerClient, MonitorModel } from "./monitor-model.ts";

export interface MonitorDiagnosis {
  /** The diagnosis; `null` before the first one, and after a stop, because a stopped diagnosis has no result. */
  readonly diagnosis: DiagnosisView | null;
  /** Share of the frames that has been read, from 0 to 1; `null` while no diagnosis runs. */
  readonly progress: number | null;
  /** Whether the user stopped the latest diagnosis. */
  readonly isStopped: boolean;
  /** Diagnoses the frames, or goes on after a stop. */
  run(): Promise<void>;
  stop(): void;
}

/**
 * Runs and holds the diagnosis of the analyzer's frames. `generation` changes when the analyzer gets other frames; the diagnosis of the old ones is then
 * dropped.
 */
export function useDiagnosis(
  analyzer: AnalyzerClient,
  model: MonitorModel,
  generation: number,
  isOpen: boolean,
  hasFrames: boolean,
): MonitorDiagnosis {
  const [diagnosis, setDiagnosis] = useState<DiagnosisView | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const [isStopped, setStopped] = useState(false);
  const latest = useRef(generation);
  latest.current = generation;
  /** The number of the latest run; a stop takes the next number, so that a late answer is dropped. */
  const serial = useRef(0);
  // The effect does not use the value of `generation`. It runs because the value has changed.
  useEffect(() => {
    setDiagnosis(null);
    setStopped(false);
  }, [generation]);
  const run = useCallback(async (): Promise<void> => {
    const mine = ++serial.current;
    setStopped(false);
    setProgress(0);
    try {
      await answerFor(
        () => latest.current,
        () =>
          analyzer.diagnose(
            proxy((done, total) => {
              if (mine === serial.current) setProgress(done / Math.max(1, total));
            }),
          ),
        (found) => {
          if (mine === serial.current && found) setDiagnosis(found);
        },
      );
    } finally {
      if (mine === serial.current) setProgress(null);
    }
    if (mine === serial.current && (await analyzer.markPushes())) model.forgetRows();
  }, [analyzer, model]);
  const stop = useCallback(() => {
    serial.current++;
    setStopped(true);
    setProgress(null);
    setDiagnosis(null);
    void analyzer.stopDiagnosis();
  }, [analyzer]);
  useEffect(() => {
    if (isOpen && hasFrames && !diagnosis && progress === null && !isStopped) void run();
  }, [isOpen, hasFrames, diagnosis, progress, isStopped, run]);
  return { diagnosis, progress, isStopped, run, stop };
}
