import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const unplug = defineStep({
  name: "unplug",
  about: "Pulls the network cable",
  text: "unplug the cable",
  example: "{ at: 1m, unplug: client }",
  exampleNeeds: { after: ["{ at: 61s, logon: client }"] },
  schema: machineNames,
  onServer: true,
  machines: (names) => names,
  run: ({ machine }) => machine.setPlugged(false),
  buttons: [{ id: "cable", label: "Unplug", hint: "The network cable", isShown: ({ plugged }) => plugged, isEnabled: () => true }],
});
