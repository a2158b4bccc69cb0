/** Traffic of a segment of the 1990s besides mail: names, addresses, files and other networks. The payloads are written by hand, for `oddities.ts`. */

const u16 = (value: number) => [value >>> 8, value & 255];
const le16 = (value: number) => [value & 255, value >>> 8];
const u32 = (value: number) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));
const fill = (length: number, value = 0) => new Array<number>(length).fill(value);

/** A DNS name as a sequence of labels (RFC 1035 section 3.1). */
const name = (text: string): number[] => [...text.split(".").flatMap((label) => [label.length, ...ascii(label)]), 0];
const MAIL = name("mail.example.com");
/** A compressed DNS name: a pointer to the name in the first question. */
const QUESTION = [0xc0, 12];

const header = (id: number, flags: number, ...counts: readonly number[]) => [...u16(id), ...u16(flags), ...counts.flatMap(u16)];
const record = (owner: readonly number[], type: number, data: readonly number[], ttl = 3600, klass = 1) => [
  ...owner,
  ...u16(type),
  ...u16(klass),
  ...u32(ttl),
  ...u16(data.length),
  ...data,
];
const question = (type: number, klass = 1) => [...MAIL, ...u16(type), ...u16(klass)];

/** Messages of the Domain Name System, UDP port 53. */
export const DNS_MESSAGES: readonly (readonly [string, readonly number[]])[] = [
  ["a question", [...header(1, 0x0100, 1, 0, 0, 0), ...question(1)]],
  [
    "an answer with an alias and an address",
    [
      ...header(1, 0x8580, 1, 2, 0, 0),
      ...question(1),
      ...record(QUESTION, 5, [5, ...ascii("relay"), 0xc0, 17]),
      ...record([0xc0, 46], 1, [10, 1, 9, 7]),
    ],
  ],
  [
    "servers, exchangers, texts and an authority",
    [
      ...header(2, 0x8180, 1, 4, 1, 1),
      ...question(255),
      ...record(QUESTION, 2, name("ns.example.com")),
      ...record(QUESTION, 15, [...u16(10), ...QUESTION]),
      ...record(QUESTION, 16, [5, ...ascii("hello"), 0]),
      ...record(QUESTION, 12, name("back.example.com"), 0),
      ...record([0xc0, 17], 6, [
        ...name("ns.example.com"),
        ...name("root.example.com"),
        ...u32(42),
        ...u32(3600),
        ...u32(600),
        ...u32(86400),
        ...u32(60),
      ]),
      ...record([0], 1, [10, 1, 9, 8], 0x7fffffff),
    ],
  ],
  ["no such name", [...header(3, 0x8583, 1, 0, 0, 0), ...question(28)]],
  ["a status request of the root", [...header(4, 0x1000, 1, 0, 0, 0), 0, ...u16(1), ...u16(3)]],
  ["more questions than there are", [...header(5, 0x0100, 3, 0, 0, 0), ...question(1)]],
  ["an answer that is cut off", [...header(6, 0x8180, 1, 1, 0, 0), ...question(1), ...record(QUESTION, 1, [10, 1, 9, 7]).slice(0, 9)]],
  ["a name that points at itself", [...header(7, 0x0100, 1, 0, 0, 0), 0xc0, 12, ...u16(1), ...u16(1)]],
  ["a text that goes beyond its record", [...header(20, 0x8180, 0, 1, 0, 0), ...record(MAIL, 16, [9, 1, 2])]],
  ["an address of three bytes", [...header(21, 0x8180, 0, 1, 0, 0), ...record(MAIL, 1, [1, 2, 3])]],
  [
    "records of other types",
    [...header(22, 0x8180, 0, 2, 0, 0), ...record(MAIL, 13, [1, 65, 1, 66]), ...record(MAIL, 33, [0, 1, 0, 2, 0, 80, ...MAIL])],
  ],
  ["an update", [...header(23, 0x2800, 1, 0, 0, 0), ...question(6)]],
  ["a name that points far away", [...header(24, 0x0100, 1, 0, 0, 0), 0xcf, 0xff, ...u16(1), ...u16(1)]],
  ["an extended query", [...header(25, 0x0100, 1, 0, 0, 1), ...question(1), 0, ...u16(41), ...u16(1280), ...u32(0), ...u16(0)]],
  ["a header alone", header(8, 0x0100, 0, 0, 0, 0)],
  ["half a header", header(9, 0x0100, 1).slice(0, 7)],
];

