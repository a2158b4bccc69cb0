import * as z from "zod";
import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const mark = defineStep({
  name: "mark",
  about: "Marks a message of the Inbox as read or unread, without opening it",
  text: "mark mail",
  example: "{ at: 1m, mark: { machine: client, as: read } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }", "{ at: 50s, deliver: { to: client } }"] },
  schema: z.strictObject({
    machine: machineNames,
    as: z.enum(["read", "unread"]),
    message: z
      .union([z.int().min(1), z.literal("all")])
      .optional()
      .meta({ description: "The message's place in the Inbox, 1 is the oldest, or all; the newest if left out" }),
  }),
  byProgram: true,
  machines: ({ machine }) => machine,
  detail: ({ as }) => as,
  run: ({ workstation }, { as, message }) => workstation.mark(as === "read", message),
  buttons: { none: "the Edit menu of the mail client has both ways, and so has “Write” on the machine's card" },
});
