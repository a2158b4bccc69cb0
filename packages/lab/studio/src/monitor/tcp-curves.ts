/**
 * The curves of a TCP connection that can be drawn, reckoned from its frames. The definitions are those of Wireshark's TCP stream graphs (User's Guide,
 * "TCP Stream Graphs"): throughput over a moving second, the round-trip time from a segment to its ACK, the window as advertised with its scale.
 */

import type { TcpGraph } from "../analyzer/analyzer-api.ts";

export interface TcpCurve {
  readonly id: string;
  readonly title: string;
  /** The style sheet's colour. */
  readonly token: string;
  /** `marks`: one mark per frame. `steps`: a value that holds until the next frame. Curves differ by mark or dash pattern, not only by colour. */
  readonly form: "marks" | "steps";
  readonly dash: readonly number[];
  /** Whether the curve is drawn before the user chooses curves. */
  readonly isFirst: boolean;
  /** One value per frame, in the unit of the axis; `NaN` for a frame without a value. */
  readonly values: Float64Array;
}

interface TcpPlot {
  /** What the axis counts, with its unit: short enough for the height of a small window. */
  readonly axis: string;
  readonly curves: readonly TcpCurve[];
  /** Description of frame `i` in words. */
  textOf(i: number): string;
}

export interface TcpCurves {
  readonly id: string;
  readonly title: string;
  plotOf(graph: TcpGraph): TcpPlot;
}

/** Time over which the throughput is summed at each frame, in microseconds. */
const SPAN_US = 1_000_000;

const number = (value: number): string => value.toLocaleString("en");
const isKnown = (value: number): boolean => !Number.isNaN(value);

function sequence(graph: TcpGraph): TcpPlot {
  return {
    axis: "Sequence, bytes",
    curves: [
      { id: "to", title: "Sent up to", token: "--mail", form: "marks", dash: [], isFirst: true, values: graph.to },
      {
        id: "acknowledged",
        title: "Acknowledged",
        token: "--push",
        form: "steps",
        dash: [6, 3],
        isFirst: true,
        values: graph.acknowledged,
      },
      // A window of thousands of bytes leaves no room for the small segments of a mail client.
      { id: "edges", title: "Edge of the window", token: "--ink-3", form: "steps", dash: [2, 3], isFirst: false, values: graph.edges },
    ],
    textOf(i) {
      if (isKnown(graph.to[i])) {
        const bytes = graph.to[i] - graph.from[i];
        const span = `${number(graph.from[i])} to ${number(graph.to[i])}, ${number(bytes)} bytes`;
        return bytes === 0 ? `a segment without data at ${number(graph.from[i])}` : span;
      }
      if (isKnown(graph.acknowledged[i])) return `acknowledges up to ${number(graph.acknowledged[i])}, window ${number(graph.windows[i])}`;
      return "the connection is reset";
    },
  };
}

/** At each frame with a value in `added`: the sum of `added` over the last second, this frame included. `NaN` at other frames. */
function movingSums(timesUs: Float64Array, added: Float64Array): Float64Array {
  const sums = new Float64Array(added.length).fill(Number.NaN);
  let sum = 0;
  let first = 0;
  added.forEach((bytes, i) => {
    if (isKnown(bytes)) sum += bytes;
    for (; timesUs[first] <= timesUs[i] - SPAN_US; first++) if (isKnown(added[first])) sum -= added[first];
    if (isKnown(bytes)) sums[i] = sum;
  });
  return sums;
}

/** Sequence numbers that each ACK acknowledges for the first time, in bytes; `NaN` at frames without an acknowledgment. */
function newlyAcknowledged({ acknowledged, from }: TcpGraph): Float64Array {
  // Counting starts at the first captured sequence number: the capture may begin in the middle of the connection.
  let most = from.find(isKnown) ?? 0;
  return acknowledged.map((upTo) => {
    if (!isKnown(upTo)) return upTo;
    const bytes = Math.max(0, upTo - most);
    most = Math.max(most, upTo);
    return bytes;
  });
}

