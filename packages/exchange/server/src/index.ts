export type { AddressRange } from "./callback-rule.ts";
export type * from "./events.ts";
export * from "./mail-server.ts";
export type { MessageContent, PropertyData, Recipient } from "./message-content.ts";
export { DEFAULT_SETTINGS, LIVE_LIMITS, type MailServerSettings, type ServerLimits } from "./settings.ts";
export type { Delivery, MessageToDeliver } from "./store.ts";
export type * from "./store-persistence.ts";
