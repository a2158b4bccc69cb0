/** Events that a mail server emits. */

import type { HostFault, Ipv4Address, TcpEndCause } from "@pushback/host";
import type { ObjectId, VersionWords } from "@pushback/mapi";

/**
 * An event that the mail server reports. Addresses are unsigned 32-bit integers in host order; `session` and `association` are numbers of the server.
 */
export type MailServerEvent =
  /** Ports are open; `epmPort` is `null` without an endpoint mapper, `directoryPort` is absent without a directory. */
  | {
      readonly type: "listening";
      readonly epmPort: number | null;
      readonly emsmdbPort: number;
      readonly notifierPort: number;
      readonly directoryPort?: number;
    }
  /** A port could not be opened; the server goes on without it. */
  | { readonly type: "open-failed"; readonly what: "endpoint-mapper" | "emsmdb" | "directory" | "notifier"; readonly fault: HostFault }
  | {
      readonly type: "association-opened";
      readonly association: number;
      readonly service: "endpoint-mapper" | "emsmdb" | "directory";
      readonly remoteAddress: Ipv4Address;
      readonly remotePort: number;
    }
  /** A new connection was reset because a connection limit (in all, or of its address) was reached. */
  | { readonly type: "association-refused"; readonly remoteAddress: Ipv4Address; readonly why: "too-many" | "too-many-of-address" }
  /** A connection was ended because it exceeded a time limit. */
  | { readonly type: "association-expired"; readonly association: number; readonly why: "no-bind" | "slow-call" | "stalled" | "idle" }
  | { readonly type: "association-closed"; readonly association: number; readonly cause: TcpEndCause }
  | {
      readonly type: "connect";
      readonly session: number;
      readonly association: number;
      readonly user: string;
      readonly clientVersion: VersionWords;
    }
  /** An EcDoConnect was refused; `code` is its return value. */
  | { readonly type: "connect-refused"; readonly association: number; readonly user: string; readonly code: number }
  | { readonly type: "disconnect"; readonly session: number }
  | {
      readonly type: "registered";
      readonly session: number;
      readonly address: Ipv4Address;
      readonly port: number;
      readonly contextHex: string;
    }
  /** A push registration was refused; `code` is its return value. */
  | {
      readonly type: "register-refused";
      readonly session: number;
      readonly address: Ipv4Address;
      readonly port: number;
      readonly code: number;
    }
  | { readonly type: "unregistered"; readonly session: number }
  /** An ICMP port unreachable ended the registration (`MailServerSettings.honourIcmp`): no more datagrams until the client registers again. */
  | { readonly type: "registration-withdrawn"; readonly session: number; readonly address: Ipv4Address; readonly port: number }
  | { readonly type: "delivered"; readonly mailbox: string; readonly mid: ObjectId }
  /**
   * A message was created in, changed in, deleted from, or moved or copied into or out of the Inbox, other than by its delivery. `by`: the session whose call
   * did it; `null` if no client's call did.
   */
  | {
      readonly type: "inbox-changed";
      readonly mailbox: string;
      readonly mid: ObjectId;
      readonly change: "created" | "modified" | "deleted" | "moved" | "copied";
      readonly by: number | null;
    }
  /** `number` counts the session's datagrams from 1; `localPort` is the socket's port, 0 until the socket is open. */
  | {
      readonly type: "datagram-sent";
      readonly session: number;
      readonly number: number;
      readonly address: Ipv4Address;
      readonly port: number;
      readonly localPort: number;
    }
  | { readonly type: "notifications-retrieved"; readonly session: number; readonly count: number; readonly remaining: number }
  /** `disconnect`: EcDoDisconnect, `cause` is `null`. `rundown`: its connection ended. */
  | {
      readonly type: "session-ended";
      readonly session: number;
      readonly how: "disconnect" | "rundown";
      readonly cause: TcpEndCause | null;
    }
  /**
   * A ROP threw an exception: it alone failed, or its whole buffer if its request could not be read; `code` is the return value. `reason` is the exception
   * and the place in the code. For a ROP of MS-OXCROPS this is an error of the server.
   */
  | {
      readonly type: "rop-failed";
      readonly association: number;
      readonly session: number;
      readonly rop: string;
      readonly ropId: number;
      readonly reason: string;
      readonly code: number;
    }
  /** A call drew a fault (`status`), or a stream was no DCE/RPC and its connection was reset (`status` is `null`). */
  | { readonly type: "fault"; readonly association: number; readonly what: string; readonly status: number | null };
