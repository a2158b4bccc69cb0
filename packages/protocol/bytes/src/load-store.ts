/** Loads and stores of unsigned integers. No bounds are checked here: the caller's `check*` did. All results are non-negative. */

/** Two octets at `at`, most significant first, as an unsigned number. */
export function getU16be(b: Uint8Array, at: number): number {
  return (b[at] << 8) | b[at + 1];
}

/** Four octets at `at`, most significant first, as an unsigned number. */
export function getU32be(b: Uint8Array, at: number): number {
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
}

/** Writes the low 16 bits of `value` at `at`, most significant octet first. */
export function putU16be(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 8;
  b[at + 1] = value;
}

/** Writes the low 32 bits of `value` at `at`, most significant octet first. */
export function putU32be(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 24;
  b[at + 1] = value >>> 16;
  b[at + 2] = value >>> 8;
  b[at + 3] = value;
}

/** Two octets at `at`, least significant first, as an unsigned number. */
export function getU16le(b: Uint8Array, at: number): number {
  return b[at] | (b[at + 1] << 8);
}

/** Four octets at `at`, least significant first, as an unsigned number. */
export function getU32le(b: Uint8Array, at: number): number {
  return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0;
}

/** Writes the low 16 bits of `value` at `at`, least significant octet first. */
export function putU16le(b: Uint8Array, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
}

/** Writes the low 32 bits of `value` at `at`, least significant octet first. */
export function putU32le(b: Uint8Array, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
  b[at + 2] = value >>> 16;
  b[at + 3] = value >>> 24;
}

/** 64 bits, little-endian. */
export function getU64le(b: Uint8Array, at: number): bigint {
  return (BigInt(getU32le(b, at + 4)) << 32n) | BigInt(getU32le(b, at));
}

/** Writes the low 64 bits of `value` at `at`, least significant octet first. */
export function putU64le(b: Uint8Array, at: number, value: bigint): void {
  putU32le(b, at, Number(value & 0xffffffffn));
  putU32le(b, at + 4, Number((value >> 32n) & 0xffffffffn));
}

/** Copies `len` bytes; faster than `set(subarray())` at packet sizes, and allocates nothing. The ranges must not overlap in one buffer. */
export function copyBytes(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, len: number): void {
  if (len > 256) {
    to.set(from.subarray(fromAt, fromAt + len), toAt);
    return;
  }
  for (let i = 0; i < len; i++) to[toAt + i] = from[fromAt + i];
}