/** A NetBIOS name, half a byte a letter (RFC 1001 section 14.1). */
function netbiosName(text: string, suffix: number, pad = 0x20): number[] {
  const padded = [...ascii(text), ...fill(15 - text.length, pad), suffix];
  return [32, ...padded.flatMap((octet) => [0x41 + (octet >>> 4), 0x41 + (octet & 15)]), 0];
}
const DESK = netbiosName("DESK1", 0x20);

/** Messages of the NetBIOS name service, UDP port 137. */
export const NBNS_MESSAGES: readonly (readonly [string, readonly number[]])[] = [
  ["a query", [...header(10, 0x0110, 1, 0, 0, 0), ...DESK, ...u16(0x20), ...u16(1)]],
  ["an answer", [...header(10, 0x8500, 0, 1, 0, 0), ...DESK, ...u16(0x20), ...u16(1), ...u32(300), ...u16(6), ...u16(0x6000), 10, 1, 9, 7]],
  [
    "a registration",
    [
      ...header(11, 0x2910, 1, 0, 0, 1),
      ...DESK,
      ...u16(0x20),
      ...u16(1),
      0xc0,
      12,
      ...u16(0x20),
      ...u16(1),
      ...u32(300000),
      ...u16(6),
      ...u16(0xe000),
      10,
      1,
      9,
      7,
    ],
  ],
  ["a query for everything", [...header(12, 0x0010, 1, 0, 0, 0), ...netbiosName("*", 0, 0), ...u16(0x21), ...u16(1)]],
  [
    "a refusal",
    [...header(13, 0xad06, 0, 1, 0, 0), ...netbiosName("LAB", 0x1c), ...u16(0x20), ...u16(1), ...u32(0), ...u16(6), ...u16(0), 10, 1, 9, 9],
  ],
  ...[0, 3, 0x1b, 0x1d, 0x1e, 0x42].map(
    (suffix) =>
      [
        `an answer for suffix ${suffix}`,
        [
          ...header(16, 0x8500, 0, 1, 0, 0),
          ...netbiosName("DESK1", suffix),
          ...u16(0x20),
          ...u16(1),
          ...u32(9),
          ...u16(12),
          ...u16(0),
          10,
          1,
          9,
          7,
          ...u16(0xc000),
          10,
          1,
          9,
          8,
        ],
      ] as const,
  ),
  [
    "a node status",
    [
      ...header(17, 0x8400, 0, 1, 0, 0),
      ...DESK,
      ...u16(0x21),
      ...u16(1),
      ...u32(0),
      ...u16(65),
      1,
      ...ascii("DESK1          "),
      0x20,
      4,
      0,
      ...fill(46),
    ],
  ],
  ["a wait", [...header(18, 0xbc00, 0, 1, 0, 0), ...DESK, ...u16(0x20), ...u16(1), ...u32(5), ...u16(2), ...u16(0x2910)]],
  ["letters that are none", [...header(19, 0x0110, 1, 0, 0, 0), 32, ...fill(32, 0x30), 0, ...u16(0x20), ...u16(1)]],
  ["half a header", header(14, 0x0110, 1).slice(0, 7)],
  ["a question that is cut off", [...header(15, 0x0110, 1, 0, 0, 0), ...DESK.slice(0, 20)]],
];

const smb = (command: number, o: { status?: number; flags?: number; flags2?: number; rest?: readonly number[] } = {}) => [
  0xff,
  ...ascii("SMB"),
  command,
  ...[...u32(o.status ?? 0)].reverse(),
  o.flags ?? 0x18,
  ...le16(o.flags2 ?? 0xc807),
  ...fill(2),
  ...fill(8),
  ...fill(2),
  ...le16(0x0801),
  ...le16(0x1234),
  ...le16(0x0064),
  ...le16(0x00c0),
  ...(o.rest ?? [0, 0, 0]),
];

/** A datagram of the NetBIOS datagram service, UDP port 138. */
const nbds = (type: number, rest: readonly number[], flags = 0x0a) => [type, flags, ...u16(0x8001), 10, 1, 9, 10, ...u16(138), ...rest];
const nbdsBody = (payload: readonly number[], offset = 0) => [
  ...u16(DESK.length * 2 + payload.length),
  ...u16(offset),
  ...DESK,
  ...netbiosName("LAB", 0x1d),
  ...payload,
];