const RATES = [
  [1e6, "Mbit/s"],
  [1e3, "kbit/s"],
  [1, "bit/s"],
] as const;

function throughput(graph: TcpGraph): TcpPlot {
  const sent = movingSums(graph.timesUs, graph.payload);
  const heard = movingSums(graph.timesUs, newlyAcknowledged(graph));
  const most = Math.max(0, ...[...sent, ...heard].filter(isKnown)) * 8;
  const [size, unit] = RATES.find(([least]) => most >= least) ?? RATES[2];
  const rates = (bytes: Float64Array): Float64Array => bytes.map((n) => (n * 8) / size);
  const [rate, good] = [rates(sent), rates(heard)];
  const told = (value: number) => `${number(Number(value.toPrecision(4)))} ${unit}`;
  return {
    axis: `Rate, ${unit}`,
    curves: [
      {
        id: "sent",
        title: "Throughput: sent in a second, repeats included",
        token: "--mail",
        form: "marks",
        dash: [],
        isFirst: true,
        values: rate,
      },
      {
        id: "heard",
        title: "Goodput: acknowledged in a second",
        token: "--push",
        form: "steps",
        dash: [6, 3],
        isFirst: true,
        values: good,
      },
    ],
    textOf(i) {
      if (isKnown(rate[i])) return `${told(rate[i])} were sent in the second before`;
      return isKnown(good[i]) ? `${told(good[i])} were acknowledged in the second before` : "the connection is reset";
    },
  };
}

function roundTrips(graph: TcpGraph): TcpPlot {
  const ms = graph.rttsUs.map((us) => us / 1000);
  return {
    axis: "Round trip, ms",
    curves: [{ id: "rtt", title: "From a segment to its ACK", token: "--mail", form: "marks", dash: [], isFirst: true, values: ms }],
    textOf: (i) => (isKnown(ms[i]) ? `acknowledges a segment ${number(ms[i])} ms after it was sent` : "acknowledges no segment"),
  };
}

/** Bytes in flight at each frame: sent and not yet acknowledged. */
function outstanding({ to, acknowledged }: TcpGraph): Float64Array {
  let sent = Number.NaN;
  let heard = Number.NaN;
  return to.map((end, i) => {
    if (isKnown(end)) sent = isKnown(sent) ? Math.max(sent, end) : end;
    if (isKnown(acknowledged[i])) heard = isKnown(heard) ? Math.max(heard, acknowledged[i]) : acknowledged[i];
    return Math.max(0, sent - heard);
  });
}

function windows(graph: TcpGraph): TcpPlot {
  const open = outstanding(graph);
  return {
    axis: "Window, bytes",
    curves: [
      { id: "window", title: "Window of the receiver", token: "--push", form: "steps", dash: [6, 3], isFirst: true, values: graph.windows },
      { id: "open", title: "Sent, not acknowledged", token: "--mail", form: "marks", dash: [], isFirst: true, values: open },
    ],
    textOf(i) {
      const out = isKnown(open[i]) ? `${number(open[i])} bytes are not acknowledged` : "nothing is acknowledged yet";
      return isKnown(graph.windows[i]) ? `window ${number(graph.windows[i])} bytes, ${out}` : out;
    },
  };
}

export const TCP_CURVES: readonly TcpCurves[] = [
  { id: "tcp", title: "Sequence numbers of the TCP connection", plotOf: sequence },
  { id: "throughput", title: "Throughput of the TCP connection", plotOf: throughput },
  { id: "rtt", title: "Round-trip times of the TCP connection", plotOf: roundTrips },
  { id: "window", title: "Window of the TCP connection", plotOf: windows },
];

/** Index of the next frame in a direction at which one of the curves has a value; `place` if there is none. */
export function nextValue(curves: readonly TcpCurve[], place: number, direction: 1 | -1): number {
  const count = curves[0]?.values.length ?? 0;
  for (let i = place + direction; i >= 0 && i < count; i += direction) if (curves.some(({ values }) => isKnown(values[i]))) return i;
  return place;
}
