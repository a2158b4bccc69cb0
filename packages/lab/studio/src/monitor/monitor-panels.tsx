/** The panels below the packet list, of which one is open. */

import type { RefObject } from "react";
import type { DetailNode } from "../analyzer/analyzer-api.ts";
import { DiagnosisPanel } from "./diagnosis-view.tsx";
import { ExpertPanel } from "./expert-panel.tsx";
import { FramePanel } from "./frame-panel.tsx";
import { GraphPanel } from "./graph-view.tsx";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { PANELS, type Panel } from "./panels.ts";
import { SequenceView } from "./sequence-view.tsx";
import { Tabs } from "./tabs.tsx";
import { TrafficView } from "./traffic-view.tsx";
import type { MonitorDiagnosis } from "./use-diagnosis.ts";
import type { ShownFrame } from "./use-frame-details.ts";
import type { MonitorSettings } from "./use-monitor-settings.ts";

interface MonitorPanelsProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  readonly shown: ShownFrame;
  readonly settings: MonitorSettings;
  readonly diagnosis: MonitorDiagnosis;
  readonly onFilter: (filter: string) => void;
  readonly onFieldMenu: (node: DetailNode, x: number, y: number) => void;
  readonly treeRef: RefObject<HTMLDivElement | null>;
}

export function MonitorPanels(props: MonitorPanelsProps) {
  const { model, view, panel, selected, onSelect, shown, onFilter } = props;
  const { frames, indexed } = view.state;
  return (
    <Tabs label="Details" tabs={PANELS} selected={panel} onSelect={props.onPanel}>
      {panel === "frame" && (
        <FramePanel shown={shown} settings={props.settings} hasFrames={indexed > 0} onMenu={props.onFieldMenu} treeRef={props.treeRef} />
      )}
      {panel === "diagnosis" && (
        <DiagnosisPanel
          analyzer={model.analyzer}
          run={props.diagnosis}
          frames={frames}
          selected={selected}
          onSelect={onSelect}
          onFilter={onFilter}
        />
      )}
      {panel === "graph" && (
        <GraphPanel model={model} view={view} selected={selected} selectedUs={shown.details?.row.timeUs ?? null} onSelect={onSelect} />
      )}
      {panel === "sequence" && <SequenceView model={model} view={view} selected={selected} onSelect={onSelect} />}
      {panel === "traffic" && <TrafficView model={model} view={view} onFilter={onFilter} />}
      {panel === "experts" && <ExpertPanel model={model} view={view} onSelect={onSelect} onFilter={onFilter} />}
    </Tabs>
  );
}
