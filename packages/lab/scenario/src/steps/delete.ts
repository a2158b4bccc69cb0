import * as z from "zod";
import { defineStep } from "./step.ts";
import { machineNames, messageChoice } from "./values.ts";

export const deleteMail = defineStep({
  name: "delete",
  about: "Deletes a message of the Inbox: the server moves it into Deleted Items",
  text: "delete mail",
  example: "{ at: 1m, delete: { machine: client } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }", "{ at: 50s, deliver: { to: client } }"] },
  schema: z.strictObject({
    machine: machineNames,
    message: messageChoice,
  }),
  byProgram: true,
  machines: ({ machine }) => machine,
  run: ({ workstation }, { message }) => workstation.delete(message),
  buttons: { none: "the Edit menu of the mail client has it, and so has “Write” on the machine's card" },
});
