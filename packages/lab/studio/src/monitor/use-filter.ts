/** The filter bar's text, and applying it. */

import { useCallback, useEffect, useState } from "react";
import { rememberFilter } from "./filter-text.ts";
import type { AnalyzerClient, MonitorModel } from "./monitor-model.ts";
import type { MonitorSettings } from "./use-monitor-settings.ts";

interface FilterRequest {
  readonly text: string;
  /** Ordinal of the request: a new number repeats it with the same text. */
  readonly serial: number;
}

export interface MonitorFilter {
  readonly text: string;
  setText(text: string): void;
  /** Shows `text` and, if it is a filter, selects frames by it and remembers it. */
  apply(text: string): Promise<void>;
}

/** `request` is a filter that another view asks for. */
export function useFilter(
  analyzer: AnalyzerClient,
  model: MonitorModel,
  { history, setHistory }: MonitorSettings,
  request: FilterRequest | null | undefined,
): MonitorFilter {
  const [text, setText] = useState(() => model.view().filter.text);
  const apply = useCallback(
    async (applied: string): Promise<void> => {
      setText(applied);
      const result = await analyzer.checkFilter(applied);
      if (!result.ok) return;
      setHistory(rememberFilter(history, applied));
      await model.applyFilter(applied);
    },
    [analyzer, model, history, setHistory],
  );
  useEffect(() => {
    if (!request || request.serial === model.lastRequest) return;
    model.lastRequest = request.serial;
    void apply(request.text);
  }, [request, apply, model]);
  return { text, setText, apply };
}
