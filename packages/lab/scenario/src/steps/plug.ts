import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const plug = defineStep({
  name: "plug",
  about: "Plugs the network cable in again",
  text: "plug in the cable",
  example: "{ at: 1m, plug: client }",
  exampleNeeds: { before: ["{ at: 1s, unplug: client }"], after: ["{ at: 61s, logon: client }"] },
  schema: machineNames,
  onServer: true,
  machines: (names) => names,
  run: ({ machine }) => machine.setPlugged(true),
  buttons: [{ id: "cable", label: "Plug in", hint: "The network cable", isShown: ({ plugged }) => !plugged, isEnabled: () => true }],
});
