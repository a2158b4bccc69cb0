/** Overwrites the file with `bytes` at `offset` bytes: for headers that describe what follows them. */
export type PatchSink = (offset: number, bytes: Uint8Array) => void;
