/** A set of protocols, and the tables that dissection, filters and summaries look things up in. */

import type { Dissect, PayloadLength, Place, Protocol, StreamFraming } from "./define-protocol.ts";
import type { Field } from "./field.ts";

/** A protocol that an EtherType names. */
export interface EtherTypeEntry {
  readonly protocol: Protocol;
  readonly payloadLength: PayloadLength | null;
}

/** A protocol whose messages are found in TCP streams. */
export interface FramedProtocol {
  readonly protocol: Protocol;
  readonly framing: StreamFraming;
}

interface ContentEntry {
  readonly protocol: Protocol;
  readonly matches: (b: Uint8Array, at: number, end: number) => boolean;
}

/** Protocols whose payload a place is found in. */
function carriersOf(place: Place): readonly string[] {
  switch (place.carrier) {
    case "link":
      return ["frame"];
    case "ethertype":
      return ["eth", "vlan", "llc", "sll", "null", "raw"];
    case "llc":
    case "snap":
      return ["llc"];
    case "ip":
      return ["ip"];
    case "udp":
    case "udp-content":
      return ["udp"];
    case "tcp":
    case "tcp-stream":
    case "tcp-content":
      return ["tcp"];
    case "parent":
      return [place.parent];
    case "unclaimed":
      return [];
  }
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
  }
}

const SNAP_TYPES = 0x10000;

/** Made by `createProtocols`; never changes afterwards. */
export class Protocols {
  readonly list: readonly Protocol[];
  /** Every field, in the order of the list. */
  readonly fields: readonly Field[];
  /** By IP protocol number. */
  readonly byIpNumber: readonly (Protocol | undefined)[];
  readonly framed: readonly FramedProtocol[];
  readonly #fieldByName = new Map<string, Field>();
  readonly #protocolByName = new Map<string, Protocol>();
  /** By the id of the protocol's own field. */
  readonly #protocolByField: (Protocol | undefined)[] = [];
  readonly #links = new Map<number, Protocol>();
  readonly #etherTypes = new Map<number, EtherTypeEntry>();
  readonly #saps = new Map<number, Protocol>();
  readonly #snaps = new Map<number, Protocol>();
  readonly #udpPorts = new Map<number, Protocol>();
  readonly #tcpPorts = new Map<number, Protocol>();
  readonly #udpContents: ContentEntry[] = [];
  readonly #tcpContents: ContentEntry[] = [];
  /** Takes payload that no other protocol claims. */
  readonly #unclaimed: Dissect;

