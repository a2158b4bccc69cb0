export type * from "./events.ts";
export * from "./mail-server.ts";
export { DEFAULT_SETTINGS, type MailServerSettings } from "./settings.ts";
export type { MessageToDeliver } from "./store.ts";
