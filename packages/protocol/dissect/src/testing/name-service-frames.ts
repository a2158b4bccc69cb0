/**
 * Frames with every option of DHCP that is read, at lengths that fit and lengths that do not; with every record of DNS; and with names of DNS and NetBIOS that
 * are as long, or have as many pointers, as names may have, and one more.
 */

import { OPTIONS } from "../protocols/dhcp-options.ts";
import { RECORD_TYPES, TYPE_OPT, TYPE_SRV } from "../protocols/dns-records.ts";
import { bootp, COOKIE, options } from "./segment-frames.ts";

const u16 = (value: number) => [value >>> 8, value & 255];
const u32 = (value: number) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));
const name = (text: string) => [...text.split(".").flatMap((label) => [label.length, ...ascii(label)]), 0];
const counted = (text: string) => [text.length, ...ascii(text)];

type Message = readonly [what: string, bytes: readonly number[]];

/**
 * Options that are not tried with all values: the message type (53), which each message has already; the client's identifier (61), of which Wireshark reads
 * more kinds; and the domain search list (119), for which such bytes are not names.
 */
const APART = [53, 61, 119];

const VALUES: readonly (readonly number[])[] = [
  [],
  [0],
  [1],
  [1, 2],
  ascii("abc"),
  [1, 2, 3, 4],
  [0xff, 0xff, 0xf1, 0xf0],
  ascii("hello"),
  [1, 2, 3, 4, 5, 6],
  [1, 2, 3, 4, 1, 2, 3, 5],
];

/** Values of DHCP options whose values are structured in their own way. */
const SHAPED: readonly (readonly [code: number, value: readonly number[]])[] = [
  [61, [1, 0, 0x60, 0x97, 1, 2, 3]],
  [61, [0, ...ascii("DESK-1")]],
  [77, [...counted("first"), ...counted("second")]],
  [77, [0, 1, 2]],
  [81, [0x05, 0, 0, ...name("desk1.example.com")]],
  [81, [0x0f, 255, 255]],
  [82, [1, 4, 0, 4, 0, 7, 2, 6, 0, 0x60, 0x97, 1, 2, 3, 5, 4, 10, 1, 9, 0, 9, 0]],
  [82, [1, 9, 1]],
  [119, [...name("example.com"), ...name("lab.example.com"), 3, ...ascii("box"), 0xc0, 0]],
  [119, [...counted("box"), 0xc0, 0, 0xc0, 4]],
  [121, [24, 10, 1, 2, 10, 1, 9, 1, 0, 10, 1, 9, 1, 32, 10, 1, 2, 3, 10, 1, 9, 2]],
  [121, [33, 10, 1, 2, 3, 4]],
  [249, [8, 10, 10, 1, 9, 1]],
];

export function dhcpOptionMessages(): Message[] {
  const message = (list: readonly (readonly [number, readonly number[]])[]) => bootp(2, [...COOKIE, ...options([53, [5]], ...list), 255]);
  const rows = [...OPTIONS.values()].filter(({ code, read }) => read !== null && !APART.includes(code));
  return [
    ...rows.flatMap(({ code }) => VALUES.map((value): Message => [`option ${code} of ${value.length} bytes`, message([[code, value]])])),
    ...SHAPED.map(([code, value]): Message => [`option ${code} with ${value.join(" ")}`, message([[code, value]])]),
    ["all options that are named", message([[55, [...OPTIONS.keys()]]])],
  ];
}

/** Data of each type of record, by its name. */
const RECORD_DATA: Readonly<Record<string, readonly number[]>> = {
  A: [10, 1, 9, 10],
  SOA: [...name("ns.example.com"), ...name("admin.example.com"), ...[1, 900, 600, 86_400, 3600].flatMap(u32)],
  NULL: ascii("anything"),
  WKS: [10, 1, 9, 10, 6, 0x40, 0x01],
  HINFO: [...counted("i386"), ...counted("Windows NT")],
  MINFO: [...name("a.example.com"), ...name("b.example.com")],
  MX: [...u16(10), ...name("mail.example.com")],
  TXT: [...counted("one"), ...counted("two")],
  RP: [...name("a.example.com"), ...name("b.example.com")],
  AFSDB: [...u16(1), ...name("afs.example.com")],
  X25: counted("311061700956"),
  RT: [...u16(5), ...name("relay.example.com")],
  AAAA: [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 1],
  SRV: [...u16(0), ...u16(100), ...u16(389), ...name("dc1.example.com")],
  OPT: [...u16(10), ...u16(8), 1, 2, 3, 4, 5, 6, 7, 8, ...u16(12), ...u16(0)],
  SPF: counted("v=spf1 -all"),
  WINS: [...u32(1), ...u32(2), ...u32(900), ...u32(2), 10, 1, 9, 3, 10, 1, 9, 4],
  "WINS-R": [...u32(0), ...u32(2), ...u32(900), ...name("example.com")],
  AXFR: [],
  ANY: [],
};

