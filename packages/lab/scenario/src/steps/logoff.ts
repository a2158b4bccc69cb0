import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const logoff = defineStep({
  name: "logoff",
  about: "Logs off and closes the mail client",
  text: "log off",
  example: "{ at: 1m, logoff: client }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }"] },
  schema: machineNames,
  byProgram: true,
  machines: (names) => names,
  run: ({ workstation }) => workstation.logOff(),
  buttons: [
    {
      id: "logoff",
      label: "Log off",
      hint: "Log off and close the mail client",
      isEnabled: ({ mail }) => mail === "logged-on",
    },
  ],
});
