/** The part of a scenario file that does not depend on which steps and metrics there are: server, network, clients. */

import { formatDuration } from "@pushback/host";
import { NAT_TIMEOUTS } from "@pushback/stack";
import * as z from "zod";
import { refusedParameters, registryShape } from "./registry-parameters.ts";
import { ipv4, machineName, natTimeout, notificationInterval, reconnectDelay, runLength, wireDelay } from "./steps/values.ts";

// Every schema is used once: zod's compiled validators would take longer to compile than the check takes.
z.config({ jitless: true });

const platformName = z
  .string()
  .meta({ description: "A platform or one of its variants; `each` stands for every platform that is compared" });
/** A platform or variant; for a fleet also several with weights, which share its machines in that proportion. */
const platformOrMix = z.union([platformName, z.record(z.string(), z.number().positive())]).meta({
  description: "A platform or one of its variants; of a client with `count`, also several with their weights",
});

/** The segment on which the server and the network analyzer are. */
export const SERVER_SEGMENT = "server";

const wire = {
  latency: wireDelay.prefault("150us"),
  jitter: wireDelay.prefault("100us"),
  loss: z.number().min(0).max(1).default(0),
};

const natLimit = (what: string, us: number, source: string) =>
  natTimeout.optional().meta({ description: `${what} ends after so long; ${formatDuration(us)} (${source})` });

/** Time limits of address translation; left out, those of `NAT_TIMEOUTS`. */
const nat = z.strictObject({
  udp: natLimit("The binding of UDP through which nothing leaves", NAT_TIMEOUTS.udpUs, "RFC 4787"),
  tcp: natLimit("The binding of an idle connection", NAT_TIMEOUTS.tcpUs, "RFC 5382"),
  tcpTransitory: natLimit("The binding of a connection that opens, closes or was reset", NAT_TIMEOUTS.tcpTransitoryUs, "RFC 5382"),
  icmp: natLimit("The binding of an ICMP query", NAT_TIMEOUTS.icmpUs, "RFC 5508"),
});

const segment = z.strictObject({
  name: machineName,
  mtu: z.int().min(68).max(1500).optional().meta({ description: "The largest datagram, in bytes, that the router puts on this segment" }),
  nat: nat.optional().meta({
    description:
      "The router translates the addresses and ports of this segment (RFC 3022), with these time limits; `{}` for those of the RFCs",
  }),
  ...wire,
});

/** The first rule that matches a datagram decides; a datagram that matches no rule passes. */
const firewallRule = z.strictObject({
  action: z.enum(["drop", "reject", "allow"]).default("drop"),
  protocol: z.enum(["icmp", "tcp", "udp"]).optional(),
  from: machineName.optional().meta({ description: "The segment that the datagram comes from" }),
  to: machineName.optional().meta({ description: "The segment that it would go to" }),
  sourcePort: z.int().min(0).max(65535).optional(),
  port: z.int().min(0).max(65535).optional().meta({ description: "The destination port" }),
});

const LATEST_START_MS = Date.UTC(2100, 0);

/** Everything in a scenario but its steps and expectations. */
export const base = {
  title: z.string().min(1),
  about: z.string().default(""),
  start: z.iso
    .datetime({ error: "takes a date and time such as 1996-09-02T08:00:00Z" })
    .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < LATEST_START_MS, {
      error: "takes a date from 1970 to 2099: captures count from 1970",
    })
    .default("1996-09-02T08:00:00Z"),
  duration: runLength,
  server: z
    .strictObject({
      platform: platformName.default("windows-nt"),
      notificationInterval: notificationInterval.optional(),
      honourIcmp: z.boolean().default(false).meta({
        description: "What if a port unreachable withdrew the registration that drew it: an assumption, Exchange 4.0 does not (Q159302)",
      }),
      pushPort: z.enum(["kept", "moves"]).optional().meta({
        description:
          "Whether push datagrams leave from one port, as when left out (an assumption), or from changing ports (Q264035); ports move 1 s after use, an assumption",
      }),
      port: z.int().min(1).max(65535).optional().meta({ description: "A fixed TCP port of the information store (Q155831)" }),
      ...registryShape,
      ...refusedParameters,
    })
    .prefault({}),
  network: z
    .strictObject({
      ...wire,
      segments: z.array(segment).max(200).default([]).meta({ description: "Further segments: a router joins all of them to the server's" }),
      firewall: z.array(firewallRule).default([]).meta({ description: "The router's filter" }),
    })
    .prefault({}),
  clients: z
    .array(
      z.strictObject({
        name: machineName,
        platform: platformOrMix,
        count: z.int().min(1).max(1_000_000).optional().meta({
          description: "A fleet: so many machines, called name-1, name-2 and so on, which steps address by the client's name",
        }),
        hostName: z.string().min(1).max(255).optional(),
        segment: machineName.default(SERVER_SEGMENT),
        address: ipv4.optional(),
        beside: machineName.optional().meta({
          description:
            "There is one of these for every machine that this client stands for; `platform: same` makes it of that machine's platform",
        }),
        on: machineName.optional().meta({
          description: "A client above on whose machine this one is a second mail program, with a mailbox of its own; `platform: same`",
        }),
        mailbox: machineName.optional().meta({
          description:
            "A client above whose mailbox this one opens; its own if left out. With `beside` of the same client: that of its partner",
        }),
        watches: z.enum(["new-mail", "inbox"]).optional().meta({
          description:
            "What the mail client asks to be notified of: new mail, or every change of the Inbox (a what-if, as for other clients); if left out, what the platform's client asks for",
        }),
        reconnect: reconnectDelay.optional().meta({
          description: "After the connection of a session was lost, the mail client logs on again each so long; left out: never",
        }),
        off: z.boolean().default(false).meta({ description: "Switched off until a step switches it on" }),
        set: z
          .record(z.string(), z.unknown())
          .default({})
          .meta({ description: "Values of the platform to replace: personality, boot, goingDown, mail" }),
      }),
    )
    .min(1),
};

const baseSchema = z.strictObject(base);
/** The keys of a scenario file that do not depend on the catalogue. */
export type ScenarioBase = z.output<typeof baseSchema>;
