/** How long after one frame another one still belongs to it, or no longer does, in microseconds; and how many datagrams are remembered. */

/** A poll that comes within this time of a datagram was called for by it (a live client answers within a millisecond). */
export const HEARD_WITHIN_US = 2_000_000;

/** A client that speaks this long after it refused a datagram is alive: what was under way when it went down is over by then. */
export const ALIVE_AFTER_US = 10_000_000;

/** A datagram that left before the server noticed the session's end comes at most this long after it. */
export const AFTER_END_US = 5_000_000;

/** Two frames of one datagram or error, as a mirrored port or two segments show them, lie closer together. */
export const DUPLICATE_US = 1_000_000;

/** Two cards that take turns with one address this fast both have it now. */
export const CONFLICT_US = 600_000_000;

/** Datagrams that an ICMP error may still join, for each series. */
export const RECENT_DATAGRAMS = 8;
