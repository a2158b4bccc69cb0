/** The fields and bytes of the selected frame, and which of them are highlighted. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { FrameDetails } from "../analyzer/analyzer-api.ts";
import { groupsAbove, nodeAt, pathOfByte } from "./detail-path.ts";
import type { AnalyzerClient } from "./monitor-model.ts";

interface LitRange {
  readonly at: number;
  readonly len: number;
  /** The frame that the bytes belong to. */
  readonly frame: number | null;
}
const NOTHING: LitRange = { frame: null, at: 0, len: 0 };

interface FrameDetailsProps {
  readonly analyzer: AnalyzerClient;
  readonly frame: number | null;
  /** A new value asks for the frame again. */
  readonly asked: string;
  readonly openGroups: readonly string[];
  readonly onOpenGroups: (groups: readonly string[]) => void;
}

export interface ShownFrame {
  /** `null` until the frame has been read. */
  readonly details: FrameDetails | null;
  /** Path of the selected field in the tree. */
  readonly path: string | null;
  readonly lit: LitRange;
  light(range: LitRange): void;
  choosePath(path: string): void;
  /** Selects the field that `byte` belongs to and opens the groups around it. */
  chooseByte(byte: number): void;
}

export function useFrameDetails({ analyzer, frame, asked, openGroups, onOpenGroups }: FrameDetailsProps): ShownFrame {
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

  // The selected field stays selected if the next frame has the same field at the same place in its tree.
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
  /** Highlights bytes that are not a field. */
  const light = useCallback((range: LitRange) => {
    setLit(range);
    setPath(null);
  }, []);
  return { details, path, lit: lit.frame === frame ? lit : NOTHING, light, choosePath, chooseByte };
}
