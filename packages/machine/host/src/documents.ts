/**
 * The documents that facts cite, each with the variants whose system it speaks of. A test looks every quotation up: in the databases that Debian
 * ships, and in the short quotations kept of the others (packages/machine/live/src/testing/kept-quotations.ts).
 */

export interface SourceDocument {
  /** `entry`: one system's entry or row of a fingerprint database; `article`: Knowledge Base or Tech Info Library; `capture`: a public recording of a genuine machine. */
  readonly kind: "entry" | "article" | "specification" | "capture" | "table";
  /** Name in citations: the number of an article, the file of a database, the short name of a capture. */
  readonly name: string;
  /** Name of the entry in its database, word for word; `null` for a document that is cited as a whole. */
  readonly entry: string | null;
  /** Ids of the variants whose system and version the document names. A variant that takes a value from another document carries it over. */
  readonly covers: readonly string[];
}

const NT_4 = ["nt-4.0", "nt-4.0-sp6a"];
const NT = [...NT_4, "nt-3.51"];
const REAL_MODE = ["network-client-3.0", "windows-3.1"];
const WINDOWS_9X = ["windows-95", "windows-98"];
const OPEN_TRANSPORT = ["open-transport", "open-transport-9"];
const MACINTOSH = [...OPEN_TRANSPORT, "mactcp"];
const WINDOWS_3X = ["wfw-3.11", "windows-3.1"];
const EVERY = [...NT, "network-client-3.0", ...WINDOWS_3X, ...WINDOWS_9X, ...MACINTOSH];

function entry(name: string, title: string, covers: readonly string[]): SourceDocument {
  return { kind: "entry", name, entry: title, covers };
}

function article(name: string, covers: readonly string[]): SourceDocument {
  return { kind: "article", name, entry: null, covers };
}

function capture(name: string, covers: readonly string[]): SourceDocument {
  return { kind: "capture", name, entry: null, covers };
}

function specification(name: string): SourceDocument {
  return { kind: "specification", name, entry: null, covers: EVERY };
}

const NMAP = "nmap-os-db";
/** The first generation of nmap's database, which Debian no longer ships. */
const NMAP_1 = "nmap-os-fingerprints";
const XPROBE = "xprobe2.conf";
const ETTERCAP = "etter.finger.os";
const PF = "pf.os";

