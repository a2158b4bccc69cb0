import * as z from "zod";
import { type ButtonState, defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

const isRunning = ({ power }: ButtonState): boolean => power === "ready" || power === "booting";

export const reboot = defineStep({
  name: "reboot",
  about: "Takes the machine down and boots it again",
  text: "reboot",
  example: "{ at: 1m, reboot: client, how: power-cut }",
  schema: machineNames,
  companions: {
    how: z
      .enum(["unclean", "shutdown", "warm-boot", "reset", "power-cut"])
      .meta({ description: "With reboot: the way; the platform's usual unclean one if left out" }),
  },
  onServer: true,
  machines: (names) => names,
  detail: (_names, { how }) => how ?? "",
  run: ({ machine }, _names, { how }) => machine.goDown(how ?? "unclean", true),
  buttons: [
    {
      id: "restart",
      label: "Restart",
      hint: "Restart the orderly way: programs may log off first",
      companions: { how: "shutdown" },
      isEnabled: isRunning,
    },
    {
      id: "crash",
      label: "Reboot",
      hint: "Reboot the unclean way: without logging off",
      companions: { how: "unclean" },
      isEnabled: isRunning,
    },
  ],
});
