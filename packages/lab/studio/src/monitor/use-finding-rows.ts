/** The lines of findings that are in sight, asked of the analyzer as they come into sight: a capture of a large site has thousands. */

import { useEffect, useRef, useState } from "react";
import type { FindingRow } from "../analyzer/analyzer-api.ts";
import type { AnalyzerClient } from "./monitor-model.ts";

/** The rows received so far of the findings `inSight`, by number; missing ones are requested. `serial` identifies the diagnosis. */
export function useFindingRows(analyzer: AnalyzerClient, serial: number, inSight: readonly number[]): ReadonlyMap<number, FindingRow> {
  const known = useRef({ serial, rows: new Map<number, FindingRow>(), asked: new Set<number>() });
  if (known.current.serial !== serial) known.current = { serial, rows: new Map(), asked: new Set() };
  const [, setVersion] = useState(0);
  const missing = inSight.filter((number) => !known.current.asked.has(number));
  const key = `${serial}/${missing.join()}`;
  // `key` contains all values that the effect uses, except the analyzer.
  useEffect(() => {
    if (missing.length === 0) return;
    const { rows, asked } = known.current;
    for (const number of missing) asked.add(number);
    void analyzer.findingRows(serial, missing).then((found) => {
      for (const row of found) rows.set(row.number, row);
      setVersion((n) => n + 1);
    });
  }, [analyzer, key]);
  return known.current.rows;
}
