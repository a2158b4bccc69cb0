/** What a scenario file may say, as a schema: the check of every file, and the published JSON Schema. */

import { DURATION_PATTERN, parseDuration } from "@pushback/host";
import * as z from "zod";

// A file is checked once: compiling code for that takes longer than the check.
z.config({ jitless: true });

const duration = z
  .string({ error: "takes a length of time such as 90s, 5m or 2h30m" })
  .refine((text) => text !== "" && (text === "0" || DURATION_PATTERN.test(text)) && parseDuration(text) !== null, {
    error: "takes a length of time such as 90s, 5m or 2h30m",
  })
  .transform((text) => parseDuration(text) as number)
  .meta({ description: "A length of time: numbers with units d, h, m, s, ms, us, as in 2h30m" });

const machineName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,30}$/i, { error: "takes a name of letters, digits, dots and dashes" });
const machineNames = z
  .union([machineName, z.array(machineName).min(1)])
  .transform((names) => (typeof names === "string" ? [names] : names));
const platformName = z
  .string()
  .meta({ description: "A platform or one of its variants; `each` stands for every platform that is compared" });
const wholeNumber = z.int().min(0);
/** A platform or variant, or several with weights: of a fleet, so many parts of each. */
const platformOrMix = z.union([platformName, z.record(z.string(), z.number().positive())]).meta({
  description: "A platform or one of its variants; of a client with `count`, also several with their weights",
});

/** The segment on which the server and the network analyzer are. */
export const SERVER_SEGMENT = "server";

const wire = {
  latency: duration.prefault("150us"),
  jitter: duration.prefault("100us"),
  loss: z.number().min(0).max(1).default(0),
};

const ipv4 = z.ipv4({ error: "takes an address such as 10.1.9.77" });

const segment = z.strictObject({
  name: machineName,
  mtu: z.int().min(68).max(1500).optional().meta({ description: "The largest datagram, in bytes, that the router puts on this segment" }),
  ...wire,
});

/** The first rule that fits a datagram decides; what fits none passes. */
const firewallRule = z.strictObject({
  action: z.enum(["drop", "reject", "allow"]).default("drop"),
  protocol: z.enum(["icmp", "tcp", "udp"]).optional(),
  from: machineName.optional().meta({ description: "The segment that the datagram comes from" }),
  to: machineName.optional().meta({ description: "The segment that it would go to" }),
  sourcePort: z.int().min(0).max(65535).optional(),
  port: z.int().min(0).max(65535).optional().meta({ description: "The destination port" }),
});

const keepAliveRegistry = {
  KeepAliveTime: duration.optional(),
  KeepAliveInterval: duration.optional(),
  TcpMaxDataRetransmissions: wholeNumber.optional(),
};

const message = z.strictObject({
  to: machineNames,
  subject: z.string().optional(),
  body: z.string().optional(),
  from: z.string().optional(),
});

/** How the server's side of a session can end; `open`: it had not by the end of the run. */
export const SESSION_END_CAUSES = [
  "logoff",
  "keepalive-reset",
  "keepalive-timeout",
  "half-open-reset",
  "retransmission-timeout",
  "reset",
  "closed",
  "open",
] as const;

/** The actions of a step; a step names exactly one. */
export const ACTIONS = [
  "logon",
  "deliver",
  "read",
  "logoff",
  "shutdown",
  "reboot",
  "power-off",
  "power-on",
  "unplug",
  "plug",
  "address",
  "registry",
] as const;

const step = z.strictObject({
  at: duration,
  stagger: duration.optional().meta({
    description: "Each machine takes the step by itself, at a time up to so much later that the seed and the machine's name choose",
  }),
  logon: machineNames.optional(),
  deliver: message.optional(),
  read: machineNames.optional(),
  message: z.int().min(1).optional().meta({
    description: "With read: the message's place in the Inbox, 1 is the oldest; the newest if left out",
  }),
  logoff: machineNames.optional(),
  shutdown: machineNames.optional(),
  reboot: machineNames.optional(),
  how: z
    .enum(["unclean", "shutdown", "warm-boot", "reset", "power-cut"])
    .optional()
    .meta({ description: "With reboot: the way; the platform's usual unclean one if left out" }),
  "power-off": machineNames.optional(),
  "power-on": machineNames.optional(),
  unplug: machineNames.optional(),
  plug: machineNames.optional(),
  address: z
    .strictObject({
      machine: machineName,
      to: ipv4.optional(),
      new: z.literal(true).optional().meta({ description: "One that nobody has" }),
      takes: machineName.optional().meta({ description: "The machine whose first address it gets" }),
    })
    .optional()
    .meta({ description: "From its next boot on the machine has another address, as from a DHCP server" }),
  registry: z.strictObject({ machine: machineName, ...keepAliveRegistry }).optional(),
});

