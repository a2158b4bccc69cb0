import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const powerOn = defineStep({
  name: "power-on",
  about: "Switches the machine on; it boots",
  text: "power on",
  example: "{ at: 1m, power-on: client }",
  exampleNeeds: { before: ["{ at: 1s, power-off: client }"] },
  schema: machineNames,
  onServer: true,
  machines: (names) => names,
  run: ({ machine }) => machine.powerOn(),
  buttons: [
    {
      id: "power",
      label: "Power on",
      hint: "The switch: off is a power cut",
      isShown: ({ power }) => power === "off",
      isEnabled: () => true,
    },
  ],
});
