/** Reads a scenario file: YAML, then the schema, then what a schema can't see. Every fault has a line and a column. */

import { parseIpv4 } from "@pushback/bytes";
import { isMap, LineCounter, type Node, parseDocument } from "yaml";
import type * as z from "zod";
import { isAddressOn, MAX_BESIDE, MAX_FLEET, MAX_LARGE_NETWORKS, segmentNames } from "./addressing.ts";
import { findVariant, PLATFORMS, platformNames } from "./platform-catalogue.ts";
import { ACTIONS, type ScenarioFile, type ScenarioStep, scenarioSchema } from "./scenario-schema.ts";
import { applySettings } from "./variant-settings.ts";

/** A scenario that has passed every check. */
export interface Scenario extends ScenarioFile {
  /** The file's name without folder and ending. */
  readonly id: string;
}

export interface ScenarioFault {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ScenarioResult =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly faults: readonly ScenarioFault[] };

type Path = readonly PropertyKey[];

/** The action that a step names. */
export function actionOf(step: ScenarioStep): (typeof ACTIONS)[number] {
  return ACTIONS.find((action) => step[action] !== undefined) as (typeof ACTIONS)[number];
}

/** The machines that a step speaks of; a registry step may name the server. */
export function machinesOf(step: ScenarioStep): readonly string[] {
  const action = actionOf(step);
  if (action === "deliver") return step.deliver?.to ?? [];
  if (action === "registry") return [step.registry?.machine ?? ""];
  if (action === "address") return [step.address?.machine ?? ""];
  return step[action] ?? [];
}

function describeIssue(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  const name = issue.path.length > 0 ? String(issue.path.at(-1)) : "the file";
  if (issue.code === "unrecognized_keys") {
    const inStep = issue.path[0] === "steps" && issue.path.length === 2;
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: inStep ? `unknown step "${key}"; there are ${ACTIONS.join(", ")}` : `unknown setting "${key}"`,
    }));
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return [{ path: issue.path.slice(0, -1), message: `"${name}" is missing` }];
  }
  if (issue.code === "invalid_union") {
    const inner = issue.errors.flat();
    return [
      {
        path: issue.path,
        message: `"${name}": ${inner.length > 0 ? inner.map((i) => lowerFirst(i.message)).join(", or ") : issue.message}`,
      },
    ];
  }
  const subject =
    typeof issue.path.at(-1) === "number" ? `${String(issue.path.at(-2))} number ${Number(issue.path.at(-1)) + 1}` : `"${name}"`;
  return [{ path: issue.path, message: `${subject} ${lowerFirst(issue.message)}` }];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Faults in what names what. */
function checkReferences(file: ScenarioFile): { path: Path; message: string }[] {
  const faults: { path: Path; message: string }[] = [];
  const names = new Set<string>(["server"]);
  file.clients.forEach((client, i) => {
    if (names.has(client.name)) faults.push({ path: ["clients", i, "name"], message: `"${client.name}" is there already` });
    names.add(client.name);
    const at = ["clients", i] as const;
    const isEach = client.platform === "each" || (client.platform === "same" && client.beside !== undefined);
    const named = typeof client.platform === "string" ? [client.platform] : Object.keys(client.platform);
    const variants = isEach ? PLATFORMS.flatMap((p) => p.variants) : named.map(findVariant);
    faults.push(...checkFleet(file, client).map(({ key, message }) => ({ path: [...at, key], message })));
    const said = new Set<string>();
    for (const [i, variant] of variants.entries()) {
      if (!variant) {
        const path = typeof client.platform === "string" ? ["platform"] : ["platform", named[i]];
        faults.push({ path: [...at, ...path], message: unknownPlatform(named[i]) });
        continue;
      }
      for (const fault of applySettings(variant, client.set).faults) {
        const path = fault.path.join(".");
        if (!said.has(path)) faults.push({ path: [...at, "set", ...fault.path], message: `${path} ${fault.message}` });
        said.add(path);
      }
    }
    const stands = (c: ScenarioFile["clients"][number]) => c.name === client.beside && c.beside === undefined && c.count === undefined;
    if (client.beside !== undefined && !file.clients.slice(0, i).some(stands)) {
      faults.push({ path: [...at, "beside"], message: `"beside" names no client above that stands by itself: "${client.beside}"` });
    }
    faults.push(...checkPlace(file, client).map(({ key, message }) => ({ path: [...at, key], message })));
  });
  if (file.clients.filter((client) => client.beside !== undefined).length > MAX_BESIDE) {
    faults.push({ path: ["clients"], message: `more than ${MAX_BESIDE} clients stand beside others` });
  }
  faults.push(...checkNetwork(file));
  if (!findVariant(file.server.platform)) faults.push({ path: ["server", "platform"], message: unknownPlatform(file.server.platform) });
  if (file.clients.filter((client) => client.platform === "each").length > 1) {
    faults.push({ path: ["clients"], message: "more than one client has platform: each" });
  }
  file.steps.forEach((step, i) => {
    const named = ACTIONS.filter((action) => step[action] !== undefined);
    const action = named[0];
    if (named.length !== 1) {
      const problem =
        named.length === 0
          ? `names no action; there are ${ACTIONS.join(", ")}`
          : `names ${named.length} actions (${named.join(", ")}); a step takes one`;
      faults.push({ path: ["steps", i], message: `step number ${i + 1} ${problem}` });
      return;
    }
    if (step.how !== undefined && action !== "reboot") faults.push({ path: ["steps", i, "how"], message: "`how` goes with reboot only" });
    if (step.message !== undefined && action !== "read")
      faults.push({ path: ["steps", i, "message"], message: "`message` goes with read only" });
    for (const name of machinesOf(step)) {
      const known = names.has(name) && (name !== "server" || action === "registry");
      if (!known)
        faults.push({
          path: ["steps", i, action],
          message: `unknown machine "${name}"; there are ${[...names].filter((n) => n !== "server").join(", ")}`,
        });
    }
    if (step.address !== undefined)
      faults.push(...checkAddressStep(file, step.address, names).map((message) => ({ path: ["steps", i, "address"], message })));
    if (step.stagger !== undefined && (action === "registry" || action === "address")) {
      faults.push({ path: ["steps", i, "stagger"], message: `\`stagger\` does not go with ${action}` });
    }
    if (step.at + (step.stagger ?? 0) > file.duration)
      faults.push({ path: ["steps", i, "at"], message: "the step comes after the scenario's duration" });
  });
  for (const name of Object.keys(file.expect.platforms)) {
    if (!findVariant(name)) faults.push({ path: ["expect", "platforms", name], message: unknownPlatform(name) });
  }
  return faults;
}

