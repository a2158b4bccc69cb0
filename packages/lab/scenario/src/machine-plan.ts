/** Which machines a run has: names, addresses, settings. The same machine has the same name, address and seed in every run. */

import type { PlatformVariant } from "@pushback/host";
import { findVariant, PLATFORMS } from "./platform-catalogue.ts";
import type { RecordedMachine } from "./recording.ts";
import type { Scenario } from "./scenario-file.ts";
import { applySettings } from "./variant-settings.ts";

export interface MachinePlan {
  readonly recorded: RecordedMachine;
  readonly variant: PlatformVariant;
  /** The name in the scenario's file that steps use. */
  readonly scenarioName: string;
}

/** 10.1.9.0/24: the server is .10, compared machines start at .101, others at .201. */
const NETWORK = 0x0a010900;
export const NETMASK = 0xffffff00;
const SERVER_HOST = 10;
const FIRST_COMPARED_HOST = 101;
const FIRST_OTHER_HOST = 201;

/** A locally administered hardware address that spells the IPv4 address. */
function macFor(address: number): string {
  const octets = [0x02, 0x00, address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  return octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}

function plan(
  name: string,
  hostName: string,
  host: number,
  variant: PlatformVariant,
  role: RecordedMachine["role"],
  scenarioName: string,
): MachinePlan {
  const address = NETWORK + host;
  return {
    recorded: { name, hostName, address, mac: macFor(address), variant: variant.id, title: variant.title, role },
    variant,
    scenarioName,
  };
}

/** A variant that the caller has checked to exist. */
function variantOf(id: string, settings: Readonly<Record<string, unknown>>): PlatformVariant {
  const variant = findVariant(id);
  if (!variant) throw new RangeError(`unknown platform ${id}`);
  const applied = applySettings(variant, settings);
  if (applied.faults.length > 0) throw new RangeError(`${id}: ${applied.faults[0].path.join(".")} ${applied.faults[0].message}`);
  return applied.variant;
}

/** A compared machine's name: its platform's where it is the default variant, its variant's otherwise. */
export function runName(variantId: string): string {
  const platform = PLATFORMS.find((p) => p.variants[0].id === variantId);
  return platform?.id ?? variantId;
}

/** The server first, then the clients in the scenario's order; `each` becomes one machine per variant. */
export function planMachines(scenario: Scenario, variants: readonly string[]): MachinePlan[] {
  // Defaults first, so that a new variant moves nobody's address.
  const everyVariant = [...PLATFORMS.map((p) => p.variants[0].id), ...PLATFORMS.flatMap((p) => p.variants.slice(1).map((v) => v.id))];
  const machines = [plan("server", "EXCHANGE", SERVER_HOST, variantOf(scenario.server.platform, {}), "server", "server")];
  let others = 0;
  for (const client of scenario.clients) {
    if (client.platform === "each") {
      for (const id of variants) {
        const name = runName(id);
        const host = FIRST_COMPARED_HOST + everyVariant.indexOf(id);
        machines.push(plan(name, client.hostName ?? name.toUpperCase(), host, variantOf(id, client.set), "compared", client.name));
      }
    } else {
      const host = FIRST_OTHER_HOST + others++;
      machines.push(
        plan(client.name, client.hostName ?? client.name.toUpperCase(), host, variantOf(client.platform, client.set), "other", client.name),
      );
    }
  }
  return machines;
}
