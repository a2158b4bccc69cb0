/** Reads YAML that people write: one document of plain values. Every fault has its place, in words that need no knowledge of the YAML library. */

import { type Document, isScalar, LineCounter, type Node, parseDocument, visit, type YAMLError } from "yaml";

/** A fault in a text with its position. */
export interface YamlFault {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The fault without words of the text: those of a file with passwords must not be printed. */
  readonly code: string;
}

/** A document and its value in plain JavaScript, or all faults of the text. `locate` converts an offset of the text to line and column, from 1. */
export type YamlResult =
  | { readonly ok: true; readonly document: Document.Parsed; readonly value: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

type Locate = (offset: number) => Pick<YamlFault, "line" | "column">;

/** Most values that aliases may stand for, as a multiple of the values that are written. */
const MOST_ALIASES = 100;

const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins here; a file has one, so leave out this line and what follows",
  RESOURCE_EXHAUSTION: "lists and records are nested too deeply here",
  NON_STRING_KEY: "a key is a text here, not a list, a record or an alias",
  DUPLICATE_KEY: "the same key stands above already; give it once",
};

interface FaultAt {
  readonly offset: number;
  readonly code: string;
  readonly message: string;
}

function describeError({ code, pos, message }: YAMLError): FaultAt {
  const [offset] = pos;
  if (code !== "TAG_RESOLVE_FAILED") return { offset, code, message: MESSAGES[code] ?? message.split("\n")[0] };
  const tag = /^Unresolved tag: (.*)/.exec(message)?.[1].replace("tag:yaml.org,2002:", "!!");
  return { offset, code, message: tag === undefined ? message : `unknown tag "${tag}"; a text that begins with ! takes quotes` };
}

/** Aliases that stand for no value before them or for a value that they are a part of, and keys that plain records do not keep. */
function faultsOfNodes(document: Document.Parsed): FaultAt[] {
  const faults: FaultAt[] = [];
  const anchored = new Map<string, Node>();
  visit(document, {
    Value(_key, value) {
      if (value.anchor !== undefined) anchored.set(value.anchor, value);
    },
    Pair(_key, { key }) {
      if (isScalar(key) && key.value === "__proto__")
        faults.push({ offset: key.range?.[0] ?? 0, code: "RESERVED_KEY", message: "no key may have the name __proto__" });
    },
    Alias(_key, { source, range }, ancestors) {
      const offset = range?.[0] ?? 0;
      const whole = anchored.get(source);
      if (whole === undefined) {
        const message = `no anchor &${source} stands before this alias; a text that begins with * takes quotes`;
        faults.push({ offset, code: "UNKNOWN_ALIAS", message });
      } else if (ancestors.includes(whole)) {
        faults.push({ offset, code: "ENDLESS_ALIAS", message: `*${source} is a part of the value that it stands for` });
      }
    },
  });
  return faults;
}

/** Place of the first alias. */
function firstAlias(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Alias(_key, { range }) {
      offset = range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** Reads a text of one document. Keys are texts. Never throws, and prints no warning. */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const locate: Locate = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const refuse = (faults: readonly FaultAt[]): YamlResult => {
    // Each level above reports the same.
    const tooDeep = faults.find(({ code }) => code === "RESOURCE_EXHAUSTION");
    // In a malformed text the parser takes lists for keys.
    const malformed = faults.filter(({ code }) => code !== "NON_STRING_KEY");
    const told = tooDeep ? [tooDeep] : malformed.length > 0 ? malformed : faults;
    return { ok: false, faults: told.map(({ offset, ...fault }) => ({ ...locate(offset), ...fault })) };
  };
  const faults = [...document.errors, ...document.warnings].map(describeError);
  if (faults.length > 0) return refuse(faults);
  const wrongNodes = faultsOfNodes(document);
  if (wrongNodes.length > 0) return refuse(wrongNodes);
  try {
    return { ok: true, document, value: document.toJS({ maxAliasCount: MOST_ALIASES }), locate };
  } catch {
    const message = "the aliases of this text stand for too many values; write fewer";
    return refuse([{ offset: firstAlias(document), code: "TOO_MANY_ALIASES", message }]);
  }
}
