/** What the frames are made of: protocols, conversations, endpoints. A click on a row's name filters; a click on a heading sorts. */

import { type Conversation, type Endpoint, type ProtocolShare, TRAFFIC_LAYERS, type TrafficLayer } from "@pushback/dissect";
import { useCallback, useState } from "react";
import type { FrameScope, TrafficView as Traffic } from "../analyzer/analyzer-api.ts";
import { formatSeconds } from "./columns.ts";
import { CountBar } from "./count-bar.tsx";
import { counted } from "./counted.ts";
import { useKept } from "./kept.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { useCounted } from "./use-counted.ts";

interface TrafficViewProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly onFilter: (filter: string) => void;
}

const LAYERS = Object.keys(TRAFFIC_LAYERS) as TrafficLayer[];

const TABLES = [
  { id: "protocols", title: "Protocols" },
  ...LAYERS.map((layer) => ({ id: `conversations-${layer}`, title: `Conversations: ${TRAFFIC_LAYERS[layer].title}` })),
  ...LAYERS.map((layer) => ({ id: `endpoints-${layer}`, title: `Endpoints: ${TRAFFIC_LAYERS[layer].title}` })),
];

/** A table of the panel: its columns, its rows, and how many rows there are in all. */
interface Table {
  readonly columns: readonly { readonly title: string; readonly isText?: true }[];
  readonly rows: readonly Row[];
  readonly total: number;
}

interface Row {
  readonly key: string;
  readonly filter: string;
  /** Levels that the first cell is indented. */
  readonly depth: number;
  readonly cells: readonly Cell[];
}

interface Cell {
  readonly text: string;
  readonly sortBy: number | string;
}

/** Rows on the page at first. */
const ROWS_SHOWN = 200;

const number = (n: number): Cell => ({ text: n.toLocaleString("en"), sortBy: n });
const word = (text: string): Cell => ({ text, sortBy: text });

function protocolRow({ name, depth, frames, bytes }: ProtocolShare, i: number, all: number): Row {
  const share = { text: `${((100 * frames) / Math.max(1, all)).toFixed(1)} %`, sortBy: frames };
  return { key: `${i}`, filter: name, depth, cells: [word(name), number(frames), share, number(bytes)] };
}

function conversationRow({ a, b, frames, bytes, firstUs, lastUs, filter }: Conversation, startUs: number): Row {
  const time = (us: number): Cell => ({ text: formatSeconds(us), sortBy: us });
  return {
    key: `${filter} ${a} ${firstUs}`,
    filter,
    depth: 0,
    cells: [
      ...[word(a), word(b), number(frames[0] + frames[1]), number(bytes[0] + bytes[1])],
      ...[number(frames[0]), number(frames[1]), time(firstUs - startUs), time(lastUs - firstUs)],
    ],
  };
}

function endpointRow({ address, port, frames, bytes, filter }: Endpoint, hasPorts: boolean): Row {
  const name = [word(address), ...(hasPorts ? [{ text: port, sortBy: Number(port) }] : [])];
  const counts = [frames[0] + frames[1], bytes[0] + bytes[1], frames[0], frames[1]].map(number);
  return { key: filter, filter, depth: 0, cells: [...name, ...counts] };
}

function tableOf(traffic: Traffic, id: string, startUs: number): Table {
  const [kind, layer] = id.split("-") as [string, TrafficLayer];
  if (kind === "conversations") {
    const { rows, total } = traffic.conversations[layer];
    return {
      columns: [
        ...[{ title: "From", isText: true as const }, { title: "To", isText: true as const }, { title: "Frames" }, { title: "Bytes" }],
        ...[{ title: "Frames →" }, { title: "Frames ←" }, { title: "Begins at, s" }, { title: "Lasts, s" }],
      ],
      rows: rows.map((row) => conversationRow(row, startUs)),
      total,
    };
  }
  if (kind === "endpoints") {
    const { rows, total } = traffic.endpoints[layer];
    const hasPorts = TRAFFIC_LAYERS[layer].ports !== null;
    return {
      columns: [
        { title: "Address", isText: true },
        ...(hasPorts ? [{ title: "Port" }] : []),
        ...[{ title: "Frames" }, { title: "Bytes" }, { title: "Frames sent" }, { title: "Frames received" }],
      ],
      rows: rows.map((row) => endpointRow(row, hasPorts)),
      total,
    };
  }
  return {
    columns: [{ title: "Protocol", isText: true }, { title: "Frames" }, { title: "Share" }, { title: "Bytes" }],
    rows: traffic.protocols.map((row, i) => protocolRow(row, i, traffic.frames)),
    total: traffic.protocols.length,
  };
}

