export {
  type AddressBookAnswer,
  type AddressBookEntry,
  describeAddressBookFailure,
  lookUpName,
} from "./address-book.ts";
export type { AnswerKind } from "./answer-message.ts";
export { describeClientError, describeCode } from "./error-text.ts";
export type * from "./events.ts";
export type { InboxChange, InboxRow } from "./inbox-view.ts";
export * from "./mail-client.ts";
export { type MapEndpointHandlers, mapEndpoint } from "./map-endpoint.ts";
export { type RpcAnswer, RpcConnection, type RpcConnectionHandlers, type RpcConnectionOptions } from "./rpc-connection.ts";
export type { MailClientSettings } from "./settings.ts";
