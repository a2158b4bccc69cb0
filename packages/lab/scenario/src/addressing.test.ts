import { formatIpv4 } from "@pushback/bytes";
import { expect, it } from "vitest";
import { fleetHost, netmaskOf, networkOf } from "./addressing.ts";
import { planMachines } from "./machine-plan.ts";
import { parseScenario } from "./scenario-file.ts";

function scenarioOf(clients: string, network = "") {
  const parsed = parseScenario(
    "t",
    `title: T\nduration: 1m\n${network}clients: [${clients}]\nsteps: [{ at: 1s, logon: ${/name: (\w+)/.exec(clients)?.[1]} }]\n`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

const fleet = (count: number, name = "pc") => `{ name: ${name}, platform: nt-4.0, count: ${count} }`;

it.each([
  [1, "255.255.254.0"],
  [255, "255.255.254.0"],
  [256, "255.255.252.0"],
  [10_000, "255.255.192.0"],
  [1_000_000, "255.240.0.0"],
])("a segment with %d machines has the mask %s, and their addresses are in it", (count, mask) => {
  const scenario = scenarioOf(fleet(count));
  const netmask = netmaskOf(scenario, "server");
  expect(formatIpv4(netmask)).toBe(mask);
  const network = networkOf(scenario, "server");
  const last = network + fleetHost(count - 1);
  expect((last & netmask) >>> 0).toBe(network);
  // The last machine's address is not the broadcast address.
  expect(last).toBeLessThan((network | ~netmask) >>> 0);
});

it("counts all fleets of a segment, and the machines that are named one by one", () => {
  const scenario = scenarioOf(`${fleet(300)}, ${fleet(300, "mac")}, { name: one, platform: nt-4.0 }`);
  const netmask = netmaskOf(scenario, "server");
  expect(formatIpv4(netmask)).toBe("255.255.252.0");
  const networks = planMachines(scenario, []).map(({ recorded }) => (recorded.address & netmask) >>> 0);
  expect([...new Set(networks)].map(formatIpv4)).toEqual(["10.16.0.0"]);
});

it("has 254 addresses on a segment without a fleet", () => {
  const scenario = scenarioOf("{ name: pc, platform: nt-4.0 }", "network: { segments: [{ name: branch }] }\n");
  expect([formatIpv4(netmaskOf(scenario, "branch")), formatIpv4(networkOf(scenario, "branch"))]).toEqual(["255.255.255.0", "10.1.10.0"]);
});

it.each([
  ["duration: 400d", "duration", '"duration" takes a length of time from 1us to 366d'],
  ["duration: 0s", "duration", '"duration" takes a length of time from 1us to 366d'],
  ["duration: 1m\nnetwork: { latency: 61s }", "latency", '"latency" takes a length of time from 0s to 1m'],
  ["duration: 1m\nnetwork: { segments: [{ name: branch, jitter: 2m }] }", "jitter", '"jitter" takes a length of time from 0s to 1m'],
])("refuses %s", (text, _key, message) => {
  const parsed = parseScenario("t", `title: T\n${text}\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps: [{ at: 0s, logon: pc }]\n`);
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.message)).toContain(message);
});
