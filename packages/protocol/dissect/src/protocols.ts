/** A set of protocols, and the tables that dissection, filters and summaries look things up in. */

import { checkDeclaration, namedError, PAYLOAD_TABLES, type Place, type Protocol, tableOf } from "./define-protocol.ts";
import {
  type Dispatch,
  type Dissect,
  type DissectedProtocol,
  type FramedProtocol,
  MAX_MESSAGE_BYTES,
  MAX_NESTED_PROTOCOLS,
  type PayloadLength,
  type StreamFraming,
} from "./dissection.ts";
import type { Field } from "./field.ts";
import { parse } from "./filter-grammar.generated.js";

interface ContentEntry {
  readonly dissect: Dissect;
  readonly matches: (b: Uint8Array, at: number, end: number) => boolean;
}

/** A place in words: "UDP port 53". */
export function describePlace(place: Place): string {
  const hexadecimal = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, "0")}`;
  switch (place.carrier) {
    case "link":
      return `link type ${place.linkType}`;
    case "ethertype":
      return `EtherType ${hexadecimal(place.etherType, 4)}`;
    case "llc":
      return `DSAP ${hexadecimal(place.sap, 2)}`;
    case "snap":
      return `SNAP ${hexadecimal(place.oui, 6)}, type ${hexadecimal(place.type, 4)}`;
    case "ip":
      return `IP protocol ${place.protocolNumber}`;
    case "udp":
    case "tcp":
      return `${place.carrier.toUpperCase()} port ${place.port}`;
    case "tcp-stream":
      return "TCP, any port, by its messages";
    case "udp-content":
    case "tcp-content":
      return `${place.carrier.slice(0, 3).toUpperCase()}, any port, by its content`;
    case "parent":
      return `inside ${place.parent}`;
    case "unclaimed":
      return "bytes that no other protocol claims";
    case "anywhere":
      return "inside any protocol";
  }
}

const SNAP_TYPES = 0x10000;

/** DHCP's fields had the name of BOOTP, and filters still may use it, as in Wireshark. */
const OLD_DHCP = /^bootp(?=\.|$)/;

const ETHERTYPES = 0x10000;
const IP_NUMBERS = 256;

/** Name of the outermost protocol: every packet begins with it, and no other protocol carries it. */
const FRAME_NAME = "frame";

const NAME_RULE =
  'is no name that display filters can have: words of letters, digits, "_" and "-" with dots between them, the first beginning with a letter or "_", and not one of the language\'s own words';

/** A name with a dot is never one of the language's own words. */
const DOTTED_NAME = /^[a-z_][a-z0-9_]*(?:\.[a-z0-9_-]+)+$/i;

/** Whether a display filter that consists of `name` asks for the field with that name. */
function isFieldName(name: string): boolean {
  if (DOTTED_NAME.test(name)) return true;
  try {
    const expression = parse(name);
    return expression.kind === "exists" && expression.operand.kind === "field" && expression.operand.name === name;
  } catch {
    return false;
  }
}

const LINK_TYPES = 0x10000;
const BYTES = 0x100;
const OUIS = 0x1000000;
const PORTS = 0x10000;

/** Error text for a place that no frame can have, with the values that are allowed; `null` if the place is valid. */
function faultOf(place: Place): string | null {
  const checked = (value: number, values: number): string | null =>
    Number.isInteger(value) && value >= 0 && value < values ? null : `${describePlace(place)}: not a whole number from 0 to ${values - 1}`;
  switch (place.carrier) {
    case "link":
      return checked(place.linkType, LINK_TYPES);
    case "ethertype":
      return checked(place.etherType, ETHERTYPES);
    case "llc":
      return checked(place.sap, BYTES);
    case "snap":
      return checked(place.oui, OUIS) ?? checked(place.type, SNAP_TYPES);
    case "ip":
      return checked(place.protocolNumber, IP_NUMBERS);
    case "udp":
    case "tcp":
      return checked(place.port, PORTS);
    case "tcp-stream": {
      const { headerBytes, maxMessageBytes = MAX_MESSAGE_BYTES } = place.framing;
      return Number.isInteger(headerBytes) && headerBytes >= 1 && maxMessageBytes >= headerBytes
        ? null
        : `TCP streams with headers of ${headerBytes} bytes in messages of at most ${maxMessageBytes}`;
    }
    case "udp-content":
    case "tcp-content":
    case "parent":
    case "unclaimed":
    case "anywhere":
      return null;
    default:
      return `an unknown carrier, "${(place as { readonly carrier: unknown }).carrier}"`;
  }
}

/** Made by `createProtocols`; never changes afterwards. */
export class Protocols implements Dispatch {
  readonly list: readonly Protocol[];
  /** Every field, in the order of the list. */
  readonly fields: readonly Field[];
  readonly byIpNumber: readonly Dissect[];
  readonly framed: readonly FramedProtocol[];
  readonly #fieldByName = new Map<string, Field>();
  readonly #protocolByName = new Map<string, Protocol>();
  /** By the id of the protocol's own field. */
  readonly #protocolByField: (Protocol | undefined)[] = [];
  /** Takes payload that no other protocol claims. */
  readonly #unclaimed: Dissect;
  /** By link type, up to the highest one claimed. */
  readonly #links: readonly Dissect[];
  /** By EtherType: index of its dissector in `#etherTypeDissects`. A typed array costs less per frame than a map. */
  readonly #etherTypeIndex = new Uint16Array(ETHERTYPES);
  /** Index 0 is the dissector of unclaimed bytes. */
  readonly #etherTypeDissects: readonly Dissect[];
  readonly #payloadLengths = new Map<number, PayloadLength>();
  readonly #saps: ReadonlyMap<number, Dissect>;
  readonly #snaps: ReadonlyMap<number, Dissect>;
  readonly #udpPorts: ReadonlyMap<number, Dissect>;
  readonly #tcpPorts: ReadonlyMap<number, Dissect>;
  readonly #udpContents: ContentEntry[] = [];
  readonly #tcpContents: ContentEntry[] = [];

  /** `isCustom`: the list has protocols of other programs, which are checked. Asking whether filters can write their names costs some milliseconds. */
  constructor(list: readonly Protocol[], isCustom: boolean) {
    if (isCustom) checkList(list);
    this.list = list;
    this.fields = list.flatMap((protocol) => protocol.allFields);
    for (const protocol of list) this.#addNames(protocol, isCustom);
    for (const protocol of list) this.#checkPlaces(protocol);
    this.#unclaimed = claims(list, (place) => (place.carrier === "unclaimed" ? 0 : null)).get(0)?.dissect ?? (() => {});
    const dissects = new Map(list.map((protocol) => [protocol, limitNesting(protocol, this.#unclaimed)]));
    const dissectOf = (protocol: Protocol): Dissect => dissects.get(protocol) ?? this.#unclaimed;
    const table = (keyOf: (place: Place) => number | null): Map<number, Dissect> =>
      new Map([...claims(list, keyOf)].map(([key, protocol]) => [key, dissectOf(protocol)]));
    const framed: FramedProtocol[] = [];
    for (const protocol of list) {
      for (const place of protocol.over) {
        if (place.carrier === "tcp-stream")
          framed.push({
            protocol: { ...protocol, dissect: namedDissect(protocol) },
            framing: isCustom ? checkedFraming(protocol, place.framing) : place.framing,
          });
        else if (place.carrier === "udp-content") this.#udpContents.push({ dissect: dissectOf(protocol), matches: place.matches });
        else if (place.carrier === "tcp-content") this.#tcpContents.push({ dissect: dissectOf(protocol), matches: place.matches });
        else if (place.carrier === "ethertype" && place.payloadLength) this.#payloadLengths.set(place.etherType, place.payloadLength);
      }
    }
    this.framed = framed;
    const links = table((place) => (place.carrier === "link" ? place.linkType : null));
    this.#links = Array.from({ length: Math.max(-1, ...links.keys()) + 1 }, (_, linkType) => links.get(linkType) ?? this.#unclaimed);
    this.#saps = table((place) => (place.carrier === "llc" ? place.sap : null));
    this.#snaps = table((place) => (place.carrier === "snap" ? place.oui * SNAP_TYPES + place.type : null));
    this.#udpPorts = table((place) => (place.carrier === "udp" ? place.port : null));
    this.#tcpPorts = table((place) => (place.carrier === "tcp" ? place.port : null));
    const etherTypes = table((place) => (place.carrier === "ethertype" ? place.etherType : null));
    const etherTypeDissects = [this.#unclaimed];
    for (const [etherType, dissect] of etherTypes) this.#etherTypeIndex[etherType] = etherTypeDissects.push(dissect) - 1;
    this.#etherTypeDissects = etherTypeDissects;
    const ipNumbers = table((place) => (place.carrier === "ip" ? place.protocolNumber : null));
    this.byIpNumber = Array.from({ length: IP_NUMBERS }, (_, number) => ipNumbers.get(number) ?? this.#unclaimed);
  }

  #addNames(protocol: Protocol, checksNames: boolean): void {
    const prefixes = [protocol.name, ...(protocol.fieldPrefixes ?? [])];
    for (const field of protocol.allFields) {
      if (field !== protocol.field && !prefixes.some((prefix) => field.name.startsWith(`${prefix}.`)))
        throw new RangeError(`"${field.name}" is a field of "${protocol.name}" and must begin with "${protocol.name}."`);
      if (this.#fieldByName.has(field.name)) {
        const owner = this.list.find(({ allFields }) => allFields.some(({ name }) => name === field.name));
        throw new RangeError(`two fields are named "${field.name}", of "${owner?.name}" and "${protocol.name}"`);
      }
      if (checksNames && !isFieldName(field.name)) throw new RangeError(`"${field.name}", a field of "${protocol.name}", ${NAME_RULE}`);
      this.#fieldByName.set(field.name, field);
    }
    this.#protocolByName.set(protocol.name, protocol);
    this.#protocolByField[protocol.field.id] = protocol;
  }

  #checkPlaces({ name, over, carries = [] }: Protocol): void {
    if (over.length === 0 && name !== FRAME_NAME) throw new RangeError(`"${name}" is declared over nothing, so that it is in no frame`);
    for (const place of over) {
      const fault = faultOf(place);
      if (fault !== null) throw new RangeError(`"${name}" is declared over ${fault}`);
      if (place.carrier === "parent" && !this.#protocolByName.has(place.parent))
        throw new RangeError(`"${name}" is declared inside "${place.parent}", which is not in the list`);
    }
    for (const one of carries)
      if (!PAYLOAD_TABLES.includes(one)) throw new RangeError(`"${name}" carries "${one}", which is none of ${PAYLOAD_TABLES.join(", ")}`);
  }

  /** The field with this name, or the older one that Wireshark still takes; `null` if no protocol declares it. */
  field(name: string): Field | null {
    return this.#fieldByName.get(name) ?? this.#fieldByName.get(name.replace(OLD_DHCP, "dhcp")) ?? null;
  }

  /** The protocol with this name; `null` if it is not in the list. */
  protocol(name: string): Protocol | null {
    return this.#protocolByName.get(name) ?? null;
  }

  /** The protocol that `field` stands for; `undefined` for a field that is not a protocol. */
  protocolOf(field: Field): Protocol | undefined {
    return this.#protocolByField[field.id];
  }

  overLink(linkType: number): Dissect {
    return linkType < this.#links.length ? this.#links[linkType] : this.#unclaimed;
  }

  overEtherType(etherType: number): Dissect {
    // -1 stands for a link header that names no EtherType.
    return etherType < 0 ? this.#unclaimed : this.#etherTypeDissects[this.#etherTypeIndex[etherType]];
  }

  payloadLength(etherType: number, b: Uint8Array, at: number, end: number): number {
    return this.#payloadLengths.get(etherType)?.(b, at, end) ?? -1;
  }

  overSap(sap: number): Dissect {
    return this.#saps.get(sap) ?? this.#unclaimed;
  }

  overSnap(oui: number, type: number): Dissect {
    return this.#snaps.get(oui * SNAP_TYPES + type) ?? this.#unclaimed;
  }

  overUdp(srcPort: number, dstPort: number, b: Uint8Array, at: number, end: number): Dissect {
    return this.#udpPorts.get(dstPort) ?? this.#udpPorts.get(srcPort) ?? matching(this.#udpContents, b, at, end) ?? this.#unclaimed;
  }

  overTcp(srcPort: number, dstPort: number, b: Uint8Array, at: number, end: number): Dissect {
    return this.#tcpPorts.get(dstPort) ?? this.#tcpPorts.get(srcPort) ?? matching(this.#tcpContents, b, at, end) ?? this.#unclaimed;
  }

  below(carrier: DissectedProtocol): readonly Protocol[] {
    const names = new Set([carrier.name]);
    const tables = new Set(this.#protocolByName.get(carrier.name)?.carries);
    const isBelow = (place: Place): boolean => {
      if (place.carrier === "parent") return names.has(place.parent);
      const table = tableOf(place);
      return table === null || tables.has(table);
    };
    const found = new Set<Protocol>();
    for (let grew = true; grew; ) {
      grew = false;
      for (const protocol of this.list) {
        if (found.has(protocol) || !protocol.over.some(isBelow)) continue;
        found.add(protocol);
        names.add(protocol.name);
        for (const table of protocol.carries ?? []) tables.add(table);
        grew = true;
      }
    }
    return [...found];
  }
}

/** Throws a RangeError that names the protocol unless each was made by `defineProtocol` and still has all parts of its declaration. */
function checkList(list: readonly Protocol[]): void {
  if (!Array.isArray(list)) throw new RangeError("createProtocols takes a list of protocols: [...PROTOCOLS, mine]");
  for (const protocol of list) {
    checkDeclaration(protocol);
    if (!Array.isArray(protocol.allFields)) throw new RangeError(`"${protocol.name}": was not made by \`defineProtocol\``);
  }
}

/** A dissector whose exceptions have the name of its protocol. */
function namedDissect({ name, dissect }: Protocol): Dissect {
  return (d, at, end) => {
    try {
      dissect(d, at, end);
    } catch (error) {
      throw namedError(name, error);
    }
  };
}

/** The framing, with an exception that names the protocol for a length that is no number. A fraction begins no message: offsets are whole numbers. */
function checkedFraming({ name }: Protocol, framing: StreamFraming): StreamFraming {
  const messageLength: StreamFraming["messageLength"] = (b, at) => {
    const length: unknown = framing.messageLength(b, at);
    if (typeof length !== "number")
      throw namedError(name, new TypeError(`its \`messageLength\` returned ${typeof length} in place of a number`));
    return Number.isInteger(length) ? length : -1;
  };
  return { ...framing, messageLength };
}

/**
 * A table's dissector: that of the protocol, or `unclaimed` where `MAX_NESTED_PROTOCOLS` dissectors are running already. An exception gets the name of the
 * innermost protocol that a table found.
 */
function limitNesting({ name, dissect }: Protocol, unclaimed: Dissect): Dissect {
  return (d, at, end) => {
    if (d.depth >= MAX_NESTED_PROTOCOLS) {
      unclaimed(d, at, end);
      return;
    }
    d.depth++;
    try {
      dissect(d, at, end);
    } catch (error) {
      throw namedError(name, error);
    }
    d.depth--;
  };
}

function matching(entries: readonly ContentEntry[], b: Uint8Array, at: number, end: number): Dissect | undefined {
  for (let i = 0; i < entries.length; i++) if (entries[i].matches(b, at, end)) return entries[i].dissect;
  return undefined;
}

/**
 * The protocols by the keys of their places. `keyOf` returns `null` for a place without a key of the wanted kind. Throws a RangeError if two protocols have
 * the same key.
 */
function claims(list: readonly Protocol[], keyOf: (place: Place) => number | null): Map<number, Protocol> {
  const claimed = new Map<number, Protocol>();
  for (const protocol of list) {
    for (const place of protocol.over) {
      const key = keyOf(place);
      if (key === null) continue;
      const taken = claimed.get(key);
      if (taken) throw new RangeError(`"${taken.name}" and "${protocol.name}" both claim ${describePlace(place)}`);
      claimed.set(key, protocol);
    }
  }
  return claimed;
}

/**
 * A set of protocols to dissect with: `createProtocols([...PROTOCOLS, syslog])`. Throws a `RangeError` that names the protocols and the place or field when
 * two protocols declare the same field or claim the same port or type, when a field's name does not begin with its protocol's or cannot be written in a
 * display filter, when a place is out of range or leads nowhere, and when a part of a declaration is missing or has another type.
 */
export function createProtocols(list: readonly Protocol[]): Protocols {
  return new Protocols(list, true);
}

/** The built-in protocols as a set. `protocols.test.ts` asks for each of their names with a filter. */
export function builtInProtocols(list: readonly Protocol[]): Protocols {
  return new Protocols(list, false);
}
