import * as z from "zod";
import { refusedParameters, registryShape } from "../registry-parameters.ts";
import { defineStep } from "./step.ts";
import { machineName } from "./values.ts";

export const registry = defineStep({
  name: "registry",
  about:
    "Sets TCP parameters in a machine's registry. They hold from its next boot on; the server's keep-alive parameters at once, for open sessions too",
  text: "change the registry",
  example: "{ at: 1m, registry: { machine: server, KeepAliveTime: 5m } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }"] },
  schema: z.strictObject({
    machine: machineName,
    restart: z.boolean().optional().meta({ description: "Whether the machine is then restarted the orderly way, so that the values hold" }),
    ...registryShape,
    ...refusedParameters,
  }),
  onServer: true,
  staggers: false,
  machines: ({ machine }) => [machine],
  run: ({ machine }, { machine: _name, restart, ...values }) => {
    if (machine.setRegistry(values) && restart) machine.goDown("shutdown", true);
  },
  buttons: { none: "the studio sets KeepAliveTime alone, on the server's card" },
});
