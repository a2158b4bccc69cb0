/** A mail client of the shared engine on the kernel's sockets, with credentials, for tests of a running server. */

import { randomBytes } from "node:crypto";
import { createMailClient, type MailClient, type MailClientEvent } from "@pushback/client";
import { type MailHabits, valuesOf } from "@pushback/host";
import { createKernelHost, type KernelHost } from "@pushback/live";
import { createNtlmClient, ntHash } from "@pushback/ntlm";
import { findVariant } from "@pushback/scenario";

const LOOPBACK = 0x7f000001;

export interface TestClient {
  readonly client: MailClient;
  readonly host: KernelHost;
  readonly events: MailClientEvent[];
  /** The first event of this type after the last one that was waited for, whether it has come already or is still to come. */
  next<Type extends MailClientEvent["type"]>(type: Type, timeoutMs?: number): Promise<Extract<MailClientEvent, { type: Type }>>;
}

function dnOf(alias: string): string {
  return `/o=Pushback/ou=Lab/cn=Recipients/cn=${alias}`;
}

/** Starts a mail client on the sockets of this computer; it logs on at once. */
export function startClient(options: {
  readonly port: number;
  readonly alias: string;
  readonly password: string;
  readonly platform?: string;
  readonly version?: 1 | 2;
  /** Closes the UDP socket as soon as it is open, as if the program had died while its connection stayed open. */
  readonly deaf?: boolean;
}): TestClient {
  const { port, alias, password, platform = "windows-nt", version = 2 } = options;
  const variant = findVariant(platform);
  if (!variant) throw new Error(`no platform ${platform}`);
  const habits: MailHabits = valuesOf(variant.mail);
  const host = createKernelHost({ address: LOOPBACK, name: "DESK1" });
  if (options.deaf) {
    const openUdp = host.openUdp.bind(host);
    host.openUdp = (port, handlers) => {
      const socket = openUdp(port, {
        ...handlers,
        onOpen(localPort) {
          handlers.onOpen?.(localPort);
          socket.close();
        },
      });
      return socket;
    };
  }
  const events: MailClientEvent[] = [];
  let seen = 0;
  let wake = () => {};
  const createAuthenticator = () =>
    createNtlmClient({
      credentials: { account: alias, domain: "PUSHBACK", ntHash: ntHash(password) },
      workstation: "DESK1",
      version,
      randomBytes: (len) => randomBytes(len),
      fileTime: () => (BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n,
    });
  const client = createMailClient(
    host,
    { serverAddress: LOOPBACK, serverPort: port, userDn: dnOf(alias), habits, createAuthenticator },
    (event) => {
      events.push(event);
      wake();
    },
  );
  client.logOn();
  return {
    client,
    host,
    events,
    async next(type, timeoutMs = 60_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        for (; seen < events.length; seen++) {
          const event = events[seen];
          if (event.type !== type) continue;
          seen++;
          return event as Extract<MailClientEvent, { type: typeof type }>;
        }
        if (Date.now() > until) throw new Error(`no ${type} in time; there were ${events.map((e) => e.type).join(", ")}`);
        await new Promise<void>((done) => {
          wake = done;
          setTimeout(done, 200);
        });
      }
    },
  };
}
