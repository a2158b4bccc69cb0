/** One frame: its fields on the left, its bytes on the right. */

import type { RefObject } from "react";
import type { DetailNode } from "../analyzer/analyzer-api.ts";
import { titleOfRule } from "./colour-rules.ts";
import { DetailTree } from "./detail-tree.tsx";
import { FrameBytesView } from "./frame-bytes-view.tsx";
import { Splitter } from "./splitter.tsx";
import type { ShownFrame } from "./use-frame-details.ts";
import type { MonitorSettings } from "./use-monitor-settings.ts";

interface FramePanelProps {
  readonly shown: ShownFrame;
  readonly settings: MonitorSettings;
  readonly hasFrames: boolean;
  readonly onMenu: (node: DetailNode, x: number, y: number) => void;
  readonly treeRef: RefObject<HTMLDivElement | null>;
}

export function FramePanel({ shown, settings, hasFrames, onMenu, treeRef }: FramePanelProps) {
  const { details, path, lit, choosePath, chooseByte } = shown;
  const { openGroups, setOpenGroups, treeShare, setTreeShare } = settings;
  if (!details) return <p className="panel-none">{hasFrames ? "Choose a frame to see its fields and bytes." : "No frames yet."}</p>;
  const rule = settings.rules.find(({ id }) => id === details.row.rule);
  return (
    <div className="frame-panel" style={{ gridTemplateColumns: `${treeShare}fr 7px ${1 - treeShare}fr` }}>
      <div className="frame-fields">
        {rule && (
          <p className="frame-rule">
            Colour rule: <b>{titleOfRule(rule)}</b>
          </p>
        )}
        <DetailTree
          tree={details.tree}
          isOpen={(names) => openGroups.includes(names)}
          onToggle={(names, open) => setOpenGroups(open ? [...openGroups, names] : openGroups.filter((name) => name !== names))}
          path={path}
          onPath={choosePath}
          onMenu={onMenu}
          treeRef={treeRef}
        />
      </div>
      <Splitter label="Fields and bytes" share={treeShare} onShare={setTreeShare} direction="horizontal" />
      <FrameBytesView bytes={details.bytes} joined={details.joined} at={lit.at} len={lit.len} onByte={chooseByte} />
    </div>
  );
}
