import * as z from "zod";
import { defineStep } from "./step.ts";

export const restartService = defineStep({
  name: "restart-service",
  about: "Stops the server's mail service and starts it again: mail stays, sessions end",
  text: "restart the mail service",
  example: "{ at: 1m, restart-service: server }",
  schema: z.literal("server", { error: "takes `server`: no other machine has the mail service" }),
  onServer: true,
  staggers: false,
  machines: (name) => [name],
  run: ({ server }) => server.restartService(),
  buttons: { none: "the mail service is the server's: the machines' cards have no switch for it" },
});
