export * from "./client.ts";
export { lmHash, ntHash } from "./responses.ts";
export * from "./server.ts";
