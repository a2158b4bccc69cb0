import * as z from "zod";
import { defineStep } from "./step.ts";
import { duration, machineName, withOneOf } from "./values.ts";

export const clock = defineStep({
  name: "clock",
  about: "Sets a machine's clock ahead or back; times in messages follow it, timers do not",
  text: "set the clock",
  example: "{ at: 1m, clock: { machine: server, ahead: 1h } }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }"], after: ["{ at: 61s, deliver: { to: client } }"] },
  schema: withOneOf(
    z.strictObject({ machine: machineName, ahead: duration.optional(), back: duration.optional() }),
    ["ahead", "back"],
    "takes one of `ahead` and `back`",
  ),
  onServer: true,
  onFleet: false,
  staggers: false,
  ownTime: true,
  machines: ({ machine }) => [machine],
  run: ({ machine }, { ahead = 0, back = 0 }) => machine.setClock(ahead - back),
  buttons: { none: "what a clock shows is in no packet of the lab's machines but in the times of messages" },
});
