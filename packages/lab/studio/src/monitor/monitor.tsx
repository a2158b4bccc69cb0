/** The monitor: packet list, fields, bytes, filter, and panels that explain the frames. It asks the analyzer for everything about frames. */

import type { Remote } from "comlink";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { AnalyzerApi } from "../analyzer/analyzer-api.ts";
import type { PressedKey } from "../controls/pressed-key.ts";
import { download } from "./download.ts";
import { FilterBar } from "./filter-bar.tsx";
import { FindBar } from "./find-bar.tsx";
import { pressFrameKey } from "./frame-keys.ts";
import type { KeyName } from "./frame-menus.ts";
import { Legend } from "./legend.tsx";
import { type MonitorDialog, MonitorDialogs } from "./monitor-dialogs.tsx";
import { type AnalyzerClient, modelOf } from "./monitor-model.ts";
import { MonitorPanels } from "./monitor-panels.tsx";
import { MonitorProblems } from "./monitor-problems.tsx";
import { MonitorTools } from "./monitor-tools.tsx";
import { PacketList } from "./packet-list.tsx";
import type { Panel } from "./panels.ts";
import { Splitter } from "./splitter.tsx";
import { useColourRules } from "./use-colour-rules.ts";
import { useDiagnosis } from "./use-diagnosis.ts";
import { useFilter } from "./use-filter.ts";
import { type Found, useFind } from "./use-find.ts";
import { useFrameCommands } from "./use-frame-commands.ts";
import { useFrameDetails } from "./use-frame-details.ts";
import { useMenus } from "./use-menus.ts";
import { useMonitorSettings } from "./use-monitor-settings.ts";
import { ownCommand, useShortcuts } from "./use-shortcuts.ts";
import "./monitor.css";
import "./filter-bar.css";
import "./packet-list.css";
import "./frame-panel.css";
import "./diagnosis.css";
import "./graph-and-sequence.css";
import "./traffic-view.css";
import "./dialogs.css";

interface MonitorProps {
  readonly analyzer: Remote<AnalyzerApi>;
  readonly selectedFrame: number | null;
  readonly onSelectFrame: (frame: number) => void;
  /** Number of frames; grows while a lab runs. */
  readonly frameCount: number;
  /** Changes when the analyzer was given other frames. */
  readonly documentKey?: string | number;
  /** A filter that another view asks for; a new serial asks again. */
  readonly filterRequest?: { readonly text: string; readonly serial: number } | null;
  /** Whether the diagnosis is open at first: for a capture file. */
  readonly answerFirst?: boolean;
  /**
   * The command that a single-character key calls, identified by its default key; `null` for none (WCAG 2.1.4 asks that such keys can be changed).
   * Default: every command has its default key.
   */
  readonly singleCommand?: (pressed: PressedKey) => string | null;
  /** The name of a command's present key; "" if it has none. */
  readonly keyName?: KeyName;
  /** A comment was written, changed or removed. */
  readonly onComment?: () => void;
  /** Saves a capture; by default the browser downloads it. */
  readonly onSaveFile?: (name: string, bytes: Uint8Array) => void;
}

