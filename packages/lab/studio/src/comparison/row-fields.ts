/** The rows of the comparison as the studio shows them: those of the command line and the report. */

import { CATALOGUE, fleetColumns, metricRows, type NumberFormat } from "@pushback/scenario";
import { elapsedText } from "../lab/clock-text.ts";

export const ROW_GROUPS = metricRows(CATALOGUE.metrics);
export const FLEET_COLUMNS = fleetColumns(CATALOGUE);

/** How the studio prints times and numbers. */
export const STUDIO_FORMAT: NumberFormat = { time: (us) => elapsedText(us, true), count: (n) => n.toLocaleString("en") };
