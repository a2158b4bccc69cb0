import * as z from "zod";
import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const deliver = defineStep({
  name: "deliver",
  about: "Delivers a message to the mailbox of each machine it is `to`",
  text: "deliver mail",
  example: "{ at: 1m, deliver: { to: client, subject: Budget } }",
  schema: z.strictObject({
    to: machineNames,
    subject: z.string().optional(),
    body: z.string().optional(),
    from: z.string().optional(),
  }),
  byProgram: true,
  machines: ({ to }) => to,
  detail: ({ subject }) => subject ?? "",
  run: (target, mail) => target.deliver(mail),
  buttons: { none: "mail is delivered at the server: its card has a form for it" },
});
