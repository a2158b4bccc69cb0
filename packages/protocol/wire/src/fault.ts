/**
 * Every protocol here has two levels. First accessors (`get*`, `put*`) on bytes and an offset: after `check*` returned
 * `null` for a range, no accessor of that protocol fails or reads outside the range. Second a flat record (`*Repr`) for
 * legal packets, with `parse*` (assumes a checked range) and `emit*` (writes every byte of what it claims).
 */

/** Why a range of bytes is not a packet of the protocol. `truncated`: the packet claims more bytes than there are. `unsupported`: well formed, but for another hardware or protocol. */
export type WireFault = "truncated" | "bad-length" | "bad-version" | "bad-checksum" | "bad-option" | "unsupported";
