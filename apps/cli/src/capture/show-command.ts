/** `pushback show`. */

import type { CapturedPacket } from "@pushback/capture";
import {
  compileFilter,
  type Field,
  type Filter,
  FrameDissector,
  STANDARD_PROTOCOLS,
  summarizeFrame,
  type TreeNode,
  TreeSink,
} from "@pushback/dissect";
import { UsageError } from "@pushback/usage-error";
import { ClosedOutput } from "../shared/output-file.ts";
import { showProgress, style } from "../shared/terminal.ts";
import { readCaptureFile } from "./capture-input.ts";

export interface ShowOptions {
  readonly Y?: string;
  readonly fields?: string;
  readonly frame?: string;
  readonly count?: boolean;
}

/** The exit code: 0, or 1 when a filter or a frame number selects nothing. */
export async function runShow(path: string, options: ShowOptions): Promise<number> {
  const filter = options.Y === undefined ? null : filterOption(options.Y);
  const fields = options.fields?.split(",").map((name) => fieldOption(name.trim()));
  const frame = options.frame === undefined ? null : frameOption(options.frame);
  const output = options.count ? null : new ShowOutput(fields ?? null, frame);
  let selected = 0;
  const problem = await readCaptureFile(
    path,
    {
      packet: (p) => {
        const matches = (filter === null || filter.matches(p)) && (frame === null || p.number === frame);
        if (matches) selected++;
        output?.packet(p, matches);
      },
    },
    (part) => showProgress(`reading ${Math.floor(part * 100)} %`),
  );
  showProgress("");
  output?.end();
  if (options.count) process.stdout.write(`${selected}\n`);
  if (problem) process.stderr.write(`pushback: ${path} is damaged: ${problem}; what comes after was not read\n`);
  return selected > 0 ? 0 : 1;
}

/** Throws a UsageError with the text, and a caret under the column that is not understood. */
function filterOption(text: string): Filter {
  const result = compileFilter(text);
  if (result.ok) return result.filter;
  throw new UsageError(`-Y: ${result.message}\n  ${text}\n  ${" ".repeat(result.offset)}^ column ${result.offset + 1}`);
}

function fieldOption(name: string): Field {
  const field = STANDARD_PROTOCOLS.field(name);
  if (field) return field;
  const near = STANDARD_PROTOCOLS.fields.filter((f) => f.name.startsWith(name.split(".")[0])).map((f) => f.name);
  throw new UsageError(
    `--fields: unknown field "${name}"${near.length > 0 ? `; there are ${near.slice(0, 12).join(", ")}${near.length > 12 ? ", …" : ""}` : ""}`,
  );
}

function frameOption(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`--frame ${text}: takes a frame number, from 1`);
  return Number(text);
}

/** Lines are gathered, because a write for each is slow. */
const FLUSH_CHARS = 64 * 1024;

class ShowOutput {
  readonly #fields: readonly Field[] | null;
  readonly #frame: number | null;
  readonly #sink = new TreeSink();
  readonly #dissector = new FrameDissector(this.#sink);
  #firstUs = -1;
  #text = "";

  constructor(fields: readonly Field[] | null, frame: number | null) {
    this.#fields = fields;
    this.#frame = frame;
  }

  /** Frames that are not shown are dissected all the same: what follows counts on them. */
  packet(p: CapturedPacket, shown: boolean): void {
    if (this.#firstUs < 0) this.#firstUs = p.timeUs;
    this.#sink.roots.length = 0;
    this.#sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    if (!shown) return;
    if (this.#fields) this.#write(this.#fieldLine(this.#fields));
    else if (this.#frame !== null) this.#write(this.#frameText(p));
    else this.#write(`${summaryLine(p.number, p.timeUs - this.#firstUs, p.origLen, this.#sink.roots)}\n`);
  }

  /** Writes what was gathered. Throws a ClosedOutput where the reader of standard output is gone. */
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

  /** Values separated by tabs, several of one field by commas. */
  #fieldLine(fields: readonly Field[]): string {
    const values = new Map<Field, string[]>(fields.map((field) => [field, []]));
    const collect = (nodes: readonly TreeNode[]): void => {
      for (const node of nodes) {
        values.get(node.field)?.push(node.field.kind === "none" ? node.field.name : node.show);
        collect(node.children);
      }
    };
    collect(this.#sink.roots);
    return `${fields.map((field) => (values.get(field) ?? []).join(",")).join("\t")}\n`;
  }
}

function summaryLine(number: number, timeUs: number, length: number, roots: readonly TreeNode[]): string {
  const { source, destination, protocol, info } = summarizeFrame(roots);
  const time = (timeUs / 1e6).toFixed(6).padStart(13);
  return `${String(number).padStart(6)} ${time}  ${source.padEnd(15)} → ${destination.padEnd(15)} ${protocol.padEnd(7)} ${String(length).padStart(5)}  ${info}`.trimEnd();
}

function treeText(nodes: readonly TreeNode[], depth: number): string {
  return nodes
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
