/** Counts the parts of a capture that a diagnosis did not examine, by kind. If any count is positive, the answer is not "harmless". */

/** A sentence for each kind, for a count of packets or errors. */
const KINDS = {
  damaged: (detail: string) => `the file is damaged: ${detail}; what comes after was not read`,
  "link-type": (detail: string, count: number) => `${counted(count, "packet")} of link type ${detail}, which is not read`,
  "link-header": (_: string, count: number) =>
    `${counted(count, "packet")} cut off within the link header, or with a link header that makes no sense`,
  "ip-header": (_: string, count: number) =>
    `${counted(count, "packet")} cut off within the IP header, or with an IP header that makes no sense`,
  transport: (_: string, count: number) => `${counted(count, "packet")} cut off before the UDP, TCP or ICMP header ends`,
  tunnel: (detail: string, count: number) => `${counted(count, "packet")} inside ${detail}, which is not read`,
  "icmp-checksum": (_: string, count: number) => `${counted(count, "ICMP message")} with a wrong checksum`,
  "icmp-quote": (_: string, count: number) => `${counted(count, "ICMP error")} whose quote is missing, cut off too early or makes no sense`,
  "icmp-type": (_: string, count: number) => `${counted(count, "ICMP error")} of an unknown type`,
  record: (detail: string, count: number) =>
    `${counted(count, "record")} of the file that ${count === 1 ? "is" : "are"} not read (${detail})`,
  room: (detail: string, count: number) => `${count} ${detail}`,
} as const satisfies Readonly<Record<string, (detail: string, count: number) => string>>;

/** A reason why part of a capture was not examined. */
export type UnreadKind = keyof typeof KINDS;

/** A part of the capture that was not examined; `text` describes it in a sentence. */
export interface Unread {
  readonly kind: UnreadKind;
  /** Distinguishes entries of one kind, such as the number of a link type; "" if the kind has only one entry. */
  readonly detail: string;
  readonly count: number;
  readonly text: string;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Most details that are counted separately per kind; further ones are counted together. */
const MAX_DETAILS = 32;

/** Counts of parts that were not examined, by kind and detail. */
export class UnreadCounts {
  readonly #counts = new Map<UnreadKind, Map<string, number>>();

  /** Adds `count`; does nothing if it is 0 or less. */
  add(kind: UnreadKind, detail = "", count = 1): void {
    if (count <= 0) return;
    let details = this.#counts.get(kind);
    if (!details) {
      details = new Map();
      this.#counts.set(kind, details);
    }
    const key = details.has(detail) || details.size < MAX_DETAILS ? detail : "others";
    details.set(key, (details.get(key) ?? 0) + count);
  }

  /** Sets a count that another component maintains. */
  set(kind: UnreadKind, detail: string, count: number): void {
    this.#counts.get(kind)?.delete(detail);
    this.add(kind, detail, count);
  }

  /** All counts, with their sentences. */
  list(): Unread[] {
    const list: Unread[] = [];
    for (const [kind, details] of this.#counts)
      for (const [detail, count] of details) list.push({ kind, detail, count, text: KINDS[kind](detail, count) });
    return list;
  }
}
