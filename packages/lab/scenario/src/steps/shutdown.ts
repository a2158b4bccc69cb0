import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const shutdown = defineStep({
  name: "shutdown",
  about: "Shuts the machine down in the orderly way and leaves it off",
  text: "shut down",
  example: "{ at: 1m, shutdown: client }",
  schema: machineNames,
  onServer: true,
  machines: (names) => names,
  run: ({ machine }) => machine.goDown("shutdown", false),
  buttons: { none: "Restart goes down the same way, and the power switch turns the machine off" },
});
