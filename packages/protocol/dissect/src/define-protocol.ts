/**
 * What a protocol is to the dissector: one declaration, from which dispatch, display filters, completion, the packet list's
 * Info column, colours and docs/PROTOCOLS.md are derived. `docs/EXTENDING.md`, "Add a dissector", walks through an example.
 */

import { RopCodecError } from "@pushback/mapi";
import type { Dissect, DissectedProtocol, PayloadLength, StreamFraming } from "./dissection.ts";
import { type Field, group } from "./field.ts";
import { FRAME_CLASSES, type FrameClass } from "./frame-class-names.ts";

/** Where a protocol is found: below which carrier, and how the carrier names it. */
export type Place =
  | { readonly carrier: "link"; readonly linkType: number }
  | { readonly carrier: "ethertype"; readonly etherType: number; readonly payloadLength: PayloadLength | null }
  | { readonly carrier: "llc"; readonly sap: number }
  | { readonly carrier: "snap"; readonly oui: number; readonly type: number }
  | { readonly carrier: "ip"; readonly protocolNumber: number }
  | { readonly carrier: "udp" | "tcp"; readonly port: number }
  | { readonly carrier: "tcp-stream"; readonly framing: StreamFraming }
  | { readonly carrier: "udp-content" | "tcp-content"; readonly matches: (b: Uint8Array, at: number, end: number) => boolean }
  | { readonly carrier: "parent"; readonly parent: string }
  | { readonly carrier: "unclaimed" }
  | { readonly carrier: "anywhere" };

/** The tables in which a protocol finds the dissector of its payload: by link type, EtherType, DSAP, SNAP type, IP protocol number or port. */
export const PAYLOAD_TABLES = ["link", "ethertype", "llc", "snap", "ip", "udp", "tcp"] as const;
export type PayloadTable = (typeof PAYLOAD_TABLES)[number];

/** The table of payloads that has the place; `null` for places that are in none, such as `anywhere`. */
export function tableOf({ carrier }: Place): PayloadTable | null {
  switch (carrier) {
    case "tcp-stream":
    case "tcp-content":
      return "tcp";
    case "udp-content":
      return "udp";
    case "parent":
    case "unclaimed":
    case "anywhere":
      return null;
    default:
      return carrier;
  }
}

/** Captures whose link type is one of these LINKTYPE_ values. */
export const overLink = (...linkTypes: readonly number[]): Place[] => linkTypes.map((linkType) => ({ carrier: "link", linkType }));
/** Frames with this EtherType, on Ethernet, 802.1Q, SNAP or a cooked link. With `payloadLength`, padding and trailer are told apart from the payload. */
export const overEtherType = (etherType: number, payloadLength: PayloadLength | null = null): Place => ({
  carrier: "ethertype",
  etherType,
  payloadLength,
});
/** IEEE 802.2 frames whose DSAP is `sap`. */
export const overSap = (sap: number): Place => ({ carrier: "llc", sap });
/** SNAP frames with this organisation's protocol type (IEEE 802). */
export const overSnap = (oui: number, type: number): Place => ({ carrier: "snap", oui, type });
/** IPv4 datagrams with this protocol number. */
export const overIp = (protocolNumber: number): Place => ({ carrier: "ip", protocolNumber });
/** Datagrams to these ports, or from them if no protocol claims the destination port. */
export const overUdp = (...ports: readonly number[]): Place[] => ports.map((port) => ({ carrier: "udp", port }));
/** Segments to these ports, or from them if no protocol claims the destination port. Each segment's payload is dissected by itself. */
export const overTcp = (...ports: readonly number[]): Place[] => ports.map((port) => ({ carrier: "tcp", port }));
/** Messages anywhere in a TCP stream, on any port; messages that span segments are reassembled. This is tried before the ports. */
export const overTcpStream = (framing: StreamFraming): Place => ({ carrier: "tcp-stream", framing });
/** Datagrams on any other port whose content `matches`. */
export const overUdpContent = (matches: (b: Uint8Array, at: number, end: number) => boolean): Place => ({
  carrier: "udp-content",
  matches,
});
/** Segments on any other port whose content `matches`. */
export const overTcpContent = (matches: (b: Uint8Array, at: number, end: number) => boolean): Place => ({
  carrier: "tcp-content",
  matches,
});
/** Inside the protocol named `parent`, which calls this one's `dissect` itself. */
export const inside = (parent: string): Place => ({ carrier: "parent", parent });

