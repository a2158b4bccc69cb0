import { CATALOGUE, defineStep, machineNames, STEPS } from "@pushback/scenario";
import { expect, test } from "vitest";
import type { MachineState } from "../lab/machine-state.ts";
import { actionLabel, actionOf, isPossible, MACHINE_ACTIONS, machineActions, stepFor } from "./machine-actions.ts";

const machine = (changes: Partial<MachineState>): MachineState =>
  ({ name: "pc", power: "ready", mail: "closed", plugged: true, inbox: [], ...changes }) as MachineState;

test("every step that declares buttons has a place on the card, in the order of the steps", () => {
  const declared = CATALOGUE.steps.flatMap(({ buttons }) => ("none" in buttons ? [] : buttons.map(({ id }) => id)));
  expect(MACHINE_ACTIONS.map(({ id }) => id)).toEqual([...new Set(declared)]);
});

test("a switch offers the step that changes its state", () => {
  const steps = (state: MachineState) => ["power", "cable"].map((id) => [actionLabel(actionOf(id), state), stepFor(actionOf(id), state)]);
  expect(steps(machine({}))).toEqual([
    ["Power off", { "power-off": ["pc"] }],
    ["Unplug", { unplug: ["pc"] }],
  ]);
  expect(steps(machine({ power: "off", plugged: false }))).toEqual([
    ["Power on", { "power-on": ["pc"] }],
    ["Plug in", { plug: ["pc"] }],
  ]);
});

test("buttons of one step differ in its companion keys", () => {
  expect(stepFor(actionOf("restart"), machine({}))).toEqual({ reboot: ["pc"], how: "shutdown" });
  expect(stepFor(actionOf("crash"), machine({}))).toEqual({ reboot: ["pc"], how: "unclean" });
  expect(stepFor(actionOf("read"), machine({}), { message: 2 })).toEqual({ read: ["pc"], message: 2 });
});

test("a button is enabled where its step makes sense", () => {
  // A fixed list, so that new steps with buttons do not break this test.
  const ids = ["logon", "logoff", "read", "shutdown", "restart", "crash", "power", "cable"];
  const enabled = (state: MachineState) => ids.filter((id) => isPossible(actionOf(id), state));
  expect(enabled(machine({ power: "off" }))).toEqual(["power", "cable"]);
  expect(enabled(machine({}))).toEqual(["logon", "shutdown", "restart", "crash", "power", "cable"]);
  expect(enabled(machine({ mail: "logged-on" }))).toEqual(["logoff", "shutdown", "restart", "crash", "power", "cable"]);
  expect(enabled(machine({ power: "going-down" }))).toEqual(["cable"]);
});

test("a button's companions are parsed, as those of a file are", () => {
  const blink = defineStep({
    name: "blink",
    about: "Does nothing",
    text: "blink",
    example: "{ at: 1m, blink: client }",
    schema: machineNames,
    companions: { beside: machineNames },
    machines: (names) => names,
    run: () => {},
    buttons: [{ id: "blink", label: "Blink", hint: "Do nothing", companions: { beside: "mac" }, isEnabled: () => true }],
  });
  const [action] = machineActions([blink]);
  expect(stepFor(action, machine({}))).toEqual({ blink: ["pc"], beside: ["mac"] });
});

test("a custom step brings its button with it", () => {
  const ping = defineStep({
    name: "ping",
    about: "Does nothing",
    text: "ping",
    example: "{ at: 1m, ping: client }",
    schema: machineNames,
    machines: (names) => names,
    run: () => {},
    buttons: [{ id: "ping", label: "Ping", hint: "Do nothing", isEnabled: () => true }],
  });
  const actions = machineActions([...STEPS, ping]);
  expect(actions).toHaveLength(MACHINE_ACTIONS.length + 1);
  expect(stepFor(actions[actions.length - 1], machine({}))).toEqual({ ping: ["pc"] });
});
