export * from "./address.ts";
export * from "./byte-writer.ts";
export * from "./checksum.ts";
export * from "./code-page.ts";
export * from "./hex.ts";
export * from "./ipv6-address.ts";
export * from "./load-store.ts";
export * from "./sequence.ts";
