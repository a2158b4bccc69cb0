/** The fields and bytes of the frame that is looked at, and which of them are lit. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { FrameDetails } from "../analyzer/analyzer-api.ts";
import { groupsAbove, nodeAt, pathOfByte } from "./detail-path.ts";
import type { AnalyzerClient } from "./monitor-model.ts";

interface LitRange {
  readonly at: number;
  readonly len: number;
  /** The frame whose bytes they are. */
  readonly frame: number | null;
}
const NOTHING: LitRange = { frame: null, at: 0, len: 0 };

interface FrameDetailsProps {
  readonly analyzer: AnalyzerClient;
  readonly frame: number | null;
  /** With another one the frame is asked for again. */
  readonly asked: string;
  readonly openGroups: readonly string[];
  readonly onOpenGroups: (groups: readonly string[]) => void;
}

export function useFrameDetails({ analyzer, frame, asked, openGroups, onOpenGroups }: FrameDetailsProps) {
  const [found, setFound] = useState<FrameDetails | null>(null);
  const [path, setPath] = useState<string | null>(null);
  const [lit, setLit] = useState<LitRange>(NOTHING);
  useEffect(() => {
    if (frame === null) return;
    let current = true;
    void asked;
    void analyzer.details(frame).then((answer) => {
      if (current && answer) setFound(answer);
    });
    return () => {
      current = false;
    };
  }, [analyzer, frame, asked]);
  const details = found && found.row.frame === frame ? found : null;

  // The field that was looked at stays selected where the next frame has it at the same place.
  const pathName = useRef<string | null>(null);
  useEffect(() => {
    if (!details) return;
    const node = path === null ? null : nodeAt(details.tree, path);
    if (node && node.name === pathName.current) setLit({ at: node.at, len: node.len, frame: details.row.frame });
    else setPath(null);
  }, [details, path]);
  const choosePath = (next: string): void => {
    const node = details ? nodeAt(details.tree, next) : null;
    pathName.current = node?.name ?? null;
    setPath(next);
    if (node) setLit({ at: node.at, len: node.len, frame });
  };
  const chooseByte = (byte: number): void => {
    const at = details ? pathOfByte(details.tree, byte) : null;
    if (!details || at === null) return;
    const groups = groupsAbove(details.tree, at).filter((names) => !openGroups.includes(names));
    if (groups.length > 0) onOpenGroups([...openGroups, ...groups]);
    choosePath(at);
  };
  /** Bytes that are no field. */
  const light = useCallback((range: LitRange) => {
    setLit(range);
    setPath(null);
  }, []);
  return { details, path, lit: lit.frame === frame ? lit : NOTHING, light, choosePath, chooseByte };
}
