import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const suspend = defineStep({
  name: "suspend",
  about: "Suspends the machine: it is off the wire and does nothing until it is resumed; its programs stay as they are",
  text: "suspend",
  example: "{ at: 1m, suspend: client }",
  exampleNeeds: { after: ["{ at: 61s, logon: client }"] },
  schema: machineNames,
  onFleet: false,
  ownTime: true,
  machines: (names) => names,
  run: ({ workstation }) => workstation.setSuspended(true),
  buttons: { none: "a machine on the studio's bench is on or off: its card has no lid to close" },
});
