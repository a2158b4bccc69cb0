/** The lines of the graph. */

import type { GraphSeries } from "../analyzer/analyzer-api.ts";

interface SeriesLook {
  readonly title: string;
  /** The style sheet's colour. */
  readonly token: string;
  /** Dash pattern, which tells the lines apart without colour. */
  readonly dash: readonly number[];
}

export const SERIES: Readonly<Record<GraphSeries, SeriesLook>> = {
  push: { title: "Push datagrams", token: "--push", dash: [] },
  "icmp-error": { title: "ICMP errors", token: "--icmp", dash: [] },
  tcp: { title: "TCP", token: "--mail", dash: [6, 3] },
  arp: { title: "ARP", token: "--probe", dash: [2, 3] },
  other: { title: "Other", token: "--ink-3", dash: [8, 3, 2, 3] },
};
