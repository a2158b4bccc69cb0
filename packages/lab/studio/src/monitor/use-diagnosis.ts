/** The diagnosis of the frames: run when asked, and without being asked once its panel is open and every frame is read. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { DiagnosisView } from "../analyzer/analyzer-api.ts";
import { answerFor } from "./answer-for.ts";
import type { AnalyzerClient, MonitorModel } from "./monitor-model.ts";

export interface MonitorDiagnosis {
  readonly diagnosis: DiagnosisView | null;
  readonly running: boolean;
  run(): Promise<void>;
}

/** `generation` changes when the analyzer gets other frames: the diagnosis of the old ones is dropped. */
export function useDiagnosis(
  analyzer: AnalyzerClient,
  model: MonitorModel,
  generation: number,
  isOpen: boolean,
  isWhole: boolean,
): MonitorDiagnosis {
  const [diagnosis, setDiagnosis] = useState<DiagnosisView | null>(null);
  const [running, setRunning] = useState(false);
  const latest = useRef(generation);
  latest.current = generation;
  // The effect uses nothing of the generation but that it changed.
  useEffect(() => setDiagnosis(null), [generation]);
  const run = useCallback(async (): Promise<void> => {
    setRunning(true);
    try {
      await answerFor(
        () => latest.current,
        () => analyzer.diagnose(),
        (found) => {
          setDiagnosis(found);
          // The diagnosis may have recognised push datagrams: rows get other classes.
          model.forgetRows();
        },
      );
    } finally {
      setRunning(false);
    }
  }, [analyzer, model]);
  useEffect(() => {
    if (isOpen && isWhole && !diagnosis && !running) void run();
  }, [isOpen, isWhole, diagnosis, running, run]);
  return { diagnosis, running, run };
}
