/** The run of a fleet as a table on a terminal: one line per variant, with sums, medians and extremes over its machines. */

import { CATALOGUE, type Catalogue, type FleetSummary, fleetColumns } from "@pushback/scenario";
import { layOutTable, style, TERMINAL_FORMAT } from "../shared/terminal.ts";

export function fleetTable(fleet: FleetSummary, catalogue: Catalogue = CATALOGUE): string {
  const columns = fleetColumns(catalogue);
  const parts = fleet.variants.length === 1 ? fleet.variants : [...fleet.variants, fleet.all];
  const lines = parts.map((part) => [
    part.variant ?? style("bold", "all"),
    ...columns.map((column) => (column.isMain ? style("bold", column.text(part, TERMINAL_FORMAT)) : column.text(part, TERMINAL_FORMAT))),
  ]);
  return layOutTable([["", ...columns.map(({ title }) => title)], ...lines], 1);
}
