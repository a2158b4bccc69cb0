export type * from "./events.ts";
export { EXCHANGE_VERSIONS, type ExchangeVersionName, isExchangeVersion } from "./exchange-version.ts";
export * from "./limits.ts";
export * from "./mail-server.ts";
export {
  isList,
  isListTag,
  type MessageContent,
  type MessageHeader,
  type MessageParts,
  type MessageSummary,
  type PropertyData,
  type Recipient,
  summaryOf,
} from "./mail-store/message-content.ts";
export { dataOfText, propertiesOfText, textOfData, textOfProperties } from "./mail-store/property-text.ts";
export type { Delivery, DeliveryRefusal, GroupDelivery, MessageToDeliver } from "./mail-store/store.ts";
export type * from "./mail-store/store-persistence.ts";
export type { AddressRange } from "./push/callback-rule.ts";
export { objectAt, openInto, type RopContext } from "./session/rop-context.ts";
export { type ServedRop, type ServeOptions, serveRop } from "./session/served-rop.ts";
export {
  DEFAULT_EXCHANGE_VERSION,
  DEFAULT_SETTINGS,
  LIVE_LIMITS,
  type MailServerSettings,
  type RpcService,
  type StoppedServer,
} from "./settings.ts";
