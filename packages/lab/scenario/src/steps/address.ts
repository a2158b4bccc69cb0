import { parseIpv4 } from "@pushback/bytes";
import * as z from "zod";
import { isAddressOn } from "../addressing.ts";
import { defineStep } from "./step.ts";
import { ipv4, machineName, withOneOf } from "./values.ts";

export const address = defineStep({
  name: "address",
  about: "Gives the machine another address from its next boot on, as a DHCP server does",
  text: "change the address",
  example: "{ at: 1m, address: { machine: client, new: true } }",
  exampleNeeds: { after: ["{ at: 61s, reboot: client }"] },
  schema: withOneOf(
    z.strictObject({
      machine: machineName,
      to: ipv4.optional(),
      new: z.literal(true).optional().meta({ description: "An address that no machine has" }),
      takes: machineName.optional().meta({ description: "The machine whose first address it gets" }),
    }),
    ["to", "takes", "new"],
    "takes one of `to`, an address, `takes`, a machine, and `new: true`",
  ),
  onFleet: false,
  staggers: false,
  machines: ({ machine }) => [machine],
  check: (step, file, names) => {
    const client = file.clients.find((c) => c.name === step.machine);
    const other = file.clients.find((c) => c.name === step.takes);
    if (other?.count !== undefined)
      return [`the machines of the fleet "${other.name}" have many addresses: \`takes\` names a single machine`];
    if (step.to !== undefined && client !== undefined) {
      if (client.platform === "each" || client.beside !== undefined)
        return ["`to` is for one machine, and this client may stand for several"];
      return isAddressOn(file, client.segment, parseIpv4(step.to) ?? 0) ? [] : [`${step.to} is not on segment ${client.segment}`];
    }
    if (step.takes === undefined) return [];
    if (!names.has(step.takes)) return [`unknown machine "${step.takes}"`];
    if (other !== undefined && client !== undefined && other.segment !== client.segment)
      return ["an address belongs to a segment: both machines must be on one"];
    return [];
  },
  detail: ({ to, takes }) => to ?? takes ?? "new",
  run: (target, choice) => target.setAddress(choice),
  buttons: { none: "addresses come from the network's DHCP server, not from the person at the machine" },
});
