/**
 * Memory for the pages of a recording. Shared memory where available, although it is not shared: V8 counts every other buffer towards the next
 * garbage collection, so a recording that grows by megabytes would trigger full collections that free nothing (docs/FLEET-PROFILE.md, "Time").
 */

export type PageMemory = ArrayBuffer | SharedArrayBuffer;

/** Allocates zeroed memory. */
export function pageMemory(bytes: number): PageMemory {
  // A browser offers shared memory to cross-origin isolated pages only.
  return typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