export const NBDS_MESSAGES: readonly (readonly [string, readonly number[]])[] = [
  ["a datagram to one", nbds(0x10, nbdsBody(fill(20, 0x61)))],
  ["a datagram to a group", nbds(0x11, nbdsBody(fill(20, 0x61)))],
  ["a mailslot", nbds(0x11, nbdsBody(smb(0x25, { flags: 0, flags2: 0 })))],
  ["an unknown type", nbds(0x44, fill(12))],
  ["a broadcast of the second half", nbds(0x12, nbdsBody(fill(20, 0x61), 100), 0x0c)],
  ["an error", nbds(0x13, [0x82])],
  ["a query", nbds(0x14, DESK)],
  ["an answer of no", nbds(0x16, DESK)],
  ["half a header", nbds(0x10, []).slice(0, 6)],
];

const session = (type: number, payload: readonly number[], flags = 0) => [type, flags, ...u16(payload.length), ...payload];

/** Messages over TCP port 139. */
export const NBSS_MESSAGES: readonly (readonly [string, readonly number[]])[] = [
  ["a session request", session(0x81, [...DESK, ...netbiosName("LAB", 0)])],
  ["a positive answer", session(0x82, [])],
  ["a negative answer", session(0x83, [0x82])],
  ["a keep-alive", session(0x85, [])],
  ["the middle of a message", fill(20, 0x61)],
  ["three bytes of a header", [0, 0, 0]],
  ["a negotiation", session(0, smb(0x72, { flags: 0x18, rest: [0, ...le16(12), 2, ...ascii("NT LM 0.12")] }))],
  ["an answer that fails", session(0, smb(0x75, { flags: 0x98, status: 0xc0000022, rest: [0, 0, 0] }))],
  ["a DOS error", session(0, smb(0x08, { flags: 0x80, flags2: 1, status: 0x00020001, rest: [0, 0, 0] }))],
  ["an echo", session(0, smb(0x2b, { rest: [1, 1, 0, 3, 0, 1, 2, 3] }))],
];

export const options = (...list: readonly (readonly [number, readonly number[]])[]) =>
  list.flatMap(([code, value]) => [code, value.length, ...value]);
export const bootp = (
  op: number,
  tail: readonly number[],
  o: { flags?: number; hops?: number; server?: string; file?: string; hlen?: number } = {},
) => [
  op,
  1,
  o.hlen ?? 6,
  o.hops ?? 0,
  ...u32(0x3903f326),
  ...u16(3),
  ...u16(o.flags ?? 0x8000),
  ...(op === 1 ? fill(4) : [10, 1, 9, 3]),
  ...(op === 1 ? fill(4) : [10, 1, 9, 120]),
  ...[10, 1, 9, 1],
  ...[10, 1, 9, 2],
  ...[0, 0x60, 0x97, 1, 2, 3],
  ...fill(10),
  ...ascii(o.server ?? ""),
  ...fill(64 - (o.server ?? "").length),
  ...ascii(o.file ?? ""),
  ...fill(128 - (o.file ?? "").length),
  ...tail,
];
export const COOKIE = [99, 130, 83, 99];

