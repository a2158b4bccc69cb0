import * as z from "zod";
import { defineStep } from "./step.ts";
import { keepAliveRegistry, machineName } from "./values.ts";

export const registry = defineStep({
  name: "registry",
  about: "Sets TCP parameters in the server's registry; they hold at once, for open sessions too",
  text: "change the registry",
  example: "{ at: 1m, registry: { machine: server, KeepAliveTime: 5m } }",
  schema: z.strictObject({ machine: machineName, ...keepAliveRegistry }),
  onServer: true,
  staggers: false,
  machines: ({ machine }) => [machine],
  check: ({ machine }) => (machine === "server" ? [] : [`changes the server's registry only; write machine: server instead of ${machine}`]),
  run: ({ server }, values) => server.setKeepAlive(values),
  buttons: { none: "the registry is the server's: its card has a field for KeepAliveTime" },
});
