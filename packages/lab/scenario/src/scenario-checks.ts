/** Checks of a scenario file that its schema cannot make: whether names exist and fit together. */

import { didYouMean, parseIpv4 } from "@pushback/bytes";
import { isAddressOn, MAX_BESIDE, MAX_FLEET, MAX_LARGE_NETWORKS, MAX_NAMED_CLIENTS, MOST_FLEET_NAME, segmentNames } from "./addressing.ts";
import { CATALOGUE, type Catalogue, keyValue } from "./catalogue.ts";
import { faultText } from "./fact-values.ts";
import type { ScenarioFile } from "./scenario-schema.ts";
import { applySettings } from "./variant-settings.ts";

/** Keys and list positions from the file's root to a value. */
export type FaultPath = readonly PropertyKey[];

/** A fault of a scenario file: one line for its author, and the place in the file. */
export interface FaultAt {
  readonly path: FaultPath;
  readonly message: string;
}

type Client = ScenarioFile["clients"][number];
/** A fault of one key of a client. */
interface KeyFault {
  readonly key: string;
  readonly message: string;
}

/** The message about a name that is no platform. */
export function unknownPlatform(name: string, catalogue: Catalogue = CATALOGUE): string {
  return `unknown platform "${name}"${didYouMean(name, catalogue.platformNames())}; there are ${catalogue.platformNames().join(", ")}`;
}

function unknownSegment(file: ScenarioFile, name: string): string {
  return `unknown segment "${name}"${didYouMean(name, segmentNames(file))}; there are ${segmentNames(file).join(", ")}`;
}

/** All faults of a file that has passed the schema. */
export function checkReferences(file: ScenarioFile, catalogue: Catalogue): FaultAt[] {
  const faults: FaultAt[] = [];
  const names = new Set<string>(["server"]);
  file.clients.forEach((client, i) => {
    if (names.has(client.name)) faults.push({ path: ["clients", i, "name"], message: `"${client.name}" is there already` });
    names.add(client.name);
    for (const { path, message } of checkClient(file, i, catalogue)) faults.push({ path: ["clients", i, ...path], message });
  });
  faults.push(...checkMachineNames(file, catalogue));
  if (file.clients.filter((client) => client.beside !== undefined).length > MAX_BESIDE) {
    faults.push({ path: ["clients"], message: `more than ${MAX_BESIDE} clients stand beside others` });
  }
  const named = file.clients.flatMap((c, i) => (c.platform !== "each" && c.beside === undefined && c.count === undefined ? [i] : []));
  if (named.length > MAX_NAMED_CLIENTS) {
    const path = ["clients", named[MAX_NAMED_CLIENTS], "name"];
    faults.push({ path, message: `more than ${MAX_NAMED_CLIENTS} clients that stand by themselves; give one client a count instead` });
  }
  faults.push(...checkNetwork(file));
  if (!catalogue.findVariant(file.server.platform))
    faults.push({ path: ["server", "platform"], message: unknownPlatform(file.server.platform, catalogue) });
  if (file.clients.filter((client) => client.platform === "each").length > 1) {
    faults.push({ path: ["clients"], message: "more than one client has platform: each" });
  }
  const stepNames: StepNames = { clients: names, machines: machineNamesOf(file, catalogue) };
  file.steps.forEach((_, i) => {
    for (const { path, message } of checkStep(file, i, stepNames, catalogue)) faults.push({ path: ["steps", i, ...path], message });
  });
  for (const name of Object.keys(file.expect.platforms)) {
    if (!catalogue.findVariant(name)) faults.push({ path: ["expect", "platforms", name], message: unknownPlatform(name, catalogue) });
  }
  faults.push(...checkParts(file), ...checkAddresses(file));
  return faults;
}

/** Faults of steps that give a machine another address: a spare one belongs to its first segment, and each machine has one. */
function checkAddresses({ steps }: ScenarioFile): FaultAt[] {
  const moved = new Set(steps.flatMap((step) => ("move" in step && step.move ? [step.move.machine] : [])));
  const leased = new Set<string>();
  return steps.flatMap((step, i) => {
    const ended = ("lease-end" in step && step["lease-end"]) || [];
    const faults: FaultAt[] = [];
    for (const name of ended) {
      if (leased.has(name)) faults.push({ path: ["steps", i, "lease-end"], message: `the lease of "${name}" ends earlier already` });
      leased.add(name);
    }
    const named = "address" in step && step.address ? [step.address.machine] : ended;
    for (const name of named.filter((each) => moved.has(each)))
      faults.push({ path: ["steps", i], message: `"${name}" is moved to another segment, where it has one address` });
    return faults;
  });
}