/** Messages of DHCP and BOOTP; true: from the server. */
export const DHCP_MESSAGES: readonly (readonly [string, readonly number[], boolean])[] = [
  [
    "a discovery",
    bootp(1, [
      ...COOKIE,
      ...options([53, [1]], [61, [1, 0, 0x60, 0x97, 1, 2, 3]], [50, [10, 1, 9, 120]], [12, ascii("DESK1")], [55, [1, 3, 6, 15, 44, 46]]),
      255,
      ...fill(8),
    ]),
    false,
  ],
  [
    "an offer",
    bootp(2, [
      ...COOKIE,
      ...options(
        [53, [2]],
        [54, [10, 1, 9, 3]],
        [51, u32(86400)],
        [58, u32(43200)],
        [59, u32(75600)],
        [1, [255, 255, 255, 0]],
        [3, [10, 1, 9, 1, 10, 1, 9, 2]],
        [6, [10, 1, 9, 4]],
        [15, ascii("example.com")],
        [44, [10, 1, 9, 5]],
        [46, [8]],
      ),
      255,
    ]),
    true,
  ],
  [
    "a request",
    bootp(1, [
      ...COOKIE,
      ...options([53, [3]], [54, [10, 1, 9, 3]], [57, u16(1500)], [60, ascii("MSFT 98")], [56, ascii("please")]),
      0,
      0,
      255,
    ]),
    false,
  ],
  ["an acknowledgement with names", bootp(2, [...COOKIE, ...options([53, [5]]), 255], { server: "boothost", file: "/boot/image" }), true],
  ["a refusal", bootp(2, [...COOKIE, ...options([53, [6]], [56, ascii("no such lease")]), 255], { flags: 0 }), true],
  ["a message type that is none", bootp(1, [...COOKIE, ...options([53, [77]]), 255]), false],
  ["an option that is cut off", bootp(1, [...COOKIE, ...options([53, [8]]), 12, 40, 65, 66]), false],
  ["an address option of odd length", bootp(1, [...COOKIE, ...options([53, [8]], [1, [255, 255]]), 255]), false],
  ["a request that is too short", bootp(1, []).slice(0, 60), false],
  ["an answer that is too short", bootp(2, []).slice(0, 100), true],
  ["an answer without options", bootp(2, fill(64)), true],
  ["hardware that is no Ethernet", bootp(1, [...COOKIE, ...options([53, [1]]), 255], { hlen: 8 }), false],
  [
    "a lease time of the wrong length",
    bootp(2, [...COOKIE, ...options([53, [5]], [51, [1, 2]], [3, [10, 1, 9]], [46, [1, 2]], [57, [1]], [12, []]), 255]),
    true,
  ],
  ["BOOTP without options", bootp(1, fill(64), { hops: 2 }), false],
];

/** IPX: checksum, length, hops, type, then networks, nodes and sockets. */
const ipx = (type: number, socket: number, payload: readonly number[], o: { length?: number; source?: number } = {}) => [
  0xff,
  0xff,
  ...u16(o.length ?? 30 + payload.length),
  0,
  type,
  ...u32(0),
  ...fill(6, 0xff),
  ...u16(socket),
  ...u32(0x10),
  ...[0, 0x60, 0x97, 1, 2, 3],
  ...u16(o.source ?? socket),
  ...payload,
];
export const IPX_PACKETS: readonly (readonly [string, readonly number[]])[] = [
  ["a RIP request", ipx(1, 0x0453, [...u16(1), ...u32(0xffffffff), ...u16(0xffff), ...u16(0xffff)])],
  ["a SAP query", ipx(17, 0x0452, [...u16(3), ...u16(4)])],
  ["an unknown socket", ipx(4, 0x4711, fill(20, 0x61), { source: 0x5003 })],
  ["SPX", ipx(5, 0x4712, [0x40, 0, ...u16(1), ...u16(2), ...u16(3), ...u16(4), ...u16(5), ...fill(10, 0x61)])],
  ["a length beyond the frame", ipx(4, 0x4711, fill(20, 0x61), { length: 400 })],
];

/** DDP with its long header: hops and length, checksum, networks, nodes, sockets, type. */
const ddp = (
  type: number,
  payload: readonly number[],
  o: { sockets?: readonly [number, number]; hops?: number; checksum?: number } = {},
) => [
  ...u16(((o.hops ?? 0) << 10) | (13 + payload.length)),
  ...u16(o.checksum ?? 0),
  ...u16(0),
  ...u16(0xff01),
  255,
  12,
  ...(o.sockets ?? [4, 4]),
  type,
  ...payload,
];
export const DDP_PACKETS: readonly (readonly [string, readonly number[]])[] = [
  ["an echo", ddp(4, [1, ...fill(20, 0x61)])],
  ["an unknown type", ddp(77, fill(20, 0x61), { sockets: [200, 201], hops: 3, checksum: 0x1234 })],
  ["a cut header", ddp(4, []).slice(0, 9)],
];
const aarp = (operation: number) => [
  ...u16(1),
  ...u16(0x809b),
  6,
  4,
  ...u16(operation),
  ...[0, 5, 2, 1, 2, 3],
  0,
  ...u16(0xff01),
  12,
  ...fill(6),
  0,
  ...u16(0xff01),
  13,
];
export const AARP_PACKETS: readonly (readonly [string, readonly number[]])[] = [
  ["a request", aarp(1)],
  ["an answer", aarp(2)],
  ["a probe", aarp(3)],
  ["a cut packet", aarp(1).slice(0, 20)],
];
