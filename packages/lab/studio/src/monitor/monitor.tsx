/** The monitor: packet list, fields, bytes, filter, and panels that explain the frames. It asks the analyzer for everything about frames. */

import type { Remote } from "comlink";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { AnalyzerApi, DetailNode, FindQuery, FindResult } from "../analyzer/analyzer-api.ts";
import type { PressedKey } from "../controls/pressed-key.ts";
import type { MenuRequest } from "./context-menu.tsx";
import { DiagnosisPanel } from "./diagnosis-view.tsx";
import { download } from "./download.ts";
import { ExpertPanel } from "./expert-panel.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { FindBar } from "./find-bar.tsx";
import { exportItems, fieldItems, type KeyName, profileItems, rowItems } from "./frame-menus.ts";
import { FramePanel } from "./frame-panel.tsx";
import { GraphPanel } from "./graph-view.tsx";
import { Legend } from "./legend.tsx";
import { type MonitorDialog, MonitorDialogs } from "./monitor-dialogs.tsx";
import { type AnalyzerClient, modelOf } from "./monitor-model.ts";
import { MonitorProblems } from "./monitor-problems.tsx";
import { MonitorTools } from "./monitor-tools.tsx";
import { type ListMenuRequest, PacketList } from "./packet-list.tsx";
import { PANELS, type Panel } from "./panels.ts";
import { SequenceView } from "./sequence-view.tsx";
import { Splitter } from "./splitter.tsx";
import { Tabs } from "./tabs.tsx";
import { TrafficView } from "./traffic-view.tsx";
import { useColourRules } from "./use-colour-rules.ts";
import { useDiagnosis } from "./use-diagnosis.ts";
import { useFilter } from "./use-filter.ts";
import { useFrameCommands } from "./use-frame-commands.ts";
import { useFrameDetails } from "./use-frame-details.ts";
import { useMonitorSettings } from "./use-monitor-settings.ts";
import { isTyping, markStep, ownCommand, useShortcuts } from "./use-shortcuts.ts";
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
   * The command that a single-character key calls, identified by its default key; `null` for none (WCAG 2.1.4 asks that such keys can be changed). Left
   * out: every command has its default key.
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
  /** The kind of search with which the find bar opens; a new `serial` opens it again. */
  const [findBar, setFindBar] = useState<{ readonly serial: number; readonly kind: FindQuery["kind"] }>({ serial: 0, kind: "text" });
  const [lastFind, setLastFind] = useState<FindQuery | null>(null);
  const [menu, setMenu] = useState<MenuRequest | null>(null);
  const [dialog, setDialog] = useState<MonitorDialog | null>(null);
  const [notice, setNotice] = useState("");
  const grid = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);
  const { generation, indexed, frames } = view.state;
  const diagnosis = useDiagnosis(analyzer, model, generation, panel === "diagnosis", frames > 0 && indexed === frames);
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
  const { ways, markedFrames, nextMark, selectedFrames, waiting } = commands;

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

  const find = useCallback(
    async (query: FindQuery, forward: boolean): Promise<FindResult> => {
      setLastFind(query);
      const result = await analyzer.find(query, selected ?? 0, forward);
      if (result.kind === "found") {
        select(result.frame);
        light(result);
      }
      return result;
    },
    [analyzer, selected, select, light],
  );
  const openFind = (kind: FindQuery["kind"]): void => setFindBar(({ serial }) => ({ serial: serial + 1, kind }));
  const singleCommand = props.singleCommand ?? ownCommand;
  const keyName = props.keyName ?? ((key) => key.toUpperCase());
  useShortcuts({
    openFind: () => openFind("text"),
    goToFrame: () => openFind("frame"),
    findAgain: (forward) => {
      if (lastFind) void find(lastFind, forward);
      return lastFind !== null;
    },
    focusFilter: () => filterInput.current?.select(),
    singleCommand,
  });
  /** Keys for the selected frame, while the packet list or the field tree has the focus. */
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as Node;
    if (selected === null || isTyping(target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!grid.current?.contains(target) && !tree.current?.contains(target)) return;
    const key = singleCommand(event);
    const step = markStep(event, singleCommand);
    if (key === "f") ways.follow(selected);
    else if (key === "s") ways.showSequence(selected);
    else if (key === "c") ways.comment();
    else if (key === "t") ways.setReference(selected);
    else if (key === "m") ways.toggleMark(selected);
    else if (key === "d") ways.compare(selected);
    else if (step !== null) {
      const frame = nextMark(step === "next");
      if (frame === null) setNotice("No frame is marked.");
      else select(frame);
    } else return;
    event.preventDefault();
  };

  const openListMenu = ({ frame, column, x, y }: ListMenuRequest): void => {
    const row = model.row(frame);
    if (row)
      setMenu({
        x,
        y,
        label: `Frame ${frame}`,
        items: rowItems(
          row,
          column,
          { isReference: reference?.frame === frame, isMarked: marks.has(frame), waiting, isWaiting: commands.isWaiting(frame) },
          ways,
          keyName,
        ),
      });
  };
  const openTreeMenu = (node: DetailNode, x: number, y: number): void =>
    setMenu({ x, y, label: node.title, items: fieldItems(node, ways) });
  const openSaveMenu = (button: HTMLElement): void => {
    const box = button.getBoundingClientRect();
    const counts = { shown: view.count, all: indexed, isFiltered: view.filter.text !== "" };
    setMenu({ x: box.left, y: box.bottom + 2, label: "Export", items: exportItems(selectedFrames(), markedFrames(), counts, ways) });
  };

  const openProfileMenu = (button: HTMLElement): void => {
    const box = button.getBoundingClientRect();
    const items = profileItems(settings.profiles, setNotice, () => setDialog("profiles"));
    setMenu({ x: box.left, y: box.bottom + 2, label: "Profiles", items });
  };

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
          onFind={() => openFind("text")}
          onGoTo={() => openFind("frame")}
          onFollow={() => selected !== null && ways.follow(selected)}
          onComment={ways.comment}
          isWaiting={waiting !== null}
          onCompare={() => selected !== null && ways.compare(selected)}
          onColumns={() => setDialog("columns")}
          profile={settings.profiles.current.name}
          onProfile={openProfileMenu}
          onExport={openSaveMenu}
        />
        {findBar.serial > 0 && (
          <FindBar
            onFind={find}
            serial={findBar.serial}
            firstKind={findBar.kind}
            onClose={() => {
              setFindBar({ serial: 0, kind: "text" });
              void analyzer.cancel();
              grid.current?.focus();
            }}
          />
        )}
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
          onMenu={openListMenu}
          onOpen={openFrame}
          tail={tail}
          onLeaveTail={() => setTail(false)}
          gridRef={grid}
        />
        <Splitter label="Packet list and details" share={listShare} onShare={settings.setListShare} direction="vertical" />
        <Tabs label="Details" tabs={PANELS} selected={panel} onSelect={setPanel}>
          {panel === "frame" && (
            <FramePanel shown={shown} settings={settings} hasFrames={indexed > 0} onMenu={openTreeMenu} treeRef={tree} />
          )}
          {panel === "diagnosis" && (
            <DiagnosisPanel
              analyzer={analyzer}
              run={diagnosis}
              frames={indexed}
              selected={selected}
              onSelect={select}
              onFilter={applyFilter}
            />
          )}
          {panel === "graph" && (
            <GraphPanel model={model} view={view} selected={selected} selectedUs={details?.row.timeUs ?? null} onSelect={select} />
          )}
          {panel === "sequence" && <SequenceView model={model} view={view} selected={selected} onSelect={select} />}
          {panel === "traffic" && <TrafficView model={model} view={view} onFilter={applyFilter} />}
          {panel === "experts" && <ExpertPanel model={model} view={view} onSelect={select} onFilter={applyFilter} />}
        </Tabs>
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
        menu={menu}
        onCloseMenu={() => setMenu(null)}
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