/** Data of a record; a type that is not in RECORD_DATA consists of a name. */
const dataOf = (type: string): readonly number[] => RECORD_DATA[type] ?? name("other.example.com");
const header = (flags: number, counts: readonly number[]) => [...u16(7), ...u16(flags), ...counts.flatMap(u16)];
const record = (owner: readonly number[], type: number, klass: number, ttl: number, data: readonly number[]) => [
  ...owner,
  ...u16(type),
  ...u16(klass),
  ...u32(ttl),
  ...u16(data.length),
  ...data,
];

export function dnsRecordMessages(): Message[] {
  const rows = Object.entries(RECORD_TYPES).map(([type, row]) => [Number(type), row.name] as const);
  const answer = (type: number, data: readonly number[]) => [
    ...header(0x8580, [0, 1, 0, 0]),
    ...record(name(type === TYPE_SRV ? "_ldap._tcp.example.com" : "host.example.com"), type, 1, 300, data),
  ];
  return [
    ...rows.flatMap(([type, what]): Message[] => {
      if (type === TYPE_OPT) return [];
      const data = dataOf(what);
      return [
        [`a record ${what}`, answer(type, data)],
        [`a record ${what} without data`, answer(type, [])],
      ];
    }),
    ["an address record of two bytes", answer(1, [10, 1])],
    ["an IPv6 address record of four bytes", answer(28, [10, 1, 2, 3])],
    ["a text record whose last part is cut off", answer(16, [3, ...ascii("one"), 9, ...ascii("tw")])],
    ["a service whose name has one part", [...header(0x8580, [0, 1, 0, 0]), ...record(name("localhost"), TYPE_SRV, 1, 300, dataOf("SRV"))]],
    [
      "a question about every type",
      [
        ...header(0x0100, [1, 0, 0, 1]),
        ...name("example.com"),
        ...u16(255),
        ...u16(1),
        0,
        ...u16(TYPE_OPT),
        ...u16(1280),
        ...u32(0x8000),
        ...u16(0),
      ],
    ],
    ["options of an extended answer", [...header(0x8180, [0, 0, 0, 1]), ...record([0], TYPE_OPT, 4096, 0x01000000, dataOf("OPT"))]],
    [
      "an update",
      [
        ...header(0x2800, [1, 1, 2, 0]),
        ...name("example.com"),
        ...u16(6),
        ...u16(1),
        ...record(name("desk1.example.com"), 5, 254, 0, []),
        ...record(name("desk1.example.com"), 1, 255, 0, []),
        ...record(name("desk1.example.com"), 1, 1, 1200, [10, 1, 9, 101]),
      ],
    ],
    ["the answer to an update", header(0xa800, [0, 0, 0, 0])],
    ["an update that is refused", header(0xa805, [0, 0, 0, 0])],
  ];
}

const QUERY = [...u16(1), ...u16(1)];
/** A pointer to the message's first name. */
const FIRST_NAME = 12;
const pointerTo = (offset: number) => u16(0xc000 | offset);
/** Labels of these lengths. */
const labels = (...lengths: readonly number[]) => lengths.flatMap((length) => [length, ...new Array<number>(length).fill(0x61)]);
const LONGEST = labels(63, 63, 63, 61);
const TOO_LONG = labels(63, 63, 63, 62);
/** One question with these bytes in the place of its name, and one whose name is a pointer to them. */
const twoQuestions = (bytes: readonly number[]) => [
  ...header(0x0100, [2, 0, 0, 0]),
  ...bytes,
  ...QUERY,
  ...pointerTo(FIRST_NAME),
  ...QUERY,
];
/** One question whose name is these bytes, with which the message ends. */
const lastName = (bytes: readonly number[]) => [...header(0x0100, [1, 0, 0, 0]), ...bytes];
const TYPE_NULL = 10;
const RECORD_HEAD_BYTES = 10;

