import * as z from "zod";
import { defineStep } from "./step.ts";
import { machineNames, messageChoice } from "./values.ts";

export const mark = defineStep({
  name: "mark",
  about: "Marks a message of the Inbox as read or unread, without opening it",
  text: "mark mail",
  example: "{ at: 1m, mark: { machine: client, as: read } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }", "{ at: 50s, deliver: { to: client } }"] },
  schema: z.strictObject({
    machine: machineNames,
    as: z.enum(["read", "unread"]),
    message: messageChoice,
  }),
  byProgram: true,
  machines: ({ machine }) => machine,
  detail: ({ as }) => as,
  run: ({ workstation }, { as, message }) => workstation.mark(as === "read", message),
  buttons: { none: "the Edit menu of the mail client has both ways, and so has “Write” on the machine's card" },
});
