/** Time limits, in microseconds, by which the diagnosis relates two frames to each other; and how many datagrams it remembers. */

/** A poll that comes within this time of a datagram was called for by it (a live client answers within a millisecond). */
export const HEARD_WITHIN_US = 2_000_000;

/** A client that sends a segment this long after refusing a datagram is alive: segments sent before it went down have arrived by then. */
export const ALIVE_AFTER_US = 10_000_000;

/** Longest delay after a session's end of a datagram that the server sent before it noticed the end. */
export const AFTER_END_US = 5_000_000;

/** Two frames of one datagram or error, as a mirrored port or two segments show them, lie closer together. */
export const DUPLICATE_US = 1_000_000;

/** Address conflict: a network card answers for an address again within this time after another card did. */
export const CONFLICT_US = 600_000_000;

/** Datagrams that an ICMP error may still join, for each series. */
export const RECENT_DATAGRAMS = 8;
