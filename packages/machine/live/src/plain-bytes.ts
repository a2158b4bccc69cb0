/** A Buffer as a plain Uint8Array: `slice` of a Buffer is a view, and a program that keeps the view would keep the whole read buffer alive. */
export function plainBytes(b: Uint8Array): Uint8Array {
  return new Uint8Array(b.buffer, b.byteOffset, b.length);
}
