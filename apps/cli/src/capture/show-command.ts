/** `pushback show`. */

import type { CapturedPacket, CaptureListener } from "@pushback/capture";
import { type Field, type Filter, FrameDissector, STANDARD_PROTOCOLS, summarizeFrame, type TreeNode, TreeSink } from "@pushback/dissect";
import { UsageError } from "@pushback/usage-error";
import { ClosedOutput } from "../shared/closed-output.ts";
import { outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import type { ShowLine } from "../shared/json-outputs.ts";
import { writeOutputFile } from "../shared/output-file.ts";
import { printable, printNote } from "../shared/printable.ts";
import { showProgress, style } from "../shared/terminal.ts";
import { type ReadProblem, readCaptureFile } from "./capture-input.ts";
import { type CaptureOutput, destinationOf, outputFormatOf } from "./capture-output.ts";
import { JSON_ARRAY, packetJson } from "./packet-json.ts";
import { EnoughPackets, filterOption, packetLimit, pathOption, positiveOption } from "./packet-options.ts";
import { forEachCapture, worstOf } from "./several-captures.ts";
import { type Statistics, statisticsOption } from "./statistics-option.ts";

export interface ShowOptions {
  readonly r?: string;
  readonly Y?: string;
  readonly c?: string;
  readonly T?: string;
  /** Names of fields, in the order given. */
  readonly e: readonly string[];
  /** Settings of `-T fields`, each `name=value`. */
  readonly E: readonly string[];
  readonly w?: string;
  readonly x?: boolean;
  readonly q?: boolean;
  readonly z?: readonly string[];
  readonly fields?: string;
  readonly frame?: string;
  readonly count?: boolean;
  readonly json?: boolean;
}

/** The exit code: 0, or 1 when a filter or a frame number selects nothing. */
export async function runShow(captures: readonly string[], options: ShowOptions): Promise<number> {
  if (captures.length > 1) return await showAll(captures, options);
  const path = pathOption(captures[0], "-r", options.r, "capture", "pushback show CAPTURE, or -r CAPTURE");
  return await show(path, options, readOptions(options), null);
}

/** What the options say, parsed once for all captures. Throws a UsageError. */
function readOptions(options: ShowOptions) {
  const filter = filterOption(options.Y);
  const frame = options.frame === undefined ? null : positiveOption("--frame", options.frame, "a frame number");
  const most = packetLimit(options.c);
  const layout = layoutOption(options, frame);
  const createStatistics = () => (options.z ?? []).map(statisticsOption);
  const hasStatistics = createStatistics().length > 0;
  if (options.x && layout?.kind !== "summary")
    throw new UsageError("-x: goes with a summary; leave out --count, --frame, --json, -T and fields");
  if (options.w !== undefined) {
    if (hasStatistics || options.x) throw new UsageError("-w: writes packets; leave out -x and -z");
    if (layout?.kind !== "summary") throw new UsageError("-w: writes packets; leave out --count, --frame, --json, -T and fields");
  }
  return { filter, frame, most, layout, createStatistics };
}

/**
 * Prints each capture after a line with its path, as head(1) prints several files. Returns the exit code: 2 if a capture can't be read, otherwise 0 if
 * the filter selects frames in at least one of them, otherwise 1.
 */
async function showAll(captures: readonly string[], options: ShowOptions): Promise<number> {
  for (const name of ["r", "w", "frame"] as const)
    if (options[name] !== undefined)
      throw new UsageError(`${name === "frame" ? "--frame" : `-${name}`}: takes one capture, and ${captures.length} are named`);
  if (options.T === "json" && !options.count)
    throw new UsageError(`-T json: takes one capture, and ${captures.length} are named; --json prints lines for several`);
  const parsed = readOptions(options);
  const codes = await forEachCapture(captures, (path) => show(path, options, parsed, path));
  return worstOf(codes, [2, 0, 1]);
}

/** `label` is the path where several captures are shown. */
async function show(
  path: string,
  options: ShowOptions,
  { filter, frame, most, layout, createStatistics }: ReturnType<typeof readOptions>,
  label: string | null,
): Promise<number> {
  if (options.w === undefined) {
    const settings = { isQuiet: options.q === true, hasBytes: options.x === true, statistics: createStatistics(), label };
    return await select(path, filter, frame, most, layout === null ? null : new ShowOutput(layout, settings), options, label);
  }
  const to = options.w;
  requireDistinctOutputs([path], outputTo("-w", to));
  const format = outputFormatOf(to, undefined, "name it .pcapng or .pcap, or use convert --format");
  return await writeOutputFile(to, async (file) => {
    const output = format.create(destinationOf(file, to, format));
    const code = await select(path, filter, frame, most, { ...output, packet: (p, shown) => shown && writePacket(output, to, p) }, options);
    output.end();
    return code;
  });
}

function writePacket(output: CaptureOutput, path: string, p: CapturedPacket): void {
  try {
    output.packet(p);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${path}: packet ${p.number}: ${error.message}`);
    throw error;
  }
}

/** Takes every packet of a capture and whether it is selected, with the records that a capture file keeps beside them. */
interface SelectionOutput extends Omit<CaptureListener, "packet"> {
  packet(p: CapturedPacket, selected: boolean): void;
  /** Called after the last packet, unless an error ended the reading. */
  finish?(): void;
  end(): void;
}

async function select(
  path: string,
  filter: Filter | null,
  frame: number | null,
  most: number,
  output: SelectionOutput | null,
  { count, w }: ShowOptions,
  label: string | null = null,
): Promise<number> {
  let selected = 0;
  let read = 0;
  const listener: CaptureListener = {
    ...(output?.block && { block: (b) => output.block?.(b) }),
    ...(output?.interface && { interface: (i) => output.interface?.(i) }),
    packet: (p) => {
      read++;
      const matches = (filter === null || filter.matches(p)) && (frame === null || p.number === frame);
      if (matches) selected++;
      output?.packet(p, matches);
      if (read === most) throw new EnoughPackets();
    },
  };
  let problem: ReadProblem = null;
  try {
    problem = await readCaptureFile(path, listener, (part) => showProgress(`reading ${Math.floor(part * 100)} %`));
  } catch (error) {
    if (!(error instanceof EnoughPackets)) throw error;
  }
  showProgress("");
  if (w === undefined) output?.finish?.();
  if (count) process.stdout.write(`${label === null ? "" : `${printable(label)}: `}${selected}\n`);
  if (frame !== null && selected === 0 && filter === null && read < most)
    printNote(`${path}: has ${read} frames, so there is no frame ${frame}`);
  if (problem) printNote(`${path} is damaged: ${problem}; what comes after was not read`);
  return selected > 0 ? 0 : 1;
}

/** Ways to print frames. */
type Layout =
  | { readonly kind: "summary" }
  | { readonly kind: "frame" }
  | { readonly kind: "json" | "lines"; readonly fields: readonly Field[] | null }
  | { readonly kind: "fields"; readonly fields: readonly Field[]; readonly separator: string; readonly header: boolean };

const TYPES = ["fields", "json", "text"] as const;

/** The layout that the options ask for; `null` if only the number of frames is printed. Throws a UsageError for options that contradict one another. */
function layoutOption(options: ShowOptions, frame: number | null): Layout | null {
  const { T, e, E, count, json } = options;
  if (T !== undefined && !TYPES.some((type) => type === T)) throw new UsageError(`-T ${T}: there are ${TYPES.join(", ")}`);
  const names = [...(options.fields?.split(",") ?? []), ...e];
  const fields = names.map((name) => fieldOption(name.trim(), e.includes(name) ? "-e" : "--fields"));
  if (T === "fields" && fields.length === 0) throw new UsageError("-T fields: name at least one field with -e");
  if (json && T === "json") throw new UsageError("-T json: an array of objects as tshark prints; leave it out for the lines of --json");
  if (E.length > 0 && (json || T === "json" || T === "text" || fields.length === 0)) throw new UsageError("-E: goes with -T fields");
  if (count) return null;
  if (json || T === "json") return { kind: T === "json" ? "json" : "lines", fields: fields.length > 0 ? fields : null };
  if (fields.length > 0 && T !== "text") return { kind: "fields", fields, ...fieldSettings(E) };
  return frame === null ? { kind: "summary" } : { kind: "frame" };
}

/** Names that tshark has for separators. */
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ["/t", "\t"],
  ["/s", " "],
]);

function fieldSettings(settings: readonly string[]): { readonly separator: string; readonly header: boolean } {
  let separator = "\t";
  let header = false;
  for (const setting of settings) {
    const [name, value] = [setting.slice(0, setting.indexOf("=")), setting.slice(setting.indexOf("=") + 1)];
    if (name === "separator" && (value.length === 1 || SEPARATORS.has(value))) separator = SEPARATORS.get(value) ?? value;
    else if (name === "header" && (value === "y" || value === "n")) header = value === "y";
    else throw new UsageError(`-E ${setting}: there are header=y|n and separator=/t|/s|CHARACTER`);
  }
  return { separator, header };
}

function fieldOption(name: string, option: string): Field {
  const field = STANDARD_PROTOCOLS.field(name);
  if (field) return field;
  const near = STANDARD_PROTOCOLS.fields.filter((f) => f.name.startsWith(name.split(".")[0])).map((f) => f.name);
  throw new UsageError(
    `${option}: unknown field "${name}"${near.length > 0 ? `; there are ${near.slice(0, 12).join(", ")}${near.length > 12 ? ", …" : ""}` : ""}`,
  );
}

/** Lines are gathered, because a write for each is slow. */
const FLUSH_CHARS = 64 * 1024;

interface ShowSettings {
  /** Whether no frames are printed. */
  readonly isQuiet: boolean;
  /** Whether the line of each frame is followed by a dump of its bytes. */
  readonly hasBytes: boolean;
  /** Statistics, printed at the end in reverse order, like tshark. */
  readonly statistics: readonly Statistics[];
  /** The capture's path if several captures are shown; otherwise `null`. */
  readonly label: string | null;
}

class ShowOutput {
  readonly #layout: Layout;
  readonly #settings: ShowSettings;
  readonly #sink = new TreeSink();
  readonly #dissector = new FrameDissector(this.#sink, { marksDisplayed: true });
  #firstUs = -1;
  #text = "";
  /** Whether the array of `-T json` has begun. */
  #hasObjects = false;

  constructor(layout: Layout, settings: ShowSettings) {
    this.#layout = layout;
    this.#settings = settings;
    if (settings.label !== null && layout.kind !== "lines") this.#text = `==> ${printable(settings.label)} <==\n`;
    if (layout.kind === "fields" && layout.header) this.#text += `${layout.fields.map(({ name }) => name).join(layout.separator)}\n`;
  }

  /** Dissects every frame, shown or not, because the dissector's state spans frames. */
  packet(p: CapturedPacket, shown: boolean): void {
    if (this.#firstUs < 0) this.#firstUs = p.timeUs;
    this.#sink.roots.length = 0;
    this.#sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    // As in tshark, statistics count every frame, whatever is shown.
    for (const statistics of this.#settings.statistics) statistics.packet(p, this.#sink.roots);
    if (!shown) return;
    this.#dissector.setDisplayed(p);
    if (this.#settings.isQuiet) return;
    const layout = this.#layout;
    const { label } = this.#settings;
    if (layout.kind === "fields")
      this.#write(
        `${this.#valuesOf(layout.fields)
          .map((values) => values.join(","))
          .join(layout.separator)}\n`,
      );
    else if (layout.kind === "json") {
      const object = packetJson(p, this.#sink.roots, layout.fields, (fields) => this.#valuesOf(fields));
      this.#write(`${this.#hasObjects ? JSON_ARRAY.next : JSON_ARRAY.first}${object}`);
      this.#hasObjects = true;
    } else if (layout.kind === "lines")
      this.#write(`${JSON.stringify({ ...(label !== null && { capture: label }), ...this.#jsonOf(p, layout.fields) })}\n`);
    else if (layout.kind === "frame") this.#write(this.#frameText(p));
    else this.#write(`${summaryLine(p.number, p.timeUs - this.#firstUs, p.origLen, this.#sink.roots)}\n`);
    if (this.#settings.hasBytes) this.#write(`${hexText(p.bytes.subarray(p.at, p.at + p.len))}\n`);
  }

  /** Ends the output with the statistics. */
  finish(): void {
    if (this.#layout.kind === "json" && !this.#settings.isQuiet) this.#text += this.#hasObjects ? JSON_ARRAY.last : JSON_ARRAY.none;
    for (const statistics of this.#settings.statistics.toReversed()) this.#text += statistics.text();
    this.end();
  }

  /** Writes the buffered text. Throws ClosedOutput if the reader of standard output has exited. */
  end(): void {
    if (process.stdout.destroyed) throw new ClosedOutput();
    process.stdout.write(this.#text);
    this.#text = "";
  }

  #write(text: string): void {
    this.#text += text;
    if (this.#text.length > FLUSH_CHARS) this.end();
  }

  #frameText(p: CapturedPacket): string {
    const { roots, content } = this.#sink;
    const joined = content.joined.map(
      (part) => `\nPut together with earlier frames, ${part.content.length} bytes\n${hexText(part.content)}`,
    );
    return `${treeText(roots, 0)}\n${hexText(p.bytes.subarray(p.at, p.at + p.len))}${joined.join("")}`;
  }

  /** The values of each field, in the order of the fields. */
  #valuesOf(fields: readonly Field[]): string[][] {
    const values = new Map<Field, string[]>(fields.map((field) => [field, []]));
    const shown = this.#layout.kind === "fields" ? columnValue : shownValue;
    const collect = (nodes: readonly TreeNode[]): void => {
      for (const node of nodes) {
        values.get(node.field)?.push(shown(node));
        collect(node.children);
      }
    };
    collect(this.#sink.roots);
    return fields.map((field) => values.get(field) ?? []);
  }

  /** The frame's number and its values by field name. If no fields were named, also the columns of the summary. */
  #jsonOf(p: CapturedPacket, fields: readonly Field[] | null): ShowLine | Pick<ShowLine, "number" | "fields"> {
    const values: Record<string, string[]> = {};
    if (fields) {
      for (const [i, list] of this.#valuesOf(fields).entries()) values[fields[i].name] = list;
      return { number: p.number, fields: values };
    }
    const collect = (nodes: readonly TreeNode[]): void => {
      for (const node of nodes) {
        values[node.field.name] ??= [];
        values[node.field.name].push(shownValue(node));
        collect(node.children);
      }
    };
    collect(this.#sink.roots);
    const { source, destination, protocol, info } = summarizeFrame(this.#sink.roots);
    return { number: p.number, source, destination, protocol, info, fields: values };
  }
}

/** Text of a node: its value, or the name of a group or protocol. */
function shownValue({ field, show }: TreeNode): string {
  return field.kind === "none" ? field.name : show;
}

/** A value as `-T fields` prints it: as in tshark, without colons between bytes. */
function columnValue(node: TreeNode): string {
  return node.field.kind === "bytes" ? node.show.replaceAll(":", "") : shownValue(node);
}

function summaryLine(number: number, timeUs: number, length: number, roots: readonly TreeNode[]): string {
  const { source, destination, protocol, info } = summarizeFrame(roots);
  const time = (timeUs / 1e6).toFixed(6).padStart(13);
  return `${String(number).padStart(6)} ${time}  ${source.padEnd(15)} → ${destination.padEnd(15)} ${protocol.padEnd(7)} ${String(length).padStart(5)}  ${info}`.trimEnd();
}

function treeText(nodes: readonly TreeNode[], depth: number): string {
  return nodes
    .filter(({ field }) => !field.isHidden)
    .map((node) => {
      const { title, name, values, kind } = node.field;
      const named = values && kind === "number" ? values[Number(node.show)] : undefined;
      const value =
        node.show === "" ? "" : `: ${node.show.length > 120 ? `${node.show.slice(0, 120)}…` : node.show}${named ? ` (${named})` : ""}`;
      const line = `${"    ".repeat(depth)}${kind === "none" ? style("bold", title) : title}${value}  ${style("dim", name)}\n`;
      return line + treeText(node.children, depth + 1);
    })
    .join("");
}

/** Sixteen bytes a line: offset, hexadecimal, ASCII. */
function hexText(b: Uint8Array): string {
  const lines: string[] = [];
  for (let row = 0; row < b.length; row += 16) {
    const bytes = [...b.subarray(row, row + 16)];
    const digits = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${style("dim", row.toString(16).padStart(4, "0"))}  ${digits.padEnd(47)}  ${ascii}`);
  }
  return `${lines.join("\n")}\n`;
}