/** Faults of expectations of clients and intervals. */
function checkParts({ clients, duration, expect }: ScenarioFile): FaultAt[] {
  const named = (names: Readonly<Record<string, unknown>>, path: FaultPath) =>
    Object.keys(names).flatMap((name): FaultAt[] => {
      const client = clients.find((c) => c.name === name);
      const among = clients.filter(({ count }) => count === undefined).map((c) => c.name);
      if (client === undefined) return [{ path: [...path, name], message: `unknown client "${name}"; there are ${among.join(", ")}` }];
      if (client.on !== undefined)
        return [{ path: [...path, name], message: `"${name}" is a mail program on the machine "${client.on}": name that` }];
      return client.count === undefined
        ? []
        : [{ path: [...path, name], message: `"${name}" is a fleet: use \`fleet\` in place of \`clients\`` }];
    });
  const faults = named(expect.clients, ["expect", "clients"]);
  for (const [i, { from, to, clients: ofClients }] of expect.during.entries()) {
    const path = ["expect", "during", i];
    if (from >= to) faults.push({ path: [...path, "to"], message: "the interval ends before it begins" });
    if (to > duration) faults.push({ path: [...path, "to"], message: "the interval ends after the scenario's duration" });
    faults.push(...named(ofClients, [...path, "clients"]));
  }
  return faults;
}

/** Faults of one client; paths start at the client. */
function checkClient(file: ScenarioFile, number: number, catalogue: Catalogue): FaultAt[] {
  const client = file.clients[number];
  const faults: FaultAt[] = checkFleet(file, client).map(({ key, message }) => ({ path: [key], message }));
  const isEach = client.platform === "each" || (client.platform === "same" && (client.beside !== undefined || client.on !== undefined));
  const named = typeof client.platform === "string" ? [client.platform] : Object.keys(client.platform);
  const variants = isEach ? catalogue.platforms.flatMap((p) => p.variants) : named.map((id) => catalogue.findVariant(id));
  const reported = new Set<string>();
  for (const [i, variant] of variants.entries()) {
    if (!variant) {
      const path = typeof client.platform === "string" ? ["platform"] : ["platform", named[i]];
      faults.push({ path, message: unknownPlatform(named[i], catalogue) });
      continue;
    }
    for (const fault of applySettings(variant, client.set).faults) {
      const path = fault.path.join(".");
      if (!reported.has(path)) faults.push({ path: ["set", ...fault.path], message: faultText(fault) });
      reported.add(path);
    }
  }
  const standsAlone = (c: Client) => c.name === client.beside && c.beside === undefined && c.count === undefined;
  if (client.beside !== undefined && !file.clients.slice(0, number).some(standsAlone)) {
    faults.push({ path: ["beside"], message: `"beside" names no client above that stands by itself: "${client.beside}"` });
  }
  faults.push(...checkProgram(file, number).map((message) => ({ path: ["on"], message })));
  faults.push(...checkMailbox(file, number).map((message) => ({ path: ["mailbox"], message })));
  faults.push(...checkPlace(file, client).map(({ key, message }) => ({ path: [key], message })));
  return faults;
}

/** Names that steps may use for machines. */
interface StepNames {
  /** The server, and the clients of the file; a client may comprise several machines. */
  readonly clients: ReadonlySet<string>;
  /** Names of single machines, as recordings have them. Machines of fleets are excluded. */
  readonly machines: ReadonlySet<string>;
}

/** Names that the machines of each client have in recordings, over all variants that a run may choose; by the client's name. */
function machinesByClient({ clients }: ScenarioFile, catalogue: Catalogue): ReadonlyMap<string, readonly string[]> {
  const byClient = new Map<string, readonly string[]>();
  const variants = catalogue.platforms.flatMap((platform) => platform.variants);
  for (const { name, platform, beside } of clients) {
    const partners = byClient.get(beside ?? "");
    if (partners !== undefined)
      byClient.set(
        name,
        partners.map((partner) => `${partner}.${name}`),
      );
    else byClient.set(name, platform === "each" ? variants.map(({ id }) => catalogue.runName(id)) : [name]);
  }
  return byClient;
}

function machineNamesOf(file: ScenarioFile, catalogue: Catalogue): ReadonlySet<string> {
  return new Set([...machinesByClient(file, catalogue).values()].flat());
}