/** Inside any other protocol, which reports this one's fields itself. */
export const anywhere: Place = { carrier: "anywhere" };

/** The values of a frame's fields as text; what the Info column is made from. */
export interface FrameValues {
  /** Whether the frame has the field. */
  has(field: Field): boolean;
  /** The field's first value in the frame, as Wireshark shows it; "" if the frame lacks the field or the field has no value. */
  text(field: Field): string;
}

/** The fields that a summary was declared with, by their keys. */
export interface SummaryValues<K extends string> {
  /** Whether the frame has the field. */
  has(key: K): boolean;
  /** First value in the frame; "" if the frame lacks it. */
  text(key: K): string;
  /** Name of the first value, or the value as text if it has no name. */
  name(key: K): string;
}

/** How a protocol makes the Info column of a frame in which it is the protocol shown. */
export interface Summary {
  /** Fields that `line` reads; the packet list dissects nothing else. */
  readonly fields: readonly Field[];
  readonly line: (values: FrameValues) => string;
}

/** Declares a summary over some fields, of this protocol or another. `line` can only name keys of `fields`, so it can't read a field that is not dissected. */
export function summary<K extends string>(fields: Readonly<Record<K, Field>>, line: (v: SummaryValues<K>) => string): Summary {
  if (typeof line !== "function") throw new TypeError("summary: its second argument must be a function that returns the line");
  return {
    fields: Object.values(fields),
    line: (values) =>
      line({
        has: (key) => values.has(fields[key]),
        text: (key) => values.text(fields[key]),
        name: (key) => {
          const shown = values.text(fields[key]);
          return shown === "" ? "" : (fields[key].values?.[Number(shown)] ?? shown);
        },
      }),
  };
}

/** The Info column stays empty: the Protocol column says everything. */
export const NAME_ONLY: Summary = { fields: [], line: () => "" };

/** Fields for the packet list's Source and Destination columns. */
export interface Addresses {
  readonly source: Field;
  readonly destination: Field;
  /** Show "Broadcast" instead of `destination` in frames to the Ethernet broadcast address. */
  readonly yieldsToBroadcast?: boolean;
}

/** Declaration of a dissector, the argument of `defineProtocol`. */
export interface ProtocolDeclaration {
  /** Name of the protocol in display filters and in `frame.protocols`. */
  readonly name: string;
  readonly title: string;
  /** The document that the dissector follows. */
  readonly specification: string;
  /** Every field that `dissect` reports, by any key. Field names begin with the protocol's name or one of `fieldPrefixes`, and a dot. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Beginnings of field names other than the protocol's name. */
  readonly fieldPrefixes?: readonly string[];
  readonly over: readonly Place[];
  /**
   * The tables of `d.protocols` in which `dissect` looks its payload up. Without them, a filter that needs only protocols inside this one may pass over
   * frames that have it inside a UDP datagram or TCP segment.
   */
  readonly carries?: readonly PayloadTable[];
  readonly dissect: Dissect;
  /** Row of the packet list: the innermost protocol in a frame that has a summary determines it. `null`: this protocol never does. */
  readonly summary: Summary | null;
  /**
   * True for a protocol whose payload quotes another packet. This protocol then determines the frame's row and class, and the protocols in the quote do not.
   */
  readonly quotes?: boolean;
  /** Colour of the frames that carry this protocol; `null` keeps the carrier's. */
  readonly frameClass: FrameClass | null;
  readonly addresses?: Addresses;
}

/** A declared protocol, with the field of its own that stands for it in display filters. */
export type Protocol = ProtocolDeclaration & DissectedProtocol;

