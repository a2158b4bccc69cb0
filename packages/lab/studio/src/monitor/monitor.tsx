/** The monitor: packet list, fields, bytes, filter, and what can be made of frames. Everything about frames is asked of the analyzer. */

import type { Remote } from "comlink";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type {
  AnalyzerApi,
  DetailNode,
  DiagnosisView,
  FindQuery,
  FindResult,
  FollowedStream,
  FrameScope,
} from "../analyzer/analyzer-api.ts";
import { restoreColumns, TIME_FORMATS, type TimeFormat } from "./columns.ts";
import { ContextMenu, type MenuRequest } from "./context-menu.tsx";
import { DetailTree } from "./detail-tree.tsx";
import { DiagnosisPanel } from "./diagnosis-view.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { rememberFilter } from "./filter-text.ts";
import { FindBar } from "./find-bar.tsx";
import { FollowDialog } from "./follow-dialog.tsx";
import { FrameBytesView } from "./frame-bytes-view.tsx";
import { exportItems, type FrameWays, fieldItems, rowItems } from "./frame-menus.ts";
import { GraphView } from "./graph-view.tsx";
import { useKept } from "./kept.ts";
import { Legend } from "./legend.tsx";
import { type AnalyzerClient, modelOf } from "./monitor-model.ts";
import { MonitorTools } from "./monitor-tools.tsx";
import { type ListMenuRequest, PacketList } from "./packet-list.tsx";
import { SequenceView } from "./sequence-view.tsx";
import { ColumnsDialog, CommentDialog } from "./settings-dialogs.tsx";
import { Splitter } from "./splitter.tsx";
import { Tabs } from "./tabs.tsx";
import { useFrameDetails } from "./use-frame-details.ts";
import "./monitor.css";
import "./filter-bar.css";
import "./packet-list.css";
import "./frame-panel.css";
import "./diagnosis.css";
import "./graph-and-sequence.css";
import "./dialogs.css";

interface MonitorProps {
  readonly analyzer: Remote<AnalyzerApi>;
  readonly selectedFrame: number | null;
  readonly onSelectFrame: (frame: number) => void;
  /** Frames that there are; grows while a lab runs. */
  readonly frameCount: number;
  /** Changes when the analyzer was given other frames. */
  readonly documentKey?: string | number;
  /** A filter that was asked for elsewhere; a new serial asks again. */
  readonly filterRequest?: { readonly text: string; readonly serial: number } | null;
  /** Whether the answer comes before the frames: for a capture that somebody has opened. */
  readonly answerFirst?: boolean;
  /** Saves a capture; unless given, the browser downloads it. */
  readonly onSaveFile?: (name: string, bytes: Uint8Array) => void;
}

const PANELS = [
  { id: "frame", title: "Frame" },
  { id: "diagnosis", title: "Diagnosis" },
  { id: "graph", title: "Graph" },
  { id: "sequence", title: "Sequence" },
] as const;
type Panel = (typeof PANELS)[number]["id"];

/** Groups that are open until somebody closes them. */
const OPEN_AT_FIRST: readonly string[] = ["udp", "icmp", "icmp/ip", "icmp/udp", "arp", "mapi", "dcerpc"];

const restoreStrings = (kept: unknown): readonly string[] => (Array.isArray(kept) ? kept.filter((entry) => typeof entry === "string") : []);

