/** The mailboxes of a run, as the directory lists them. */

import { isClient, type LabMachine } from "../lab/lab-types.ts";

export interface AddressBookEntry {
  readonly alias: string;
  readonly name: string;
}

/** Sorted by name; names that two mailboxes share have the alias in brackets. */
export function addressBook(machines: readonly LabMachine[]): AddressBookEntry[] {
  const entries = machines
    .filter(isClient)
    .flatMap(({ name, title, mailbox, programs = [] }) => [
      ...(mailbox === undefined ? [{ alias: name, name: title }] : []),
      ...programs.map((alias) => ({ alias, name: alias })),
    ])
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
  const isShared = (name: string) => entries.filter((entry) => entry.name === name).length > 1;
  return entries.map(({ alias, name }) => ({ alias, name: isShared(name) ? `${name} (${alias})` : name }));
}

/** Whether mail to this name, as a message shows its sender, reaches a mailbox of the run. */
export function hasMailbox(machines: readonly LabMachine[], sender: string): boolean {
  return machines.some((machine) => isClient(machine) && [machine.name, machine.title, ...(machine.programs ?? [])].includes(sender));
}
