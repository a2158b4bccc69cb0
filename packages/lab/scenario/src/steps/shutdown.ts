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
  buttons: [
    {
      id: "shutdown",
      label: "Shut down",
      hint: "Closes programs in the orderly way; the machine stays off",
      isEnabled: ({ power }) => power === "ready",
    },
  ],
});
