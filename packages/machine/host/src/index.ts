export * from "./documents.ts";
export * from "./duration.ts";
export * from "./exchange-client.ts";
export * from "./facts.ts";
export * from "./link.ts";
export type * from "./personality.ts";
export type * from "./platform.ts";
export type * from "./program.ts";
export * from "./rfc-baseline.ts";