export function Monitor(props: MonitorProps) {
  const { selectedFrame: selected, onSelectFrame, frameCount, documentKey, answerFirst } = props;
  const analyzer = props.analyzer as unknown as AnalyzerClient;
  const model = useMemo(() => modelOf(analyzer), [analyzer]);
  const view = useSyncExternalStore(model.subscribe, model.view);
  // A new frame count or document key means that the analyzer has new frames.
  useEffect(() => void model.refresh(), [model, frameCount, documentKey]);

  const settings = useMonitorSettings();
  const ruleFaults = useColourRules(analyzer, model, settings.rules);
  const filter = useFilter(analyzer, model, settings, props.filterRequest);
  const panel = view.held.panel ?? (answerFirst ? "diagnosis" : "frame");
  const setPanel = (chosen: Panel): void => model.hold({ panel: chosen });
  const [tail, setTail] = useState(false);
  const [anchor, setAnchor] = useState<number | null>(null);
  const [dialog, setDialog] = useState<MonitorDialog | null>(null);
  const [notice, setNotice] = useState("");
  const grid = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);
  const { generation, indexed, frames } = view.state;
  const diagnosis = useDiagnosis(analyzer, model, generation, panel === "diagnosis", frames > 0);
  const commands = useFrameCommands({
    analyzer,
    document: documentKey,
    model,
    view,
    filter,
    settings,
    selected,
    anchor,
    onNotice: setNotice,
    onSaveFile: props.onSaveFile,
    focusFilter: () => filterInput.current?.focus(),
    openSequence: () => setPanel("sequence"),
    openComment: () => setDialog("comment"),
  });

  const { reference, marks } = view.held;
  const { ways, waiting } = commands;

  // A new generation means that the frames were replaced, so state that refers to frames is dropped.
  useEffect(() => {
    setAnchor(null);
    setNotice("");
  }, [generation]);

  const select = useCallback(
    (frame: number, extend = false) => {
      if (!extend) setAnchor(frame);
      setTail(false);
      onSelectFrame(frame);
    },
    [onSelectFrame],
  );
  const isIndexed = selected !== null && selected <= indexed;
  const shown = useFrameDetails({
    analyzer,
    frame: isIndexed ? selected : null,
    // Comments are part of the details: they are asked for again when the dialog closes.
    asked: `${generation}/${dialog}/${view.rowsVersion}`,
    openGroups: settings.openGroups,
    onOpenGroups: settings.setOpenGroups,
  });
  const { details, light } = shown;

  const onFound = useCallback(
    (found: Found) => {
      select(found.frame);
      light(found);
    },
    [select, light],
  );
  const find = useFind({ analyzer, selected, onFound, listRef: grid });
  const singleCommand = props.singleCommand ?? ownCommand;
  const keyName = props.keyName ?? ((key) => key.toUpperCase());
  useShortcuts({
    openFind: () => find.open("text"),
    goToFrame: () => find.open("frame"),
    findAgain: find.again,
    focusFilter: () => filterInput.current?.select(),
    singleCommand,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as Node;
    if (selected === null || !(grid.current?.contains(target) || tree.current?.contains(target))) return;
    if (pressFrameKey(event, selected, { commands, singleCommand, onSelect: select, onNotice: setNotice })) event.preventDefault();
  };
  const menus = useMenus({
    model,
    view,
    commands,
    profiles: settings.profiles,
    keyName,
    onNotice: setNotice,
    onManageProfiles: () => setDialog("profiles"),
  });

  // Enter in the packet list moves the focus to the field tree as soon as the tree is there, unless the focus has moved elsewhere meanwhile.
  const goesToTree = useRef(false);
  useEffect(() => {
    if (!goesToTree.current || !tree.current) return;
    goesToTree.current = false;
    if (document.activeElement === grid.current) tree.current.focus();
  });
  const openFrame = (): void => {
    setPanel("frame");
    goesToTree.current = tree.current === null;
    tree.current?.focus();
  };

  const check = useCallback((text: string) => analyzer.checkFilter(text), [analyzer]);
  const complete = useCallback((text: string, cursor: number) => analyzer.complete(text, cursor), [analyzer]);
  const isHidden = selected !== null && isIndexed && view.filter.text !== "" && !view.filter.running && !model.isShown(selected);
  const { listShare } = settings;
  const applyFilter = (text: string): void => void filter.apply(text);

  return (
    <section className="monitor" aria-label="Network monitor" onKeyDown={onKeyDown}>
      <div className="monitor-bars">
        <FilterBar
          text={filter.text}
          onText={filter.setText}
          onApply={applyFilter}
          onStop={() => model.stopFilter()}
          filter={view.filter}
          shown={view.count}
          total={indexed}
          check={check}
          complete={complete}
          history={settings.history}
          inputRef={filterInput}
        />
        <MonitorTools
          keyName={keyName}
          canFollow={selected !== null}
          canComment={details !== null}
          timeFormat={settings.timeFormat}
          onTimeFormat={settings.setTimeFormat}
          tail={tail}
          onTail={setTail}
          onFind={() => find.open("text")}
          onGoTo={() => find.open("frame")}
          onFollow={() => selected !== null && ways.follow(selected)}
          onComment={ways.comment}
          isWaiting={waiting !== null}
          onCompare={() => selected !== null && ways.compare(selected)}
          onColumns={() => setDialog("columns")}
          profile={settings.profiles.current.name}
          onProfile={menus.openProfiles}
          onExport={menus.openExport}
        />
        {find.bar && <FindBar onFind={find.find} serial={find.bar.serial} firstKind={find.bar.kind} onClose={find.close} />}
        <MonitorProblems fileProblem={view.state.problem} hiddenFrame={isHidden ? selected : null} onShowAll={() => applyFilter("")} />
      </div>
      <div className="monitor-body" style={{ gridTemplateRows: `minmax(90px, ${listShare}fr) 7px minmax(120px, ${1 - listShare}fr)` }}>
        <PacketList
          model={model}
          view={view}
          columns={settings.columns}
          onColumns={settings.setColumns}
          timeFormat={settings.timeFormat}
          referenceFrame={reference}
          marks={marks}
          coloured={settings.coloured}
          rules={settings.rules}
          selected={selected}
          anchor={anchor}
          onSelect={select}
          onMenu={menus.openRow}
          onOpen={openFrame}
          tail={tail}
          onLeaveTail={() => setTail(false)}
          gridRef={grid}
        />
        <Splitter label="Packet list and details" share={listShare} onShare={settings.setListShare} direction="vertical" />
        <MonitorPanels
          model={model}
          view={view}
          panel={panel}
          onPanel={setPanel}
          selected={selected}
          onSelect={select}
          shown={shown}
          settings={settings}
          diagnosis={diagnosis}
          onFilter={applyFilter}
          onFieldMenu={menus.openField}
          treeRef={tree}
        />
      </div>
      <Legend
        coloured={settings.coloured}
        onColoured={settings.setColoured}
        rules={settings.rules}
        onRules={() => setDialog("rules")}
        onFilter={applyFilter}
        notice={notice}
        state={view.state}
      />
      <MonitorDialogs
        model={model}
        settings={settings}
        menu={menus.menu}
        onCloseMenu={menus.close}
        dialog={dialog}
        ruleFaults={ruleFaults}
        onSaveFile={props.onSaveFile ?? download}
        onComment={props.onComment}
        onCloseDialog={() => setDialog(null)}
        details={details}
        followed={commands.followed}
        onCloseFollowed={commands.closeFollowed}
        compared={commands.compared}
        onCloseCompared={commands.closeCompared}
        firstUs={view.state.firstUs}
        onSelect={select}
        onFilter={applyFilter}
      />
    </section>
  );
}