/** Documents that facts cite, by id. `covers` lists the variants that a document describes. */
export const DOCUMENTS = {
  nmapDos: entry(NMAP, "Microsoft Network Client 3.0 for MS-DOS", REAL_MODE),
  nmapFamily: entry(NMAP, "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95", [
    "wfw-3.11",
    "nt-3.51",
    "windows-95",
  ]),
  nmapNt351: entry(NMAP, "Microsoft Windows NT 3.51 SP5", ["nt-3.51"]),
  nmapNt4Sp3: entry(NMAP, "Microsoft Windows NT 4.0 SP3", ["nt-4.0"]),
  nmapNt4Sp6a: entry(NMAP, "Microsoft Windows NT 4.0 SP5 - SP6a", ["nt-4.0-sp6a"]),
  nmap95: entry(NMAP, "Microsoft Windows 95", ["windows-95"]),
  nmap98: entry(NMAP, "Microsoft Windows 98", ["windows-98"]),
  nmapMac8: entry(NMAP, "Apple Mac OS 8.1 - 8.6", ["open-transport"]),
  nmapMac9: entry(NMAP, "Apple Mac OS 9.0.4 - 9.2", ["open-transport-9"]),
  nmap1MacTcp: entry(NMAP_1, "Apple Mac OS 7.0-7.1 With MacTCP 1.1.1 - 2.0.6", ["mactcp"]),
  nmap1Mac: entry(NMAP_1, "Apple Mac OS 7.5.5 - 9, 8.x, 9.x", OPEN_TRANSPORT),
  nmap1Wfw: entry(NMAP_1, "Microsoft Windows for Workgroups 3.11 / TCP/IP-32 3.11b stack or Windows 98", ["wfw-3.11", "windows-98"]),
  nmap1Family: entry(NMAP_1, "Microsoft Windows NT 3.51 SP5, NT 4.0 or 95/98/98SE", [...NT, ...WINDOWS_9X]),
  xprobe95: entry(XPROBE, "Microsoft Windows 95", ["windows-95"]),
  xprobe98: entry(XPROBE, "Microsoft Windows 98", ["windows-98"]),
  xprobeNt4: entry(XPROBE, "Microsoft Windows NT 4 Workstation", ["nt-4.0"]),
  xprobeMac9: entry(XPROBE, "Mac OS 9.2.x", ["open-transport-9"]),
  etter95: entry(ETTERCAP, "Windows 95", ["windows-95"]),
  etter98: entry(ETTERCAP, "Windows 98 / 2000", ["windows-98"]),
  etterNt4: entry(ETTERCAP, "Windows NT 4.0 SP6a / Windows 2000", ["nt-4.0-sp6a"]),
  etterNt4Reply: entry(ETTERCAP, "Windows NT 4.x / Win9x", NT_4),
  etter95Reply: entry(ETTERCAP, "Microsoft Windows 95", ["windows-95"]),
  etterMac: entry(ETTERCAP, "Mac OS 7.x-9.x", OPEN_TRANSPORT),
  etterMac9: entry(ETTERCAP, "Mac OS 9", ["open-transport-9"]),
  etterMacTcp: entry(ETTERCAP, "Mac OS 7.0-7.1 With MacTCP 1.1.1 - 2.0.6", ["mactcp"]),
  pfWfw: entry(PF, "Windows:3.11::Windows 3.11 (Tucows)", ["wfw-3.11"]),
  pfNt4: entry(PF, "Windows:NT:4.0:Windows NT 4.0 (older)", ["nt-4.0"]),
  pf98: entry(PF, "Windows:98:lowTTL:Windows 98 (low TTL)", ["windows-98"]),
  pfMac8: entry(PF, "MacOS:7.3-8.6:OTTCP:MacOS 7.3-8.6 (OTTCP)", ["open-transport"]),
  pfMac9: entry(PF, "MacOS:9.0-9.2::MacOS 9.0-9.2", ["open-transport-9"]),
  p0fMac85Reset: entry("p0f 2 (RST)", "MacOS:8.5", ["open-transport"]),
  p0fMac9Reset: entry("p0f 2 (RST)", "MacOS:9.x", ["open-transport-9"]),
  ttlTable: {
    kind: "table",
    name: "SWITCH table of default TTLs",
    entry: null,
    covers: ["wfw-3.11", "windows-95", "nt-3.51", ...NT_4, "mactcp"],
  },
  tosStudy: {
    kind: "table",
    name: "xprobe2 icmp_echo_tos_bits and nmap-os-db of 2008 (TOSI)",
    entry: null,
    covers: ["wfw-3.11", "windows-98", ...NT_4, ...OPEN_TRANSPORT],
  },

  Q96198: article("Q96198", REAL_MODE),
  Q99294: article("Q99294", ["windows-3.1"]),
  Q113576: article("Q113576", NT),
  Q120599: article("Q120599", [...NT, ...REAL_MODE, "wfw-3.11"]),
  Q123077: article("Q123077", ["wfw-3.11"]),
  Q136970: article("Q136970", ["nt-3.51"]),
  Q139415: article("Q139415", NT),
  Q140325: article("Q140325", [...NT, "windows-95"]),
  Q140552: article("Q140552", [...NT, "wfw-3.11"]),
  Q147706: article("Q147706", [...NT, "wfw-3.11", "windows-95"]),
  Q149280: article("Q149280", REAL_MODE),
  Q149532: article("Q149532", NT),
  Q156711: article("Q156711", ["windows-95"]),
  Q157740: article("Q157740", ["network-client-3.0"]),
  Q158474: article("Q158474", WINDOWS_9X),
  Q159302: article("Q159302", EVERY),
  Q160053: article("Q160053", ["windows-3.1"]),
  Q163330: article("Q163330", OPEN_TRANSPORT),
  Q166750: article("Q166750", NT_4),
  Q169743: article("Q169743", WINDOWS_3X),
  Q170791: article("Q170791", ["windows-95"]),
  Q174929: article("Q174929", [...NT_4, "wfw-3.11", "windows-95"]),
  Q175523: article("Q175523", [...NT, ...WINDOWS_9X]),
  Q183786: article("Q183786", NT),
  Q186463: article("Q186463", NT_4),
  Q194952: article("Q194952", NT),
  Q199773: article("Q199773", NT_4),
  Q219885: article("Q219885", ["nt-4.0-sp6a"]),
  Q221508: article("Q221508", MACINTOSH),
  /** Microsoft, "Filter Settings for Windows NT Services", April 1999: table of services, protocols and ports. */
  ntServicePorts: article("Filter Settings for Windows NT Services", NT),
  Q239818: article("Q239818", NT_4),
  Q239869: article("Q239869", [...WINDOWS_9X, "nt-4.0-sp6a"]),
  n15463: article("Apple TIL n15463", ["mactcp"]),
  TA34902: article("Apple TIL TA34902", OPEN_TRANSPORT),
  TA36540: article("Apple TIL TA36540", ["mactcp"]),

  rfc1191: specification("RFC 1191"),

  windows98Boot: capture("windows98-boot", ["windows-98"]),
  gnutella: capture("gnutella", ["windows-98"]),
  mms: capture("mms", NT_4),
  imap: capture("imap", NT_4),
  /** Server 5.5.2653 and client 5.5.3144, of June 2003. */
  exchange55: capture("exchange-5.5", []),
} as const satisfies Readonly<Record<string, SourceDocument>>;

/** Id of a document in DOCUMENTS. */
export type DocumentId = keyof typeof DOCUMENTS;

/** Where a document holds a value. */
export interface Citation {
  readonly document: DocumentId;
  /** Test line of a database, registry parameter, section or row; empty where the document has no parts. */
  readonly at: string;
  /** Literal text of the document at that place. Several database fields are separated by spaces. */
  readonly quote: string;
}

/** A citation of a document: the place in it, and its literal text. */
export function cite(document: DocumentId, at: string, quote: string): Citation {
  return { document, at, quote };
}

/** One citation as text: `nmap-os-db, "Microsoft Windows 95" U1 TG=20`; `Q140552 TcpMaxConnectRetransmissions: 3`. */
export function describeCitation({ document, at, quote }: Citation): string {
  const { name, entry: title } = DOCUMENTS[document] as SourceDocument;
  const where = [title === null ? name : `${name}, "${title}"`, at].filter((part) => part !== "").join(" ");
  return title === null ? `${where}: ${quote}` : `${where} ${quote}`;
}
