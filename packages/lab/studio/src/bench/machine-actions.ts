/** The buttons on a machine's card: which there are, their labels, whether they are enabled. All derive from the scenario's steps. */

import { CATALOGUE, type StepButton, type StepDefinition } from "@pushback/scenario";
import type { MachineState } from "../lab/machine-state.ts";
import type { ScenarioStepWithoutTime } from "../state/lab-control.ts";
import { theLab } from "../state/the-lab.ts";

/** One place on the card and the buttons that take turns there, such as Power on and Power off. */
export interface MachineAction {
  readonly id: string;
  readonly choices: readonly { readonly step: StepDefinition; readonly button: StepButton }[];
}

/** The places of the card in the order of the steps. */
export function machineActions(steps: readonly StepDefinition[]): MachineAction[] {
  const choices = steps.flatMap((step) => ("none" in step.buttons ? [] : step.buttons.map((button) => ({ step, button }))));
  return [...Map.groupBy(choices, ({ button }) => button.id)].map(([id, choices]) => ({ id, choices }));
}

export const MACHINE_ACTIONS: readonly MachineAction[] = machineActions(CATALOGUE.steps);

/** The place with this id. Throws a RangeError if no step has such a button. */
export function actionOf(id: string): MachineAction {
  const action = MACHINE_ACTIONS.find((a) => a.id === id);
  if (!action) throw new RangeError(`no step has a button "${id}"`);
  return action;
}

/** The choice that is shown now; by default the last one. */
function choiceNow({ choices }: MachineAction, machine: MachineState): MachineAction["choices"][number] {
  return choices.find(({ button }) => button.isShown?.(machine) ?? true) ?? choices[choices.length - 1];
}

/** The button's present label. A switch is labelled with the action that a click performs. */
export function actionLabel(action: MachineAction, machine: MachineState): string {
  return choiceNow(action, machine).button.label;
}

export function actionHint(action: MachineAction, machine: MachineState): string {
  return choiceNow(action, machine).button.hint;
}

export function isPossible(action: MachineAction, machine: MachineState): boolean {
  return choiceNow(action, machine).button.isEnabled(machine);
}

/** The step of the action, without its time, as a run takes it: the button's companions are parsed. `companions`: more companions, already parsed. */
export function stepFor(
  action: MachineAction,
  machine: MachineState,
  companions: Readonly<Record<string, unknown>> = {},
): ScenarioStepWithoutTime {
  const { step, button } = choiceNow(action, machine);
  const own = Object.entries(button.companions ?? {}).map(([key, value]) => [key, step.companions[key].parse(value)]);
  return { [step.name]: [machine.name], ...Object.fromEntries(own), ...companions } as ScenarioStepWithoutTime;
}

/** Marks a message as read or unread, if a user is logged on: that at a place in the Inbox, or all. */
export function markMail({ name, mail }: MachineState, read: boolean, message?: number | "all"): void {
  if (mail !== "logged-on") return;
  void theLab.act({ mark: { machine: [name], as: read ? "read" : "unread", ...(message !== undefined && { message }) } });
}

/** Deletes a message, if a user is logged on: that at a place in the Inbox, or all. */
export function deleteMail({ name, mail }: MachineState, message: number | "all"): void {
  if (mail === "logged-on") void theLab.act({ delete: { machine: [name], message } });
}

/** Takes the step of the button with this id, if it is enabled. `message`: which message is read, by its position in the Inbox; 1 is the oldest. */
export function doAction(id: string, machine: MachineState, message?: number): void {
  const action = actionOf(id);
  if (isPossible(action, machine)) void theLab.act(stepFor(action, machine, message === undefined ? {} : { message }));
}
