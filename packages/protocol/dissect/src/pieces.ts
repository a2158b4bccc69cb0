/** Bytes that arrive in pieces. Pieces are never changed, so copies of a conversation's state share them. */

/** A linked list of pieces, the latest first. */
export interface Pieces {
  /** A copy of the bytes of the latest piece. */
  readonly bytes: Uint8Array;
  /** The pieces before it; `null` if it is the first. */
  readonly before: Pieces | null;
  /** Bytes in all pieces. */
  readonly heldBytes: number;
}

/** Joins the pieces in order, then the bytes of `b` from `at` on, up to `length` bytes. Each byte is copied once. */
export function joinPieces(pieces: Pieces | null, b: Uint8Array, at: number, length: number): Uint8Array {
  const joined = new Uint8Array(length);
  const heldBytes = pieces?.heldBytes ?? 0;
  joined.set(b.subarray(at, at + length - heldBytes), heldBytes);
  for (let piece = pieces; piece; piece = piece.before) joined.set(piece.bytes, piece.heldBytes - piece.bytes.length);
  return joined;
}
