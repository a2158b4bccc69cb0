import * as z from "zod";
import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const read = defineStep({
  name: "read",
  about: "Opens a message of the Inbox",
  text: "read mail",
  example: "{ at: 1m, read: client, message: 1 }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }", "{ at: 50s, deliver: { to: client } }"] },
  schema: machineNames,
  companions: {
    message: z.int().min(1).meta({
      description: "With read: the message's place in the Inbox, 1 is the oldest; the newest if left out",
    }),
  },
  byProgram: true,
  machines: (names) => names,
  run: ({ workstation }, _names, { message }) => workstation.read(message),
  buttons: [
    {
      id: "read",
      label: "Read mail",
      hint: "Open the newest message",
      isEnabled: ({ mail, inbox }) => mail === "logged-on" && inbox.length > 0,
    },
  ],
});
