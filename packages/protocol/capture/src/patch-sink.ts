/** Writes `bytes` over what was written at `offset`, a file offset in bytes: for headers that say what comes after them. */
export type PatchSink = (offset: number, bytes: Uint8Array) => void;
