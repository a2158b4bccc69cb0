import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const powerOff = defineStep({
  name: "power-off",
  about: "Cuts the machine's power; no program can log off first",
  text: "power off",
  example: "{ at: 1m, power-off: client }",
  schema: machineNames,
  onServer: true,
  machines: (names) => names,
  run: ({ machine }) => machine.goDown("power-cut", false),
  buttons: [
    {
      id: "power",
      label: "Power off",
      hint: "The switch: off is a power cut",
      isShown: ({ power }) => power !== "off",
      isEnabled: ({ power }) => power !== "going-down",
    },
  ],
});