  constructor(list: readonly Protocol[]) {
    this.list = list;
    this.fields = list.flatMap((protocol) => protocol.allFields);
    const byIpNumber: (Protocol | undefined)[] = new Array(256).fill(undefined);
    const framed: FramedProtocol[] = [];
    let unclaimed: Dissect = () => {};
    for (const protocol of list) {
      this.#addNames(protocol);
      for (const place of protocol.over) {
        switch (place.carrier) {
          case "link":
            claim(this.#links, place.linkType, protocol, protocol, place);
            break;
          case "ethertype":
            claim(this.#etherTypes, place.etherType, { protocol, payloadLength: place.payloadLength }, protocol, place);
            break;
          case "llc":
            claim(this.#saps, place.sap, protocol, protocol, place);
            break;
          case "snap":
            claim(this.#snaps, place.oui * SNAP_TYPES + place.type, protocol, protocol, place);
            break;
          case "ip": {
            const taken = byIpNumber[place.protocolNumber];
            if (taken) throw conflict(taken, protocol, place);
            byIpNumber[place.protocolNumber] = protocol;
            break;
          }
          case "udp":
            claim(this.#udpPorts, place.port, protocol, protocol, place);
            break;
          case "tcp":
            claim(this.#tcpPorts, place.port, protocol, protocol, place);
            break;
          case "tcp-stream":
            framed.push({ protocol, framing: place.framing });
            break;
          case "udp-content":
            this.#udpContents.push({ protocol, matches: place.matches });
            break;
          case "tcp-content":
            this.#tcpContents.push({ protocol, matches: place.matches });
            break;
          case "unclaimed":
            unclaimed = protocol.dissect;
            break;
          case "parent":
            break;
        }
      }
    }
    this.byIpNumber = byIpNumber;
    this.framed = framed;
    this.#unclaimed = unclaimed;
    for (const protocol of list) {
      for (const place of protocol.over) {
        if (place.carrier === "parent" && !this.#protocolByName.has(place.parent))
          throw new RangeError(`"${protocol.name}" is declared inside "${place.parent}", which is not in the list`);
      }
    }
  }

  #addNames(protocol: Protocol): void {
    const prefixes = [protocol.name, ...(protocol.fieldPrefixes ?? [])];
    for (const field of protocol.allFields) {
      if (field !== protocol.field && !prefixes.some((prefix) => field.name.startsWith(`${prefix}.`)))
        throw new RangeError(`"${field.name}" is a field of "${protocol.name}" and must begin with "${protocol.name}."`);
      if (this.#fieldByName.has(field.name)) throw new RangeError(`two fields are named "${field.name}"`);
      this.#fieldByName.set(field.name, field);
    }
    this.#protocolByName.set(protocol.name, protocol);
    this.#protocolByField[protocol.field.id] = protocol;
  }

  /** The field with this name; `null` if no protocol declares it. */
  field(name: string): Field | null {
    return this.#fieldByName.get(name) ?? null;
  }

  /** The protocol with this name; `null` if it is not in the list. */
  protocol(name: string): Protocol | null {
    return this.#protocolByName.get(name) ?? null;
  }

  /** The protocol that `field` stands for; `undefined` for a field that is not a protocol. */
  protocolOf(field: Field): Protocol | undefined {
    return this.#protocolByField[field.id];
  }

  overLink(linkType: number): Protocol | undefined {
    return this.#links.get(linkType);
  }

  overEtherType(etherType: number): EtherTypeEntry | undefined {
    return this.#etherTypes.get(etherType);
  }

  overSap(sap: number): Protocol | undefined {
    return this.#saps.get(sap);
  }

  overSnap(oui: number, type: number): Protocol | undefined {
    return this.#snaps.get(oui * SNAP_TYPES + type);
  }

  /** What a datagram's payload is: by its destination port, its source port, or its content. */
  overUdp(srcPort: number, dstPort: number, b: Uint8Array, at: number, end: number): Dissect {
    const protocol = this.#udpPorts.get(dstPort) ?? this.#udpPorts.get(srcPort) ?? matching(this.#udpContents, b, at, end);
    return protocol?.dissect ?? this.#unclaimed;
  }

  /** What a segment's payload is, apart from framed messages: by its destination port, its source port, or its content. */
  overTcp(srcPort: number, dstPort: number, b: Uint8Array, at: number, end: number): Dissect {
    const protocol = this.#tcpPorts.get(dstPort) ?? this.#tcpPorts.get(srcPort) ?? matching(this.#tcpContents, b, at, end);
    return protocol?.dissect ?? this.#unclaimed;
  }

  /** Protocols that `carrier` may carry, directly or inside one another, with those that take unclaimed bytes. */
  below(carrier: Protocol): readonly Protocol[] {
    const names = new Set([carrier.name]);
    const found = new Set<Protocol>();
    for (let grew = true; grew; ) {
      grew = false;
      for (const protocol of this.list) {
        const isBelow = protocol.over.some((place) => place.carrier === "unclaimed" || carriersOf(place).some((name) => names.has(name)));
        if (!isBelow || found.has(protocol)) continue;
        found.add(protocol);
        names.add(protocol.name);
        grew = true;
      }
    }
    return [...found];
  }
}

function matching(entries: readonly ContentEntry[], b: Uint8Array, at: number, end: number): Protocol | undefined {
  for (let i = 0; i < entries.length; i++) if (entries[i].matches(b, at, end)) return entries[i].protocol;
  return undefined;
}

function conflict(taken: Protocol, protocol: Protocol, place: Place): RangeError {
  return new RangeError(`"${taken.name}" and "${protocol.name}" both claim ${describePlace(place)}`);
}

function claim<T extends Protocol | EtherTypeEntry>(map: Map<number, T>, key: number, entry: T, protocol: Protocol, place: Place): void {
  const taken = map.get(key);
  if (taken) throw conflict("protocol" in taken ? taken.protocol : taken, protocol, place);
  map.set(key, entry);
}

/**
 * A set of protocols to dissect with: `createProtocols([...PROTOCOLS, syslog])`. Throws a `RangeError` that names both when two protocols
 * declare the same field or claim the same port or type, and when a field's name does not begin with its protocol's.
 */
export function createProtocols(list: readonly Protocol[]): Protocols {
  return new Protocols(list);
}