/** Faults in what stands for many machines. */
function checkFleet(file: ScenarioFile, client: ScenarioFile["clients"][number]): { key: string; message: string }[] {
  if (client.count === undefined) {
    return typeof client.platform === "string" ? [] : [{ key: "platform", message: "several platforms are for a client with a count" }];
  }
  if (client.platform === "each" || client.platform === "same" || client.beside !== undefined) {
    return [{ key: "count", message: '"count" goes with a platform or several, not with `each`, `same` or `beside`' }];
  }
  if (typeof client.platform !== "string" && Object.keys(client.platform).length === 0) {
    return [{ key: "platform", message: '"platform" names no platform' }];
  }
  if (client.name.length > 24)
    return [{ key: "name", message: "a fleet's name has 24 letters at the most: its machines add their numbers" }];
  const faults: { key: string; message: string }[] = [];
  const fleets = file.clients.filter((other) => other.count !== undefined && other.segment === client.segment);
  const together = fleets.reduce((sum, fleet) => sum + (fleet.count ?? 0), 0);
  if (together > MAX_FLEET) faults.push({ key: "count", message: `more than ${MAX_FLEET} machines on one segment` });
  if (segmentNames(file).indexOf(client.segment) >= MAX_LARGE_NETWORKS) {
    faults.push({ key: "segment", message: `a fleet's segment is among the first ${MAX_LARGE_NETWORKS}` });
  }
  return faults;
}

/** Faults in where a client is. */
function checkPlace(file: ScenarioFile, client: ScenarioFile["clients"][number]): { key: string; message: string }[] {
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

/** Faults in segments and firewall rules. */
function checkNetwork(file: ScenarioFile): { path: Path; message: string }[] {
  const { segments, firewall } = file.network;
  const faults: { path: Path; message: string }[] = [];
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

function unknownSegment(file: ScenarioFile, name: string): string {
  return `unknown segment "${name}"; there are ${segmentNames(file).join(", ")}`;
}

/** Faults in a step that gives a machine another address. */
function checkAddressStep(file: ScenarioFile, step: NonNullable<ScenarioStep["address"]>, names: ReadonlySet<string>): string[] {
  const client = file.clients.find((c) => c.name === step.machine);
  const other = file.clients.find((c) => c.name === step.takes);
  if (client?.count !== undefined || other?.count !== undefined) return ["an address is for one machine, and this client is a fleet"];
  if ([step.to, step.takes, step.new].filter((choice) => choice !== undefined).length !== 1) {
    return ["takes one of `to`, an address, `takes`, a machine, and `new: true`"];
  }
  if (step.to !== undefined && client !== undefined) {
    if (client.platform === "each" || client.beside !== undefined || client.count !== undefined)
      return ["`to` is for one machine, and this client may stand for several"];
    return isAddressOn(file, client.segment, parseIpv4(step.to) ?? 0) ? [] : [`${step.to} is not on segment ${client.segment}`];
  }
  if (step.takes === undefined) return [];
  if (!names.has(step.takes)) return [`unknown machine "${step.takes}"`];
  if (other !== undefined && client !== undefined && other.segment !== client.segment)
    return ["an address belongs to a segment: both machines must be on one"];
  return [];
}

export function unknownPlatform(name: string): string {
  return `unknown platform "${name}"; there are ${platformNames().join(", ")}`;
}

/** Parses and checks `text`; `id` names the scenario in results. Never throws. */
export function parseScenario(id: string, text: string): ScenarioResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locate = (offset: number, message: string): ScenarioFault => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, message };
  };
  if (document.errors.length > 0) {
    return { ok: false, faults: document.errors.map((e) => locate(e.pos[0], e.message.split("\n")[0])) };
  }

  /** The innermost node on the path that exists; a key of a map where the path names one. */
  const offsetOf = (path: Path): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const last = path[depth - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => String((item.key as Node | null)?.toJSON()) === String(last));
        const key = pair?.key as Node | undefined;
        if (key?.range) return key.range[0];
      }
      const node = document.getIn(path.slice(0, depth), true) as Node | undefined;
      if (node?.range) return node.range[0];
    }
    return document.contents?.range?.[0] ?? 0;
  };

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { ok: false, faults: [locate(0, error instanceof Error ? error.message : "unreadable")] };
  }
  const parsed = scenarioSchema.safeParse(value, { reportInput: true });
  const faults = parsed.success ? checkReferences(parsed.data) : parsed.error.issues.flatMap(describeIssue);
  if (!parsed.success || faults.length > 0) {
    return {
      ok: false,
      faults: faults.map((fault) => locate(offsetOf(fault.path), fault.message)).sort((a, b) => a.line - b.line || a.column - b.column),
    };
  }
  return { ok: true, scenario: { id, ...parsed.data } };
}
