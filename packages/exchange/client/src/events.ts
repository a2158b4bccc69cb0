/** What a mail client tells about itself. */

import type { Ipv4Address, TcpEndCause } from "@pushback/host";
import type { ObjectId } from "@pushback/mapi";

/** `logged-off`: nothing is open. `disconnected`: the connection was lost, or logging on failed; nothing is open either. */
export type MailClientState = "logged-off" | "connecting" | "logged-on" | "logging-off" | "disconnected";

/** Which step failed. */
export type MailClientErrorStep =
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
  | "send"
  | "disconnect";

export type MailClientEvent =
  | { readonly type: "connecting"; readonly serverAddress: Ipv4Address }
  /** `callbackPort` and `contextHex` are `null` when it polls instead of being pushed. */
  | {
      readonly type: "logged-on";
      readonly localTcpPort: number;
      readonly callbackPort: number | null;
      readonly contextHex: string | null;
    }
  /** With exactly the context that this logon registered. */
  | { readonly type: "datagram-received"; readonly fromAddress: Ipv4Address; readonly fromPort: number }
  /** Any other datagram, which is ignored. */
  | {
      readonly type: "foreign-datagram";
      readonly fromAddress: Ipv4Address;
      readonly fromPort: number;
      readonly payloadHex: string;
    }
  /** The answer to a poll is there; `notifications` came with it. */
  | { readonly type: "polled"; readonly why: "datagram" | "idle" | "fallback"; readonly notifications: number }
  | { readonly type: "new-mail"; readonly mid: ObjectId; readonly subject: string }
  | { readonly type: "message-read"; readonly mid: ObjectId; readonly subject: string; readonly body: string }
  /** The server has taken it; `to` as it was asked for. */
  | { readonly type: "message-sent"; readonly to: string; readonly subject: string }
  | { readonly type: "logged-off" }
  | { readonly type: "disconnected"; readonly cause: TcpEndCause }
  /** `code` is a return value, a fault's status, or `null` where the answer made no sense. A step of logging on that fails ends the connection. */
  | { readonly type: "error"; readonly what: MailClientErrorStep; readonly code: number | null };
