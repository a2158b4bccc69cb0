/** The answer of a running server to `pushback status`. */

import { formatIpv4 } from "@pushback/bytes";
import type { Host } from "@pushback/host";
import type { MailServer } from "@pushback/server";
import * as z from "zod";
import type { ServeSettings } from "./serve-options.ts";

const session = z.object({
  id: z.number(),
  user: z.string(),
  client: z.string(),
  clientVersion: z.string(),
  /** Address and port registered for push datagrams; `null` if the session has no registration. */
  callback: z.string().nullable(),
  contextHex: z.string().nullable(),
  pending: z.number(),
  datagramsSent: z.number(),
  connectedSeconds: z.number(),
  idleSeconds: z.number(),
});

export const SERVER_STATUS = z.object({
  upSeconds: z.number(),
  listen: z.string(),
  epmPort: z.number().nullable(),
  emsmdbPort: z.number(),
  notifierPort: z.number(),
  data: z.string().nullable(),
  notificationIntervalSeconds: z.number(),
  keepAliveSeconds: z.number(),
  associations: z.number(),
  datagramsSent: z.number(),
  delivered: z.number(),
  sessions: z.array(session),
  mailboxes: z.array(z.object({ alias: z.string(), messages: z.number(), unread: z.number() })),
});

export type ServerStatus = z.infer<typeof SERVER_STATUS>;

export interface StatusSources {
  readonly server: MailServer;
  readonly host: Host;
  readonly settings: ServeSettings;
  readonly listening: { readonly epmPort: number | null; readonly emsmdbPort: number; readonly notifierPort: number };
  readonly data: string | null;
}

export function serverStatus({ server, host, settings, listening, data }: StatusSources): ServerStatus {
  const now = host.nowUs();
  const seconds = (us: number) => Math.round(us / 1000) / 1000;
  return {
    upSeconds: seconds(now),
    listen: formatIpv4(settings.listen),
    epmPort: listening.epmPort,
    emsmdbPort: listening.emsmdbPort,
    notifierPort: listening.notifierPort,
    data,
    notificationIntervalSeconds: seconds(settings.intervalUs),
    keepAliveSeconds: seconds(settings.keepAlive.idleUs),
    ...server.counts(),
    sessions: server.sessions().map((s) => ({
      id: s.id,
      user: s.user,
      client: `${formatIpv4(s.remoteAddress)}:${s.remotePort}`,
      clientVersion: s.clientVersion.join("."),
      callback: s.callback && `${formatIpv4(s.callback.address)}:${s.callback.port}`,
      contextHex: s.callback?.contextHex ?? null,
      pending: s.pendingCount,
      datagramsSent: s.datagramsSent,
      connectedSeconds: seconds(now - s.connectedAtUs),
      idleSeconds: seconds(now - s.lastActivityUs),
    })),
    mailboxes: server.mailboxes().map(({ alias, messages, unread }) => ({ alias, messages, unread })),
  };
}
