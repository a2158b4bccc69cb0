import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const resume = defineStep({
  name: "resume",
  about: "Resumes the machine after it was suspended; timers whose time has passed run at once",
  text: "resume",
  example: "{ at: 1m, resume: client }",
  exampleNeeds: { before: ["{ at: 1s, suspend: client }"], after: ["{ at: 121s, logon: client }"] },
  schema: machineNames,
  onFleet: false,
  machines: (names) => names,
  run: ({ workstation }) => workstation.setSuspended(false),
  buttons: { none: "a machine on the studio's bench is on or off: its card has no lid to open" },
});
