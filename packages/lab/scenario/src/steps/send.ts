import * as z from "zod";
import { DEFAULT_MAIL, defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const send = defineStep({
  name: "send",
  about: "Sends a message from the mail client of each machine it is `from`, or answers a message of its Inbox",
  text: "send mail",
  example: "{ at: 1m, send: { from: client, to: client, subject: Lunch } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }"] },
  schema: z.strictObject({
    from: machineNames,
    to: machineNames.optional().meta({ description: "Clients whose mailboxes get it; of a reply they are the message's own" }),
    subject: z
      .string()
      .optional()
      .meta({ description: `Left out: ${DEFAULT_MAIL.subject}; an answer has that of its message` }),
    body: z.string().optional(),
    answers: z.enum(["reply", "reply-all", "forward"]).optional().meta({ description: "Answers or forwards a message of the Inbox" }),
    message: z.int().min(1).optional().meta({
      description: "With answers: the message's place in the Inbox, 1 is the oldest; the newest if left out",
    }),
  }),
  byProgram: true,
  machines: ({ from }) => from,
  check({ to, subject, answers, message }, _file, names) {
    const isReply = answers === "reply" || answers === "reply-all";
    return [
      ...(to ?? []).filter((name) => name === "server" || !names.has(name)).map((name) => `\`to\`: no client is called "${name}"`),
      ...(to === undefined && !isReply ? ["`send` needs `to`: the clients that get the message"] : []),
      ...(to !== undefined && isReply ? ["`to` does not go with a reply: it goes to the sender of its message"] : []),
      ...(subject !== undefined && answers !== undefined
        ? ["`subject` does not go with `answers`: an answer has that of its message"]
        : []),
      ...(message !== undefined && answers === undefined ? ["`message` goes with `answers` only"] : []),
    ];
  },
  detail: ({ subject, answers }) => answers ?? subject ?? "",
  run: ({ workstation, mailboxesOf }, { to = [], subject = DEFAULT_MAIL.subject, body = DEFAULT_MAIL.body, answers, message }) =>
    workstation.send({ to: mailboxesOf(to), subject, body, answers: answers ?? null, message }),
  buttons: { none: "the machine's card has a window to write in" },
});
