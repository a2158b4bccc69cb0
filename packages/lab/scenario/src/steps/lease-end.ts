import { defineStep } from "./step.ts";
import { machineNames } from "./values.ts";

export const leaseEnd = defineStep({
  name: "lease-end",
  about:
    "Ends the machine's DHCP lease: its stack falls silent, its programs lose their connections, and its next boot gives it another address",
  text: "end the lease",
  example: "{ at: 1m, lease-end: client }",
  exampleNeeds: { before: ["{ at: 1s, logon: client }"] },
  schema: machineNames,
  onFleet: false,
  staggers: false,
  machines: (names) => names,
  run: (target) => {
    if (target.workstation.loseAddress()) target.setAddress({ new: true });
  },
  buttons: { none: "leases come from the network's DHCP server, not from the person at the machine" },
});
