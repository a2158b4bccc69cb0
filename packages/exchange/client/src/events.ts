/** The events that a mail client reports. */

import type { Ipv4Address, TcpEndCause } from "@pushback/host";
import type { ObjectId } from "@pushback/mapi";

/** In `logged-off` nothing is open. In `disconnected` nothing is open either, because the connection was lost or the logon failed. */
export type MailClientState = "logged-off" | "connecting" | "logged-on" | "logging-off" | "disconnected";

/** The step that failed. */
export type MailClientErrorStep =
  /** The client goes on with the DN of its settings. */
  | "directory"
  | "endpoint-map"
  | "bind"
  | "connect"
  | "logon"
  | "open-inbox"
  | "udp-socket"
  | "register-push"
  | "subscribe"
  | "poll"
  | "read"
  | "mark"
  | "delete"
  | "send"
  | "disconnect";

/** An event that a mail client reports. */
export type MailClientEvent =
  | { readonly type: "connecting"; readonly serverAddress: Ipv4Address }
  /** `callbackPort` and `contextHex` are `null` when the client polls because it has no push registration. */
  | {
      readonly type: "logged-on";
      readonly localTcpPort: number;
      readonly callbackPort: number | null;
      readonly contextHex: string | null;
    }
  /** A datagram whose payload is the context that this logon registered. */
  | { readonly type: "datagram-received"; readonly fromAddress: Ipv4Address; readonly fromPort: number }
  /** A datagram with any other payload; the client ignores it. */
  | {
      readonly type: "foreign-datagram";
      readonly fromAddress: Ipv4Address;
      readonly fromPort: number;
      readonly payloadHex: string;
    }
  /** The response to a poll arrived with this number of notifications. */
  | { readonly type: "polled"; readonly why: "datagram" | "idle" | "fallback"; readonly notifications: number }
  | { readonly type: "new-mail"; readonly mid: ObjectId; readonly subject: string }
  /** The rows of the Inbox have changed without new mail. */
  | { readonly type: "inbox-updated" }
  | { readonly type: "message-read"; readonly mid: ObjectId; readonly subject: string; readonly body: string }
  /** The server marked messages of the Inbox as read or unread; none of them was opened. */
  | { readonly type: "messages-marked"; readonly mids: readonly ObjectId[]; readonly read: boolean }
  /** The server moved these messages of the Inbox into Deleted Items, where they have other ids. */
  | { readonly type: "messages-deleted"; readonly mids: readonly ObjectId[] }
  /** The server accepted the message; `to` names the recipients as the caller did, `addresses` are their DNs or Internet addresses. */
  | { readonly type: "message-sent"; readonly to: string; readonly addresses: readonly string[]; readonly subject: string }
  | { readonly type: "logged-off" }
  | { readonly type: "disconnected"; readonly cause: TcpEndCause }
  /** `code` is a return value, the status of an RPC fault, or `null` where the response could not be parsed. A failed step of the logon ends the connection. */
  | { readonly type: "error"; readonly what: MailClientErrorStep; readonly code: number | null };