/** Name of a fleet's machine: the fleet's name and a number. How many there are may be chosen for each run. */
const FLEET_MACHINE = /^(.+)-[1-9]\d*$/;

/** Faults of clients whose machines, and mailboxes with them, would have the names of others. Case makes no difference to the directory. */
function checkMachineNames(file: ScenarioFile, catalogue: Catalogue): FaultAt[] {
  const machines = machinesByClient(file, catalogue);
  const fleets = new Map<string, string>();
  for (const { name, count } of file.clients)
    if (count !== undefined && !fleets.has(name.toLowerCase())) fleets.set(name.toLowerCase(), name);
  const owners = new Map<string, string>();
  return file.clients.flatMap(({ name, count }, i): FaultAt[] => {
    for (const machine of count === undefined ? (machines.get(name) ?? []) : [`${name}-1`]) {
      const key = machine.toLowerCase();
      const owner = owners.get(key) ?? fleets.get(FLEET_MACHINE.exec(key)?.[1] ?? "");
      if (count === undefined) owners.set(key, name);
      if (owner === undefined || owner === name) continue;
      const message = `"${name}" and "${owner}" would have a machine and a mailbox of the same name, "${machine}": rename one of them`;
      return [{ path: ["clients", i, "name"], message }];
    }
    return [];
  });
}

/** The fleet that has a machine of this name. */
function fleetOf(file: ScenarioFile, machine: string): Client | undefined {
  const [, name, number] = /^(.+)-([1-9]\d*)$/.exec(machine) ?? [];
  return file.clients.find((client) => client.name === name && Number(number) <= (client.count ?? 0));
}

/** Faults of one step; paths start at the step. */
function checkStep(file: ScenarioFile, number: number, stepNames: StepNames, catalogue: Catalogue): FaultAt[] {
  const { clients: names, machines } = stepNames;
  const step = file.steps[number];
  const named = catalogue.steps.filter(({ name }) => keyValue(step, name) !== undefined);
  if (named.length !== 1) {
    const problem =
      named.length === 0
        ? `names no action; there are ${catalogue.steps.map(({ name }) => name).join(", ")}`
        : `names ${named.length} actions (${named.map(({ name }) => name).join(", ")}); a step takes one`;
    return [{ path: [], message: `step number ${number + 1} ${problem}` }];
  }
  const faults: FaultAt[] = [];
  const [action] = named;
  const value = keyValue(step, action.name);
  for (const { name, companions } of catalogue.steps) {
    if (name === action.name) continue;
    for (const key of Object.keys(companions))
      if (keyValue(step, key) !== undefined) faults.push({ path: [key], message: `\`${key}\` goes with ${name} only` });
  }
  for (const machine of action.machines(value)) {
    const program = file.clients.find(({ name, on }) => name === machine && on !== undefined);
    if (program !== undefined && !action.byProgram)
      faults.push({ path: [action.name], message: `"${machine}" is a mail program on "${program.on}": name that machine` });
    const isThere = machines.has(machine) || names.has(machine) || fleetOf(file, machine) !== undefined;
    const known = isThere && (machine !== "server" || action.onServer);
    const others = [...names].filter((name) => name !== "server").join(", ");
    const problem = machine === "server" ? "the server does not take this step" : `unknown machine "${machine}"`;
    if (!known) faults.push({ path: [action.name], message: `${problem}; there are ${others}` });
  }
  const fleet = action.onFleet
    ? undefined
    : action
        .machines(value)
        .map((machine) => file.clients.find(({ name, count }) => name === machine && count !== undefined) ?? fleetOf(file, machine))
        .find((client) => client !== undefined);
  if (fleet !== undefined)
    faults.push({ path: [action.name], message: `\`${action.name}\` is for single machines, and "${fleet.name}" is a fleet` });
  faults.push(...action.check(value, file, new Set([...names, ...machines])).map((message) => ({ path: [action.name], message })));
  if (step.stagger !== undefined && !action.staggers) {
    faults.push({ path: ["stagger"], message: `\`stagger\` does not go with ${action.name}` });
  }
  if (step.at + (step.stagger ?? 0) > file.duration) faults.push({ path: ["at"], message: "the step comes after the scenario's duration" });
  return faults;
}

