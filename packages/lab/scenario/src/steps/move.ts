import * as z from "zod";
import { segmentNames } from "../addressing.ts";
import { defineStep } from "./step.ts";
import { machineName } from "./values.ts";

export const move = defineStep({
  name: "move",
  about: "Carries the machine to another segment: its cable is out until its next boot, and there it has an address of that segment",
  text: "move the machine",
  example: "{ at: 1m, move: { machine: client, to: server } }",
  exampleNeeds: { after: ["{ at: 61s, logon: client }"] },
  schema: z.strictObject({ machine: machineName, to: machineName }),
  onFleet: false,
  staggers: false,
  machines: ({ machine }) => [machine],
  check: ({ to }, file) => (segmentNames(file).includes(to) ? [] : [`unknown segment "${to}"; there are ${segmentNames(file).join(", ")}`]),
  detail: ({ to }) => to,
  run: (target, { to }) => target.moveTo(to),
  buttons: { none: "the studio's bench has one place for each machine" },
});
