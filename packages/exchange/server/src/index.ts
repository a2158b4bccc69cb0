export type * from "./events.ts";
export * from "./mail-server.ts";
export type { MessageContent, PropertyData, Recipient } from "./mail-store/message-content.ts";
export type { Delivery, MessageToDeliver } from "./mail-store/store.ts";
export type * from "./mail-store/store-persistence.ts";
export type { AddressRange } from "./push/callback-rule.ts";
export { objectAt, openInto, type RopContext } from "./session/rop-context.ts";
export { type ServedRop, serveRop } from "./session/served-rop.ts";
export { DEFAULT_SETTINGS, LIVE_LIMITS, type MailServerSettings, type ServerLimits } from "./settings.ts";
