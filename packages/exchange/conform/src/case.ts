/** Types that all cases of the suite share: the form of a case, the state of one run, and how a case reports its result. */

import type { Host } from "@pushback/host";
import type { ObjectId } from "@pushback/mapi";
import type { DirectorySession } from "./directory-session.ts";
import { type ConformSession, type ConformTarget, codeText, type HeardDatagram, type Listener, NotConforming } from "./session.ts";

/** Settings of a run of the conformance suite. */
export interface ConformSettings {
  readonly target: ConformTarget;
  /** The server's notification interval, in milliseconds. */
  readonly intervalMs: number;
  /** How long after a delivery the first datagram may come, in milliseconds. */
  readonly firstWithinMs: number;
  /** How many datagrams in a row a stale session must get. Default: 6. */
  readonly staleDatagrams?: number;
  /** Beginnings of the ids of cases to run, with those that they need. Default: all. */
  readonly only?: readonly string[];
  /**
   * How a client vanishes from the network without a packet, and how many milliseconds later the server's keep-alive must have ended its
   * session; `null` or left out skips the case.
   */
  readonly keepAlive?: { readonly endMs: number; vanishingHost(): { readonly host: Host; kill(): void } } | null;
  /** Puts a message into the mailbox; resolves when that has happened. */
  deliver(): Promise<void>;
}

/** State that the cases of one run share. */
export interface Stage extends ConformSettings {
  port: number;
  session: ConformSession | null;
  listener: Listener | null;
  directory: DirectorySession | null;
  context: Uint8Array;
  /** Datagrams that the session has received up to now. */
  heard: HeardDatagram[];
  /** Messages that the suite has put into the mailbox, as notifications name them. */
  readonly delivered: Set<ObjectId>;
  readonly opened: { close(): void }[];
}

/** One case of the suite. `run` throws a NotConforming if the server does not do what the title says. */
export interface Case {
  readonly id: string;
  readonly title: string;
  /** Ids of cases that must have passed before. */
  readonly needs: readonly string[];
  run(s: Stage): Promise<void>;
}

export function expectCode(what: string, found: number, wanted: number, name: string): void {
  if (found !== wanted) throw new NotConforming(`${what}: ${codeText(found)}, not ${name} (${codeText(wanted)})`);
}

/** A case that cannot be judged here; the message says why. Cases that need it are skipped, too. */
export class NotApplicable extends Error {}

export async function open<T extends { close(): void }>(s: Stage, opening: Promise<T>): Promise<T> {
  const opened = await opening;
  s.opened.push(opened);
  return opened;
}

export function sessionOf(s: Stage): { readonly session: ConformSession; readonly listener: Listener } {
  if (!s.session || !s.listener) throw new NotConforming("no session");
  return { session: s.session, listener: s.listener };
}
