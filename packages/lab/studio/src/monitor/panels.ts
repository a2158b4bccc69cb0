/** The panels under the packet list, in the order of their tabs. */
export const PANELS = [
  { id: "frame", title: "Frame" },
  { id: "diagnosis", title: "Diagnosis" },
  { id: "graph", title: "Graph" },
  { id: "sequence", title: "Sequence" },
  { id: "traffic", title: "Traffic" },
  { id: "experts", title: "Experts" },
] as const;
export type Panel = (typeof PANELS)[number]["id"];