/** An exception in a protocol's own functions, with the protocol's name in front of its message; the exception is the `cause`. */
class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** The exception with the name of the protocol. An exception that has the name of a protocol inside this one, or of a ROP, keeps it. */
export function namedError(name: string, error: unknown): Error {
  if (error instanceof ProtocolError || error instanceof RopCodecError) return error;
  return new ProtocolError(`"${name}": ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
const isFunction = (value: unknown): boolean => typeof value === "function";
const isField = (value: unknown): boolean => isRecord(value) && Number.isInteger(value["id"]) && isFunction(value["show"]);

/** Error text for a function that is missing or async; `null` if it is neither. The result of an async function would be taken for done, or for text. */
function functionFault(what: string, value: unknown): string | null {
  if (typeof value !== "function") return `its \`${what}\` must be a function`;
  return value.constructor.name === "AsyncFunction" ? `its \`${what}\` is async: frames are dissected at once` : null;
}

function placeFault(place: Place): string | null {
  if (!isRecord(place)) return "its `over` must be a list of places, such as `overUdp(514)`";
  const functions = (of: object, names: readonly string[]) =>
    names.map((name) => functionFault(name, (of as Readonly<Record<string, unknown>>)[name])).find((fault) => fault !== null) ?? null;
  if (place.carrier === "udp-content" || place.carrier === "tcp-content") return functions(place, ["matches"]);
  if (place.carrier === "ethertype" && place.payloadLength !== null) return functions(place, ["payloadLength"]);
  if (place.carrier !== "tcp-stream") return null;
  if (!isRecord(place.framing)) return "its place in TCP streams needs a framing";
  const optional = place.framing.mayBeginAlone === undefined ? [] : ["mayBeginAlone"];
  return functions(place.framing, ["messageLength", "isValid", "mayBegin", ...optional]);
}

function declarationFault(declaration: ProtocolDeclaration): string | null {
  const { title, fields, over, dissect, summary: row, frameClass } = declaration;
  if (typeof title !== "string") return "its `title` must be a text";
  if (!isRecord(fields)) return "its `fields` must be an object with the fields that `dissect` reports";
  const wrong = Object.keys(fields).find((key) => !isField(fields[key]));
  if (wrong !== undefined) return `its field "${wrong}" must be made by \`dec\`, \`text\` or another of these functions`;
  if (!Array.isArray(over)) return "its `over` must be a list of places, such as `overUdp(514)`";
  const place = over.map(placeFault).find((fault) => fault !== null) ?? functionFault("dissect", dissect);
  if (place !== null) return place;
  if (row !== null && !(isRecord(row) && Array.isArray(row.fields) && row.fields.every(isField)))
    return "its `summary` must be null, `NAME_ONLY`, or made by `summary` of fields";
  if (row !== null && functionFault("summary", row.line) !== null) return functionFault("summary", row.line);
  if (frameClass === null || FRAME_CLASSES.includes(frameClass)) return null;
  return `its \`frameClass\` is ${JSON.stringify(frameClass)}: takes null, ${FRAME_CLASSES.join(", ")}`;
}

/** Throws a RangeError that names the protocol and its wrong part. The compiler finds these faults too; programs that are not compiled need the check. */
export function checkDeclaration(declaration: ProtocolDeclaration): void {
  if (!isRecord(declaration)) throw new RangeError(`the list of protocols has ${String(declaration)} in place of a protocol`);
  const { name } = declaration;
  if (typeof name !== "string") throw new RangeError(`a protocol's \`name\` is ${String(name)}: takes text`);
  const fault = declarationFault(declaration);
  if (fault !== null) throw new RangeError(`"${name}": ${fault}`);
}

/** The summary, with the protocol's name in front of an exception, and with an exception for a line that is no text. */
function namedSummary(name: string, { fields, line }: Summary): Summary {
  const checkedLine: Summary["line"] = (values) => {
    try {
      const text: unknown = line(values);
      if (typeof text === "string") return text;
      // Without a handler, a later rejection would end the program after this error was reported.
      if (text instanceof Promise) text.catch(() => {});
      throw new TypeError(`its summary returned ${typeof text} in place of text`);
    } catch (error) {
      throw namedError(name, error);
    }
  };
  return { fields, line: checkedLine };
}

/**
 * Makes a protocol of its declaration. It takes effect once it is in the list that `createProtocols` gets. RangeError if a part of the declaration is missing or
 * of another type, or if `dissect` is async.
 */
export function defineProtocol(declaration: ProtocolDeclaration): Protocol {
  checkDeclaration(declaration);
  const { name, title, fields, summary: row } = declaration;
  const field = group(name, title);
  return { ...declaration, summary: row && namedSummary(name, row), field, allFields: [field, ...Object.values(fields)] };
}
