/** What menus, buttons and keys do with a frame. */

import { useState } from "react";
import type { FollowedStream, FrameScope } from "../analyzer/analyzer-api.ts";
import { captureStem } from "../analyzer/capture-stem.ts";
import { download } from "./download.ts";
import type { FrameWays } from "./frame-menus.ts";
import { type KeptFrame, keepFrame, useKeptFrame } from "./kept-frame.ts";
import type { AnalyzerClient, MonitorModel, MonitorView } from "./monitor-model.ts";
import type { MonitorFilter } from "./use-filter.ts";
import type { MonitorSettings } from "./use-monitor-settings.ts";

interface FrameCommandsProps {
  readonly analyzer: AnalyzerClient;
  /** Identifies the capture or run to which the frames belong. */
  readonly document: string | number | undefined;
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly filter: MonitorFilter;
  readonly settings: MonitorSettings;
  readonly selected: number | null;
  /** The other end of a selection of several frames. */
  readonly anchor: number | null;
  readonly onNotice: (text: string) => void;
  readonly onSaveFile: ((name: string, bytes: Uint8Array) => void) | undefined;
  readonly focusFilter: () => void;
  readonly openSequence: () => void;
  readonly openComment: () => void;
}

export type FrameCommands = ReturnType<typeof useFrameCommands>;

export function useFrameCommands(props: FrameCommandsProps) {
  const { analyzer, model, view, filter, settings, selected, anchor, onNotice } = props;
  const { reference, marks } = view.held;
  const [followed, setFollowed] = useState<FollowedStream | null>(null);
  const waiting = useKeptFrame();
  const [compared, setCompared] = useState<readonly [KeptFrame, KeptFrame] | null>(null);

  const follow = async (frame: number): Promise<void> => {
    const found = await analyzer.follow(frame);
    if (found) setFollowed(found);
    else onNotice(`Frame ${frame} belongs to no TCP, UDP or ICMP conversation.`);
  };
  const showSequence = async (frame: number): Promise<void> => {
    const found = await analyzer.details(frame);
    if (found?.stream) await filter.apply(`${found.stream.protocol}.stream == ${found.stream.stream}`);
    props.openSequence();
  };
  const save = async (scope: FrameScope | readonly number[], suffix: string): Promise<void> => {
    const bytes = await analyzer.exportFrames(scope);
    const name = `${captureStem(view.state.name || "frames")}${suffix}.pcapng`;
    (props.onSaveFile ?? download)(name, bytes);
    onNotice(`Saved ${name}`);
  };
  const toggleReference = (frame: number): void => {
    const row = model.row(frame);
    if (!row) return;
    const isReference = reference?.frame === frame;
    model.hold({ reference: isReference ? null : { frame, timeUs: row.timeUs } });
    if (!isReference) settings.setTimeFormat("reference");
  };
  const toggleMark = (frame: number): void => {
    const next = new Set(marks);
    if (!next.delete(frame)) next.add(frame);
    model.hold({ marks: next });
    onNotice(next.has(frame) ? `Frame ${frame} is marked` : `Frame ${frame} has no mark any more`);
  };
  const isWaiting = (frame: number): boolean =>
    waiting !== null && waiting.details.row.frame === frame && waiting.document === props.document;
  /** The first chosen frame waits for a second one to compare it with. Choosing the waiting frame again cancels this. */
  const compare = async (frame: number): Promise<void> => {
    if (isWaiting(frame)) {
      keepFrame(null);
      onNotice(`Frame ${frame} waits for no comparison any more`);
      return;
    }
    const details = await analyzer.details(frame);
    if (!details) return;
    const chosen = { details, capture: view.state.name, document: props.document };
    if (waiting) {
      setCompared([waiting, chosen]);
      keepFrame(null);
    } else {
      keepFrame(chosen);
      onNotice(`Frame ${frame} waits to be compared: choose Compare on another frame`);
    }
  };
  /** An ICMP error and the datagram that it quotes, which comes first. */
  const compareQuoted = async (frame: number): Promise<void> => {
    const quoted = await analyzer.quoted(frame);
    if (quoted === null) {
      onNotice(`The datagram that frame ${frame} quotes was not captured.`);
      return;
    }
    const [first, second] = await Promise.all([analyzer.details(quoted), analyzer.details(frame)]);
    const ofCapture = { capture: view.state.name, document: props.document };
    if (first && second)
      setCompared([
        { details: first, ...ofCapture },
        { details: second, ...ofCapture },
      ]);
  };
  /** The marked frames in the order of the file. */
  const markedFrames = (): number[] => [...marks].sort((a, b) => a - b);
  /** The marked frame after the selected one, round the end; the one before it with `forward` false. `null` without marks. */
  const nextMark = (forward: boolean): number | null => {
    const marked = markedFrames();
    const from = selected ?? 0;
    const found = forward ? marked.find((frame) => frame > from) : marked.findLast((frame) => frame < from);
    return found ?? (forward ? marked[0] : marked.at(-1)) ?? null;
  };
  /** The frames from the anchor to the selected one, as the list shows them. */
  const selectedFrames = (): number[] => {
    if (selected === null || !model.isShown(selected)) return [];
    const a = model.rowOf(anchor !== null && model.isShown(anchor) ? anchor : selected);
    const b = model.rowOf(selected);
    return Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => model.frameAt(Math.min(a, b) + i));
  };
  const ways: FrameWays = {
    present: filter.text,
    apply: (text) => void filter.apply(text),
    prepare: (text) => {
      filter.setText(text);
      props.focusFilter();
    },
    follow: (frame) => void follow(frame),
    showSequence: (frame) => void showSequence(frame),
    comment: props.openComment,
    setReference: toggleReference,
    toggleMark,
    compare: (frame) => void compare(frame),
    compareQuoted: (frame) => void compareQuoted(frame),
    save: (scope, suffix) => void save(scope, suffix),
    notice: onNotice,
  };
  return {
    ...{ ways, markedFrames, nextMark, selectedFrames },
    ...{ followed, closeFollowed: () => setFollowed(null) },
    ...{ waiting, isWaiting, compared, closeCompared: () => setCompared(null) },
  };
}
