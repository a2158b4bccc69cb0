/**
 * Memory for the pages of a recording. Shared memory where available, although it is not shared: an engine counts all other buffers towards the next
 * collection of garbage, and a recording that grows by megabytes would have the whole heap looked through again and again, for nothing.
 */

export type PageMemory = ArrayBuffer | SharedArrayBuffer;

/** All zero. */
export function pageMemory(bytes: number): PageMemory {
  // A browser has shared memory for isolated pages only.
  return typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
