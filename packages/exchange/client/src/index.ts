export type * from "./events.ts";
export type { InboxRow } from "./inbox-view.ts";
export * from "./mail-client.ts";
export type { MailClientSettings } from "./settings.ts";