/** The order of a table's rows; `column` -1 is that of the analyzer. */
interface Order {
  readonly column: number;
  readonly down: boolean;
}

const AS_COUNTED: Order = { column: -1, down: true };

function sorted(rows: readonly Row[], { column, down }: Order): readonly Row[] {
  if (column < 0) return rows;
  return [...rows].sort((x, y) => {
    const [p, q] = [x.cells[column].sortBy, y.cells[column].sortBy];
    const less = typeof p === "number" && typeof q === "number" ? p - q : String(p).localeCompare(String(q), "en", { numeric: true });
    return down ? -less : less;
  });
}

export function TrafficView({ model, view, onFilter }: TrafficViewProps) {
  const [id, setId] = useKept("traffic-table", (kept) => TABLES.find((table) => table.id === kept)?.id ?? "protocols");
  const [scope, setScope] = useState<FrameScope>("all");
  const [order, setOrder] = useState<Order>(AS_COUNTED);
  const [most, setMost] = useState(ROWS_SHOWN);
  const { analyzer } = model;
  const count = useCallback(
    (wanted: FrameScope, onPart: (done: number, total: number) => void) => analyzer.traffic(wanted, onPart),
    [analyzer],
  );
  const stopCount = useCallback(() => analyzer.stopTraffic(), [analyzer]);
  const reading = useCounted(view, scope, count, stopCount);
  const { result: traffic } = reading;

  const table = traffic && tableOf(traffic, id, view.state.firstUs);
  const rows = table ? sorted(table.rows, order) : [];
  const choose = (column: number): void =>
    setOrder((before) => ({ column, down: before.column === column ? !before.down : !table?.columns[column].isText }));
  return (
    <div className="traffic-view">
      <div className="panel-bar">
        <select
          className="field"
          aria-label="Table"
          value={id}
          onChange={(event) => {
            setId(event.target.value);
            setOrder(AS_COUNTED);
            setMost(ROWS_SHOWN);
          }}
        >
          {TABLES.map((each) => (
            <option key={each.id} value={each.id}>
              {each.title}
            </option>
          ))}
        </select>
        <CountBar
          scope={scope}
          onScope={setScope}
          counted={reading}
          verb="Counting"
          again="Count again"
          className="traffic-sum"
          sum={traffic ? `${counted(traffic.frames, "frame")}, ${counted(traffic.bytes, "byte")}` : ""}
        />
      </div>
      {table && table.total === 0 && <p className="traffic-empty">No frame has this layer.</p>}
      {table && table.total > 0 && (
        // The table scrolls sideways in a narrow window, so that it can be reached with the keyboard too.
        <section className="traffic-table" aria-label={TABLES.find((each) => each.id === id)?.title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {table.columns.map(({ title, isText }, column) => (
                  <th
                    key={title}
                    scope="col"
                    className={isText ? undefined : "numbers"}
                    aria-sort={order.column !== column ? "none" : order.down ? "descending" : "ascending"}
                  >
                    <button type="button" className="traffic-sort" onClick={() => choose(column)}>
                      {title}
                      <span aria-hidden="true">{order.column !== column ? "" : order.down ? " ↓" : " ↑"}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, most).map(({ key, filter, depth, cells }) => (
                <tr key={key}>
                  <th scope="row" style={{ paddingInlineStart: `${12 + 18 * depth}px` }}>
                    <button type="button" className="traffic-filter" title={`Filter: ${filter}`} onClick={() => onFilter(filter)}>
                      {cells[0].text}
                    </button>
                  </th>
                  {cells.slice(1).map(({ text }, i) => (
                    <td key={table.columns[i + 1].title} className={table.columns[i + 1].isText ? undefined : "numbers"}>
                      {text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {(table.total > table.rows.length || rows.length > most) && (
            <p className="traffic-more">
              {Math.min(most, rows.length).toLocaleString("en")} of {table.total.toLocaleString("en")}
              {table.total > table.rows.length && `; the analyzer keeps the ${table.rows.length.toLocaleString("en")} with the most frames`}{" "}
              {rows.length > most && (
                <button type="button" className="button quiet small" onClick={() => setMost(most * 2)}>
                  More rows
                </button>
              )}
            </p>
          )}
        </section>
      )}
    </div>
  );
}