/** Faults of a client that stands for a fleet. */
function checkFleet(file: ScenarioFile, client: Client): KeyFault[] {
  if (client.count === undefined) {
    return typeof client.platform === "string" ? [] : [{ key: "platform", message: "several platforms are for a client with a count" }];
  }
  if (client.platform === "each" || client.platform === "same" || client.beside !== undefined) {
    return [{ key: "count", message: '"count" goes with a platform or several, not with `each`, `same` or `beside`' }];
  }
  if (typeof client.platform !== "string" && Object.keys(client.platform).length === 0) {
    return [{ key: "platform", message: '"platform" names no platform' }];
  }
  if (client.name.length > MOST_FLEET_NAME)
    return [{ key: "name", message: `a fleet's name has ${MOST_FLEET_NAME} letters at the most: its machines add their numbers` }];
  const faults: KeyFault[] = [];
  const fleets = file.clients.filter((other) => other.count !== undefined && other.segment === client.segment);
  const together = fleets.reduce((sum, fleet) => sum + (fleet.count ?? 0), 0);
  if (together > MAX_FLEET) faults.push({ key: "count", message: `more than ${MAX_FLEET} machines on one segment` });
  if (segmentNames(file).indexOf(client.segment) >= MAX_LARGE_NETWORKS) {
    faults.push({ key: "segment", message: `a fleet's segment is among the first ${MAX_LARGE_NETWORKS}` });
  }
  return faults;
}

/** Faults of a client that is a second mail program on the machine of another. */
function checkProgram(file: ScenarioFile, number: number): string[] {
  const { on, platform, beside, count, address, mailbox, hostName, off, set, watches } = file.clients[number];
  if (on === undefined) return [];
  const other = file.clients.slice(0, number).find(({ name }) => name === on);
  if (other === undefined || other.count !== undefined || other.on !== undefined)
    return [`"on" names no client above that has a machine of its own: "${on}"`];
  const ofMachine = { beside, count, address, mailbox, hostName, ...(off && { off }), ...(Object.keys(set).length > 0 && { set }) };
  const wrong = Object.entries(ofMachine).find(([, value]) => value !== undefined);
  if (watches !== other.watches) return [`both programs of a machine watch the same: give "${on}" and this one the same \`watches\``];
  if (wrong !== undefined) return [`a second program has no \`${wrong[0]}\` of its own`];
  return platform === "same" ? [] : ["a second program is of its machine's platform: write `platform: same`"];
}

/** Faults of a client that opens the mailbox of another. */
function checkMailbox(file: ScenarioFile, number: number): string[] {
  const { mailbox, beside, count } = file.clients[number];
  if (mailbox === undefined) return [];
  if (count !== undefined) return ["a fleet's machines have mailboxes of their own"];
  const other = file.clients.slice(0, number).find(({ name }) => name === mailbox);
  if (other === undefined) return [`"mailbox" names no client above: "${mailbox}"`];
  if (other.mailbox !== undefined) return [`"${mailbox}" has no mailbox of its own; name "${other.mailbox}"`];
  const host = file.clients.find(({ name }) => name === other.on) ?? other;
  const isOne = host.platform !== "each" && host.beside === undefined && host.count === undefined;
  return isOne || beside === mailbox ? [] : [`"${mailbox}" may stand for several machines; with \`beside: ${mailbox}\` each has a partner`];
}

/** Faults of a client's segment and address. */
function checkPlace(file: ScenarioFile, client: Client): KeyFault[] {
  if (!segmentNames(file).includes(client.segment)) return [{ key: "segment", message: unknownSegment(file, client.segment) }];
  if (client.address === undefined) return [];
  if (client.platform === "each" || client.beside !== undefined || client.count !== undefined) {
    return [{ key: "address", message: '"address" is for one machine, and this client may stand for several' }];
  }
  const address = parseIpv4(client.address) ?? 0;
  if (!isAddressOn(file, client.segment, address))
    return [{ key: "address", message: `${client.address} is not on segment ${client.segment}` }];
  return [];
}

/** Faults of segments and firewall rules. */
function checkNetwork(file: ScenarioFile): FaultAt[] {
  const { segments, firewall } = file.network;
  const faults: FaultAt[] = [];
  segments.forEach(({ name }, i) => {
    if (segmentNames(file).indexOf(name) !== i + 1)
      faults.push({ path: ["network", "segments", i, "name"], message: `"${name}" is there already` });
  });
  firewall.forEach((rule, i) => {
    for (const key of ["from", "to"] as const) {
      const name = rule[key];
      if (name === undefined || segmentNames(file).includes(name)) continue;
      faults.push({ path: ["network", "firewall", i, key], message: unknownSegment(file, name) });
    }
  });
  if (firewall.length > 0 && segments.length === 0) {
    faults.push({ path: ["network", "firewall"], message: "a firewall needs segments: with one there is no router" });
  }
  return faults;
}
