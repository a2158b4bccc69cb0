/** Adds a platform of your own beside the five, and compares it with Windows NT. */

import { assumed, type Platform, type PlatformVariant } from "@pushback/host";
import { compareScenario, createCatalogue, PLATFORMS, parseScenario, STEPS } from "@pushback/scenario";
import { windowsNt } from "@pushback/windows-nt";

// A variant is a record: spread a relative and replace what differs, each value with its source or as an assumption.
const [nt40] = windowsNt.variants;
const workstation: PlatformVariant = {
  ...nt40,
  id: "my-workstation",
  platform: "my-unix",
  title: "A workstation whose ICMP errors quote 64 bytes",
  personality: { ...nt40.personality, icmpQuoteBytes: assumed(64, "what this example is about"), ttlIcmp: assumed(255, "as BSD") },
};
const mine: Platform = { id: "my-unix", title: "My Unix", summary: "quotes more than the Microsoft stacks", variants: [workstation] };

const catalogue = createCatalogue({ steps: STEPS, platforms: [...PLATFORMS, mine] });
const text = `
title: one mail after a reboot
duration: 15m
clients:
  - { name: pc, platform: each }
steps:
  - { at: 1m, logon: pc }
  - { at: 5m, reboot: pc }
  - { at: 6m, deliver: { to: pc } }
`;
const parsed = parseScenario("example", text, catalogue);
if (!parsed.ok) throw new Error(parsed.faults[0].message);
const { comparison } = compareScenario(parsed.scenario, { variants: ["nt-4.0", "my-workstation"], seed: "1" });
for (const row of comparison.platforms) console.log(row.variant, row.icmpPortUnreachable, "errors,", row.icmpQuotedBytes, "bytes quoted");
