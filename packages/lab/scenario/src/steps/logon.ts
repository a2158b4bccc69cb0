import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const logon = defineStep({
  name: "logon",
  about: "Starts the mail client and logs on, as soon as the machine is ready",
  text: "log on",
  example: "{ at: 1m, logon: client }",
  schema: machineNames,
  byProgram: true,
  machines: (names) => names,
  run: ({ workstation }) => workstation.logOn(),
  buttons: [
    {
      id: "logon",
      label: "Log on",
      hint: "Start the mail client and log on",
      isEnabled: ({ power, mail }) =>
        (power === "ready" || power === "booting") && (mail === "closed" || mail === "logged-off" || mail === "disconnected"),
    },
  ],
});
