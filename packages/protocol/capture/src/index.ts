export * from "./capture-file.ts";
export * from "./capture-reader.ts";
export type { ChunkSink } from "./chunk-buffer.ts";
export * from "./fault.ts";
export * from "./pcap-writer.ts";
export * from "./pcapng-writer.ts";
