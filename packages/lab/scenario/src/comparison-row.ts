/** Metrics of one platform, counted in its recording. */

import type { PlatformRow } from "./comparison-types.ts";
import type { MachineView } from "./machine-view.ts";
import { checkedValue } from "./metrics/units.ts";

/** `capture`: path of the run's capture, if one is written. */
export function comparisonRow(view: MachineView, capture: string | null): PlatformRow {
  const { catalogue } = view.recording.scenario;
  const row: Record<string, unknown> = { platform: catalogue.platformOf(view.machine.variant), variant: view.machine.variant };
  for (const metric of catalogue.metrics) row[metric.key] = checkedValue(metric.key, metric.unit, metric.of(view));
  row["capture"] = capture;
  return row as unknown as PlatformRow;
}
