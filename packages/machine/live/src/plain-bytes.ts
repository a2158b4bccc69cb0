/** A Buffer as the array that it is: `slice` of a Buffer is a view, and a program that keeps one would keep all that was read. */
export function plainBytes(b: Uint8Array): Uint8Array {
  return new Uint8Array(b.buffer, b.byteOffset, b.length);
}
