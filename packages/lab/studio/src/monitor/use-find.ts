/** State of the search for frames: the find bar, and the latest search, which F3 repeats. */

import { type RefObject, useCallback, useState } from "react";
import type { FindQuery, FindResult } from "../analyzer/analyzer-api.ts";
import type { AnalyzerClient } from "./monitor-model.ts";

export type Found = Extract<FindResult, { kind: "found" }>;

interface FindProps {
  readonly analyzer: AnalyzerClient;
  readonly selected: number | null;
  readonly onFound: (found: Found) => void;
  /** Gets the focus when the bar is closed. */
  readonly listRef: RefObject<HTMLElement | null>;
}

export interface MonitorFind {
  /** `null` while the bar is closed; `kind` is the search that it opens with, and a new `serial` opens it again. */
  readonly bar: { readonly serial: number; readonly kind: FindQuery["kind"] } | null;
  open(kind: FindQuery["kind"]): void;
  close(): void;
  find(query: FindQuery, forward: boolean): Promise<FindResult>;
  /** Repeats the latest search; false if there was none. */
  again(forward: boolean): boolean;
}

export function useFind({ analyzer, selected, onFound, listRef }: FindProps): MonitorFind {
  const [bar, setBar] = useState<MonitorFind["bar"]>(null);
  const [serial, setSerial] = useState(0);
  const [latest, setLatest] = useState<FindQuery | null>(null);
  const find = useCallback(
    async (query: FindQuery, forward: boolean): Promise<FindResult> => {
      setLatest(query);
      const result = await analyzer.find(query, selected ?? 0, forward);
      if (result.kind === "found") onFound(result);
      return result;
    },
    [analyzer, selected, onFound],
  );
  return {
    bar,
    find,
    open: (kind) => {
      setSerial(serial + 1);
      setBar({ serial: serial + 1, kind });
    },
    close: () => {
      setBar(null);
      void analyzer.cancel();
      listRef.current?.focus();
    },
    again: (forward) => {
      if (latest) void find(latest, forward);
      return latest !== null;
    },
  };
}