/** A question about `first`, a record with a chain of pointers to it as data, and a record whose name needs `count` pointers. */
function pointerChain(flags: number, first: readonly number[], count: number): number[] {
  const dataAt = FIRST_NAME + first.length + QUERY.length + 2 + RECORD_HEAD_BYTES;
  const chain = Array.from({ length: count - 1 }, (_, i) => pointerTo(i === 0 ? FIRST_NAME : dataAt + 2 * (i - 1))).flat();
  return [
    ...header(flags, [1, 2, 0, 0]),
    ...first,
    ...QUERY,
    ...record(pointerTo(FIRST_NAME), TYPE_NULL, 1, 300, chain),
    ...record(pointerTo(dataAt + 2 * (count - 2)), TYPE_NULL, 1, 300, [1, 2, 3, 4]),
  ];
}

/** Messages of DNS whose names are long, or have many pointers. */
export function dnsNameMessages(): Message[] {
  const option = (code: number, length: number) => [...u16(code), ...u16(length)];
  const rest = record([0], 1, 1, 300, [10, 1, 9, 10]);
  return [
    ["a name of 255 octets", twoQuestions([...LONGEST, 0])],
    ["a name of 256 octets", twoQuestions([...TOO_LONG, 0])],
    ["a name of 1,025 octets", twoQuestions([...labels(...new Array<number>(16).fill(63)), 0])],
    ["a long name that a pointer continues", twoQuestions([...labels(1, 1), ...pointerTo(FIRST_NAME + 2 + 4 + QUERY.length)])],
    ["a name that is too long and has unprintable bytes", twoQuestions([...TOO_LONG, 1, 1, 0])],
    ["a name that is too long and cut off", lastName(TOO_LONG)],
    ["a name that is too long and ends in a label of 128 bytes", lastName([...TOO_LONG, 128, 0, ...QUERY])],
    ["a name that is too long and points outside the message", lastName([...TOO_LONG, 0xff, 0xff, ...QUERY])],
    ["a name of one label and a pointer to itself", twoQuestions([...labels(1), ...pointerTo(FIRST_NAME)])],
    ["a name that is too long and ends in a pointer to itself", twoQuestions([...TOO_LONG, ...pointerTo(FIRST_NAME)])],
    ["a name with unprintable bytes and a pointer to itself", twoQuestions([1, 1, ...pointerTo(FIRST_NAME)])],
    ["a server whose name is too long", [...header(0x8180, [0, 2, 0, 0]), ...record([0], 2, 1, 300, [...TOO_LONG, 0]), ...rest]],
    ["a service whose name is too long", [...header(0x8180, [0, 1, 0, 0]), ...record([...TOO_LONG, 0], TYPE_SRV, 1, 300, dataOf("SRV"))]],
    ...[128, 129, 255, 256].map((count): Message => [`a name of ${count} pointers`, pointerChain(0x8180, name("box"), count)]),
    [
      "an option that goes beyond its record",
      [...header(0x8180, [0, 2, 0, 0]), ...record([0], TYPE_OPT, 4096, 0, option(10, 20)), ...rest, ...u32(0), ...u32(0)],
    ],
  ];
}

/** Messages of the NetBIOS name service with pointers to names. */
export function nbnsNameMessages(): Message[] {
  const desk = [32, ...new Array<number>(32).fill(0x43), 0];
  return [
    ...[2, 254, 255].map((count): Message => [`a NetBIOS name of ${count} pointers`, pointerChain(0x8500, desk, count)]),
    ["a NetBIOS name that loops", pointerChain(0x8500, desk, 256)],
    ["a NetBIOS name that points to itself", lastName([...pointerTo(FIRST_NAME), ...QUERY])],
    ["a NetBIOS name that points outside the message", lastName([0xff, 0xff, ...QUERY])],
    ["a NetBIOS name that points outside a longer message", lastName([0xff, 0xff, ...QUERY, ...desk])],
    ["a pointer to a malformed NetBIOS name", twoQuestions([32, ...new Array<number>(32).fill(0x30), 0])],
    ["half a pointer to a NetBIOS name", lastName([0xc0])],
  ];
}
