/** Hands the colour rules that are switched on to the analyzer, and keeps what it says of their filters. */

import { useEffect, useRef, useState } from "react";
import type { ColourRule } from "./colour-rules.ts";
import type { AnalyzerClient, MonitorModel } from "./monitor-model.ts";

/** Delay from a change of the rules to its effect, so that not every letter typed into a filter takes effect. */
const SETTLE_MS = 150;

/** Faults in the filters of rules, by rule id, one line each. */
export type RuleFaults = ReadonlyMap<string, string>;

export function useColourRules(analyzer: AnalyzerClient, model: MonitorModel, rules: readonly ColourRule[]): RuleFaults {
  const [faults, setFaults] = useState<RuleFaults>(new Map());
  const isFirst = useRef(true);
  useEffect(() => {
    let current = true;
    const take = async (): Promise<void> => {
      const on = rules.filter(({ isOn }) => isOn);
      const off = rules.filter(({ isOn }) => !isOn);
      const found = await analyzer.setRules(on.map(({ id, kind, filter }) => ({ id, kind, filter })));
      // Faults are also shown for rules that are switched off.
      const checks = await Promise.all(off.map(({ filter }) => analyzer.checkFilter(filter)));
      if (!current) return;
      const told = [
        ...on.map(({ id }, i) => ({ id, fault: found[i] })),
        ...off.map(({ id }, i) => ({ id, fault: checks[i].ok ? null : checks[i] })),
      ];
      setFaults(new Map(told.flatMap(({ id, fault }) => (fault ? [[id, `${fault.message} (column ${fault.offset + 1})`]] : []))));
      model.forgetRows();
    };
    // The first time at once, so that the first rows have their rules.
    const timer = isFirst.current ? null : setTimeout(() => void take(), SETTLE_MS);
    if (isFirst.current) void take();
    isFirst.current = false;
    return () => {
      current = false;
      if (timer !== null) clearTimeout(timer);
    };
  }, [analyzer, model, rules]);
  return faults;
}