export function Monitor(props: MonitorProps) {
  const { selectedFrame: selected, onSelectFrame, frameCount, documentKey } = props;
  const analyzer = props.analyzer as unknown as AnalyzerClient;
  const model = useMemo(() => modelOf(analyzer), [analyzer]);
  const view = useSyncExternalStore(model.subscribe, model.view);
  // Both say that there is something new.
  useEffect(() => void model.refresh(), [model, frameCount, documentKey]);

  const [columns, setColumns] = useKept("columns", restoreColumns);
  const [timeFormat, setTimeFormat] = useKept<TimeFormat>("time", (kept) => TIME_FORMATS.find((format) => format === kept) ?? "first");
  const [coloured, setColoured] = useKept("coloured", (kept) => kept !== false);
  const [history, setHistory] = useKept("filters", restoreStrings);
  const [openGroups, setOpenGroups] = useKept<readonly string[]>("open", (kept) =>
    Array.isArray(kept) ? restoreStrings(kept) : OPEN_AT_FIRST,
  );
  const [listShare, setListShare] = useKept("split", (kept) => (typeof kept === "number" && kept > 0.1 && kept < 0.9 ? kept : 0.52));
  const [treeShare, setTreeShare] = useKept("split-frame", (kept) => (typeof kept === "number" && kept > 0.2 && kept < 0.8 ? kept : 0.55));
  const [panel, setPanel] = useState<Panel>(props.answerFirst ? "diagnosis" : "frame");
  const [tail, setTail] = useState(false);
  const [filterText, setFilterText] = useState(() => model.view().filter.text);
  const [anchor, setAnchor] = useState<number | null>(null);
  const [reference, setReference] = useState<{ readonly frame: number; readonly timeUs: number } | null>(null);
  const [findSerial, setFindSerial] = useState(0);
  const [lastFind, setLastFind] = useState<FindQuery | null>(null);
  const [menu, setMenu] = useState<MenuRequest | null>(null);
  const [followed, setFollowed] = useState<FollowedStream | null>(null);
  const [dialog, setDialog] = useState<"columns" | "comment" | null>(null);
  const [diagnosis, setDiagnosis] = useState<DiagnosisView | null>(null);
  const [diagnosing, setDiagnosing] = useState(false);
  const [notice, setNotice] = useState("");
  const grid = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);
  const { generation, indexed, frames } = view.state;

  // Other frames: what was said of the old ones goes.
  // The generation is what changes.
  useEffect(() => {
    setDiagnosis(null);
    setReference(null);
    setAnchor(null);
    setNotice("");
    setPanel(props.answerFirst ? "diagnosis" : "frame");
  }, [generation]);

  const select = useCallback(
    (frame: number, extend = false) => {
      if (!extend) setAnchor(frame);
      setTail(false);
      onSelectFrame(frame);
    },
    [onSelectFrame],
  );

  const known = selected !== null && selected <= indexed;
  const {
    details: shownDetails,
    path,
    lit,
    light,
    choosePath,
    chooseByte,
  } = useFrameDetails({
    analyzer,
    frame: known ? selected : null,
    // Comments are part of the details.
    asked: `${generation}/${dialog}`,
    openGroups,
    onOpenGroups: setOpenGroups,
  });

  const apply = useCallback(
    async (text: string): Promise<void> => {
      setFilterText(text);
      const result = await analyzer.checkFilter(text);
      if (!result.ok) return;
      setHistory(rememberFilter(history, text));
      await model.applyFilter(text);
    },
    [analyzer, model, history, setHistory],
  );
  useEffect(() => {
    const request = props.filterRequest;
    if (!request || request.serial === model.lastRequest) return;
    model.lastRequest = request.serial;
    void apply(request.text);
  }, [props.filterRequest, apply, model]);

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

  const follow = async (frame: number): Promise<void> => {
    const found = await analyzer.follow(frame);
    if (found) setFollowed(found);
    else setNotice(`Frame ${frame} belongs to no TCP, UDP or ICMP conversation.`);
  };
  const showSequence = async (frame: number): Promise<void> => {
    const found = await analyzer.details(frame);
    if (found?.stream) await apply(`${found.stream.protocol}.stream == ${found.stream.stream}`);
    setPanel("sequence");
  };
  const runDiagnosis = useCallback(async (): Promise<void> => {
    setDiagnosing(true);
    try {
      setDiagnosis(await analyzer.diagnose());
      // It may have told push datagrams from others.
      model.forgetRows();
    } finally {
      setDiagnosing(false);
    }
  }, [analyzer, model]);
  // A capture that somebody has opened is explained without being asked.
  const whole = frames > 0 && indexed === frames;
  useEffect(() => {
    if (panel === "diagnosis" && whole && !diagnosis && !diagnosing) void runDiagnosis();
  }, [panel, whole, diagnosis, diagnosing, runDiagnosis]);

  const save = async (scope: FrameScope | readonly number[], suffix: string): Promise<void> => {
    const bytes = await analyzer.exportFrames(scope);
    const base = (view.state.name || "frames").replace(/\.(pcapng|pcap|cap|enc|gz|syc|dmp|ntar)(\.gz)?$/i, "");
    const name = `${base}${suffix}.pcapng`;
    (props.onSaveFile ?? download)(name, bytes);
    setNotice(`Saved ${name}`);
  };
  const selectedFrames = (): number[] => {
    if (selected === null || !model.isShown(selected)) return [];
    const a = model.rowOf(anchor !== null && model.isShown(anchor) ? anchor : selected);
    const b = model.rowOf(selected);
    return Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => model.frameAt(Math.min(a, b) + i));
  };
  const setReferenceTo = (frame: number): void => {
    const row = model.row(frame);
    if (!row) return;
    setReference(reference?.frame === frame ? null : { frame, timeUs: row.timeUs });
    if (reference?.frame !== frame) setTimeFormat("reference");
  };

  const ways: FrameWays = {
    present: filterText,
    apply: (filter) => void apply(filter),
    prepare: (filter) => {
      setFilterText(filter);
      filterInput.current?.focus();
    },
    follow: (frame) => void follow(frame),
    showSequence: (frame) => void showSequence(frame),
    comment: () => setDialog("comment"),
    setReference: setReferenceTo,
    save: (scope, suffix) => void save(scope, suffix),
  };
  const openListMenu = ({ frame, column, x, y }: ListMenuRequest): void => {
    const row = model.row(frame);
    if (row) setMenu({ x, y, label: `Frame ${frame}`, items: rowItems(row, column, reference?.frame === frame, ways) });
  };
  const openTreeMenu = (node: DetailNode, x: number, y: number): void =>
    setMenu({ x, y, label: node.title, items: fieldItems(node, ways) });
  const openSaveMenu = (button: HTMLElement): void => {
    const box = button.getBoundingClientRect();
    const counts = { shown: view.count, all: indexed, isFiltered: view.filter.text !== "" };
    setMenu({ x: box.left, y: box.bottom + 2, label: "Export", items: exportItems(selectedFrames(), counts, ways) });
  };

  // Enter goes on to the fields: as soon as they are there, unless somebody has gone elsewhere meanwhile.
  const goesToTree = useRef(false);
  useEffect(() => {
    if (!goesToTree.current || !tree.current) return;
    goesToTree.current = false;
    if (document.activeElement === grid.current) tree.current.focus();
  });

  // These work wherever the focus is, but not under a dialog.
  const shortcut = useRef<(event: globalThis.KeyboardEvent) => boolean>(() => false);
  shortcut.current = (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "f" && !event.shiftKey) setFindSerial((n) => n + 1);
    else if (event.key === "F3" && lastFind) void find(lastFind, !event.shiftKey);
    else if (event.key === "/" && !control && !event.altKey && !isTyping(event.target)) filterInput.current?.select();
    else return false;
    return true;
  };
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (shortcut.current(event)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const key = event.key.toLowerCase();
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (!grid.current?.contains(event.target as Node) && !tree.current?.contains(event.target as Node)) return;
    else if (selected === null) return;
    else if (key === "f") void follow(selected);
    else if (key === "s") void showSequence(selected);
    else if (key === "c") setDialog("comment");
    else if (key === "t") setReferenceTo(selected);
    else return;
    event.preventDefault();
  };

  const check = useCallback((text: string) => analyzer.checkFilter(text), [analyzer]);
  const complete = useCallback((text: string, cursor: number) => analyzer.complete(text, cursor), [analyzer]);
  const hiddenBy = selected !== null && known && view.filter.text !== "" && !view.filter.running && !model.isShown(selected);

  return (
    <section className="monitor" aria-label="Network monitor" onKeyDown={onKeyDown}>
      <div className="monitor-bars">
        <FilterBar
          text={filterText}
          onText={setFilterText}
          onApply={(text) => void apply(text)}
          onStop={() => model.stopFilter()}
          filter={view.filter}
          shown={view.count}
          total={indexed}
          check={check}
          complete={complete}
          history={history}
          inputRef={filterInput}
        />
        <MonitorTools
          canFollow={selected !== null}
          canComment={shownDetails !== null}
          timeFormat={timeFormat}
          onTimeFormat={setTimeFormat}
          tail={tail}
          onTail={setTail}
          onFind={() => setFindSerial((n) => n + 1)}
          onFollow={() => selected !== null && void follow(selected)}
          onComment={() => setDialog("comment")}
          onColumns={() => setDialog("columns")}
          onExport={openSaveMenu}
        />
        {findSerial > 0 && (
          <FindBar
            onFind={find}
            serial={findSerial}
            onClose={() => {
              setFindSerial(0);
              void analyzer.cancel();
              grid.current?.focus();
            }}
          />
        )}
        {view.state.problem !== null && (
          <p className="monitor-problem">The file is damaged: {view.state.problem}. What comes after was not read.</p>
        )}
        {hiddenBy && (
          <p className="monitor-problem">
            Frame {selected} is selected, and the filter hides it.{" "}
            <button type="button" className="button quiet small" onClick={() => void apply("")}>
              Show all frames
            </button>
          </p>
        )}
      </div>
      <div className="monitor-body" style={{ gridTemplateRows: `minmax(90px, ${listShare}fr) 7px minmax(120px, ${1 - listShare}fr)` }}>
        <PacketList
          model={model}
          view={view}
          columns={columns}
          onColumns={setColumns}
          timeFormat={timeFormat}
          referenceFrame={reference}
          coloured={coloured}
          selected={selected}
          anchor={anchor}
          onSelect={select}
          onMenu={openListMenu}
          onOpen={() => {
            setPanel("frame");
            goesToTree.current = tree.current === null;
            tree.current?.focus();
          }}
          tail={tail}
          onLeaveTail={() => setTail(false)}
          gridRef={grid}
        />
        <Splitter label="Packet list and details" share={listShare} onShare={setListShare} direction="vertical" />
        <Tabs label="Details" tabs={PANELS} selected={panel} onSelect={setPanel}>
          {panel === "frame" &&
            (shownDetails ? (
              <div className="frame-panel" style={{ gridTemplateColumns: `${treeShare}fr 7px ${1 - treeShare}fr` }}>
                <DetailTree
                  tree={shownDetails.tree}
                  isOpen={(names) => openGroups.includes(names)}
                  onToggle={(names, open) => setOpenGroups(open ? [...openGroups, names] : openGroups.filter((name) => name !== names))}
                  path={path}
                  onPath={choosePath}
                  onMenu={openTreeMenu}
                  treeRef={tree}
                />
                <Splitter label="Fields and bytes" share={treeShare} onShare={setTreeShare} direction="horizontal" />
                <FrameBytesView bytes={shownDetails.bytes} joined={shownDetails.joined} at={lit.at} len={lit.len} onByte={chooseByte} />
              </div>
            ) : (
              <p className="panel-none">{indexed === 0 ? "No frames yet." : "Choose a frame to see its fields and bytes."}</p>
            ))}
          {panel === "diagnosis" && (
            <DiagnosisPanel
              diagnosis={diagnosis}
              running={diagnosing}
              frames={indexed}
              onRun={() => void runDiagnosis()}
              selected={selected}
              onSelect={select}
              onFilter={(filter) => void apply(filter)}
            />
          )}
          {panel === "graph" && <GraphView model={model} view={view} selectedUs={shownDetails?.row.timeUs ?? null} onSelect={select} />}
          {panel === "sequence" && <SequenceView model={model} view={view} selected={selected} onSelect={select} />}
        </Tabs>
      </div>
      <Legend coloured={coloured} onColoured={setColoured} onFilter={(filter) => void apply(filter)} notice={notice} state={view.state} />
      {menu && <ContextMenu request={menu} onClose={() => setMenu(null)} />}
      {dialog === "columns" && <ColumnsDialog columns={columns} onColumns={setColumns} onClose={() => setDialog(null)} />}
      {dialog === "comment" && shownDetails && (
        <CommentDialog
          frame={shownDetails.row.frame}
          comment={shownDetails.row.comment ?? ""}
          onSave={(text) => {
            void model.setComment(shownDetails.row.frame, text).then(() => setDialog(null));
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {followed && (
        <FollowDialog
          followed={followed}
          firstUs={view.state.firstUs}
          onFrame={(frame) => {
            setFollowed(null);
            select(frame);
          }}
          onFilter={(filter) => {
            setFollowed(null);
            void apply(filter);
          }}
          onClose={() => setFollowed(null)}
        />
      )}
    </section>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.matches('[type="checkbox"]');
}

function download(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
