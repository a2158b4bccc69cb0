import * as z from "zod";
import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const deleteMail = defineStep({
  name: "delete",
  about: "Deletes a message of the Inbox: the server moves it into Deleted Items",
  text: "delete mail",
  example: "{ at: 1m, delete: { machine: client } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }", "{ at: 50s, deliver: { to: client } }"] },
  schema: z.strictObject({
    machine: machineNames,
    message: z
      .union([z.int().min(1), z.literal("all")])
      .optional()
      .meta({ description: "The message's place in the Inbox, 1 is the oldest, or all; the newest if left out" }),
  }),
  byProgram: true,
  machines: ({ machine }) => machine,
  run: ({ workstation }, { message }) => workstation.delete(message),
  buttons: { none: "the Edit menu of the mail client has it, and so has “Write” on the machine's card" },
});
