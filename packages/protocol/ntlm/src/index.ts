export * from "./client.ts";
export { ntHash } from "./responses.ts";
export * from "./server.ts";