const endCause = z.enum(SESSION_END_CAUSES);
const count = z.union([wholeNumber, z.strictObject({ min: wholeNumber.optional(), max: wholeNumber.optional() })]);

/** What is expected of every machine of the fleets. */
const machineExpectation = z.strictObject({
  datagramsSent: count.optional(),
  datagramsOnWire: count.optional(),
  datagramsToClosedPort: count.optional(),
  icmpPortUnreachable: count.optional(),
  datagramsUnanswered: count.optional(),
  datagramsIntoNewSession: count.optional(),
  sessionEndCause: z.union([endCause, z.array(endCause)]).optional(),
});

/** What is expected of one platform's row, by the names of the comparison. */
const rowExpectation = z.strictObject({
  datagramsSent: count.optional(),
  datagramsOnWire: count.optional(),
  datagramsToClosedPort: count.optional(),
  icmpPortUnreachable: count.optional(),
  datagramsUnanswered: count.optional(),
  datagramsIntoNewSession: count.optional(),
  relogonReusedUdpPort: z.boolean().optional(),
  relogonReusedTcpPort: z.boolean().optional(),
  sessionEndCause: z.union([endCause, z.array(endCause)]).optional(),
  newMailNotifiedAfterRelogon: z.boolean().optional(),
});

const CLAIM_IDS = [
  "notify",
  "stop-on-retrieve",
  "continue-after-reboot",
  "port-unreachable",
  "end-with-session",
  "two-hours",
  "next-logon",
  "analyzer-only",
  "tcp-ip-only",
] as const;

export const scenarioSchema = z
  .strictObject({
    title: z.string().min(1),
    about: z.string().default(""),
    start: z.iso.datetime({ error: "takes a date and time such as 1996-09-02T08:00:00Z" }).default("1996-09-02T08:00:00Z"),
    duration,
    server: z
      .strictObject({
        platform: platformName.default("windows-nt"),
        notificationInterval: duration.optional(),
        honourIcmp: z.boolean().default(false).meta({
          description: "What if a port unreachable withdrew the registration that drew it: an assumption, Exchange 4.0 does not (Q159302)",
        }),
        port: z.int().min(1).max(65535).optional().meta({ description: "A fixed TCP port of the information store (Q155831)" }),
        ...keepAliveRegistry,
      })
      .prefault({}),
    network: z
      .strictObject({
        ...wire,
        segments: z
          .array(segment)
          .max(200)
          .default([])
          .meta({ description: "Further segments: a router joins all of them to the server's" }),
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
          off: z.boolean().default(false).meta({ description: "Switched off until a step switches it on" }),
          set: z
            .record(z.string(), z.unknown())
            .default({})
            .meta({ description: "Values of the platform to replace: personality, boot, goingDown, mail" }),
        }),
      )
      .min(1),
    steps: z.array(step).min(1),
    expect: z
      .strictObject({
        claims: z.array(z.enum(CLAIM_IDS)).default([]),
        fleet: machineExpectation.default({}).meta({ description: "Holds for every machine of the fleets" }),
        every: rowExpectation.default({}).meta({ description: "Holds for every platform" }),
        some: z.array(rowExpectation).default([]).meta({ description: "Each holds for at least one platform" }),
        platforms: z.record(z.string(), rowExpectation).default({}).meta({ description: "By platform" }),
      })
      .prefault({}),
  })
  .meta({ title: "A Pushback scenario" });

export type ScenarioFile = z.output<typeof scenarioSchema>;
export type ScenarioStep = ScenarioFile["steps"][number];
export type RowExpectation = z.output<typeof rowExpectation>;
export type ClaimId = (typeof CLAIM_IDS)[number];

/** The JSON Schema (draft 2020-12) of a scenario file as an editor sees it. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: "input" });
}
