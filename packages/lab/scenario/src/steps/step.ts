/**
 * What a scenario step is. One file declares one step with `defineStep`; the schema of scenario files, the checks with line and column, the
 * runner, the texts, the studio's buttons and the tables of the documentation all derive from that declaration. docs/EXTENDING.md shows how to
 * add one.
 */

import type { WayDown } from "@pushback/host";
import type * as z from "zod";
import type { RegistryValues } from "../registry-parameters.ts";
import type { ScenarioBase } from "../scenario-base.ts";

/** Mail as a scenario delivers it; an omitted part has the server's default. */
export interface MailText {
  readonly subject?: string | undefined;
  readonly body?: string | undefined;
  readonly from?: string | undefined;
}

/** Subject, body and sender of a message for which the file gives none. */
export const DEFAULT_MAIL = { subject: "New mail", body: "", from: "Somebody" } as const satisfies MailText;

/** A message that a mail client sends. */
export interface OutgoingMail {
  /** Mailboxes; empty for a reply. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
  /** Kind of reply; `null` for a new message. */
  readonly answers: "reply" | "reply-all" | "forward" | null;
  /** Position of the answered message in the Inbox: 1 is the oldest. Left out: the newest. */
  readonly message?: number | undefined;
}

/** Which address a machine gets: a given one, one that no machine has, or the first address of another machine. */
export interface AddressChoice {
  readonly to?: string | undefined;
  readonly new?: true | undefined;
  readonly takes?: string | undefined;
}

/** A client machine or the server. An action that the machine cannot do is recorded as a failed step. */
export interface StepMachine {
  /** `unclean`: the platform's usual way of rebooting without logging off. */
  goDown(how: WayDown | "unclean", thenBoot: boolean): void;
  powerOn(): void;
  setPlugged(plugged: boolean): void;
  /**
   * Changes the registry. Returns false if the machine has none. On the server, keep-alive values take effect at once; all other values take effect at the
   * machine's next boot.
   */
  setRegistry(values: RegistryValues): boolean;
  /** Moves the clock ahead by `us` microseconds, or back if negative. For steps that are declared with `ownTime`. */
  setClock(us: number): void;
}

/** The server. */
export interface StepServer extends StepMachine {
  /** Stops the mail service and starts it again; the machine stays on. */
  restartService(): void;
}

/** A client machine, with the actions of its user. */
export interface StepWorkstation extends StepMachine {
  /** Starts the mail client, as soon as the machine is ready. */
  logOn(): void;
  /** Opens the message at a position of the Inbox: 1 is the oldest. Left out: the newest. */
  read(place?: number): void;
  /** Marks a message as read or unread. `message`: its position in the Inbox, or all; the newest if left out. */
  mark(read: boolean, message?: number | "all"): void;
  /** Moves a message of the Inbox into Deleted Items. `message`: its position in the Inbox, or all; the newest if left out. */
  delete(message?: number | "all"): void;
  send(mail: OutgoingMail): void;
  logOff(): void;
  /** Takes the machine's address away, as the end of a DHCP lease does. Returns false if its TCP/IP is not loaded. */
  loseAddress(): boolean;
  /** Suspends or resumes all events of the machine. For steps that are declared with `ownTime`, or resume what such a step suspended. */
  setSuspended(isSuspended: boolean): void;
}

/** One machine to which a step is applied, with the operations available there. A step that names several machines runs once for each. */
export interface StepTarget {
  /** The machine's name in the recording. */
  readonly name: string;
  /** The machine: a client's or the server. */
  readonly machine: StepMachine;
  /** The server. It is available in every step, also in one that names another machine. */
  readonly server: StepServer;
  /** The client machine. Throws a RangeError if the step names the server; such a step must be declared with `onServer`. */
  readonly workstation: StepWorkstation;
  /** Delivers mail to this machine's mailbox. */
  deliver(mail: MailText): void;
  /** The mailboxes of the clients with these names. */
  mailboxesOf(names: readonly string[]): string[];
  /** Gives the machine another address from its next boot on. */
  setAddress(choice: AddressChoice): void;
  /** Carries the machine to another segment: its cable is out until its next boot. */
  moveTo(segment: string): void;
  /** Calls `run` after `us` microseconds of virtual time. */
  after(us: number, run: () => void): void;
}

/** State of a machine that decides whether a button is shown and enabled. */
export interface ButtonState {
  readonly power: "off" | "booting" | "ready" | "going-down";
  readonly mail: "closed" | "waiting" | "connecting" | "logged-on" | "logging-off" | "logged-off" | "disconnected";
  readonly plugged: boolean;
  readonly inbox: { readonly length: number };
}

/** A button on a machine's card in the studio. */
export interface StepButton {
  /** Buttons with the same id share one place on the card. The first one whose `isShown` returns true is displayed. */
  readonly id: string;
  readonly label: string;
  /** The tooltip. */
  readonly hint: string;
  /** Values of the step's companion keys. */
  readonly companions?: Readonly<Record<string, unknown>>;
  /** Whether the button may be displayed in the machine's present state (see `id`). Default: always. */
  readonly isShown?: (machine: ButtonState) => boolean;
  readonly isEnabled: (machine: ButtonState) => boolean;
}

/** The studio's buttons for a step, or in `none` the reason why there is no button. */
type StepButtons = readonly StepButton[] | { readonly none: string };

type Shape = Readonly<Record<string, z.ZodType>>;
/** The values of companion keys; each may be left out. */
export type CompanionsOf<S> = { readonly [K in keyof S]?: S[K] extends z.ZodType ? z.output<S[K]> | undefined : never };

/** A step of scenario files that `defineStep` has declared. */
export interface StepDefinition<Name extends string = string, Schema extends z.ZodType = z.ZodType, Companions extends Shape = Shape> {
  /** The key in the scenario's file. */
  readonly name: Name;
  /** What the step does, in one sentence without a full stop. */
  readonly about: string;
  /** A verb phrase: the recording's event list says "cannot <text>: <reason>". */
  readonly text: string;
  /** The step in a scenario whose only client is `client`, as YAML; for the documentation. */
  readonly example: string;
  /** Further steps as YAML, before and after the example: they are needed if the step has no visible effect on a client that is on but not logged on. */
  readonly exampleNeeds: { readonly before?: readonly string[]; readonly after?: readonly string[] };
  /** The value of the key. */
  readonly schema: Schema;
  /** Further keys that go with this step only. */
  readonly companions: Companions;
  /** Whether the step may name the server. */
  readonly onServer: boolean;
  /** Whether the step acts on a mail program or its mailbox and not on a machine. Then a second mail program of a machine may take the step by itself. */
  readonly byProgram: boolean;
  /** Whether the step may name a fleet. */
  readonly onFleet: boolean;
  /** Whether the step may have the key `stagger`. */
  readonly staggers: boolean;
  /** Whether the step may suspend its machines or set their clocks: these then run on schedulers of their own. */
  readonly ownTime: boolean;
  /** Names of the machines to which the value refers, as the scenario has them. */
  machines(value: z.output<Schema>): readonly string[];
  /** Faults that the schema cannot see, given the rest of the file and the names that steps may use. */
  check(value: z.output<Schema>, file: ScenarioBase, names: ReadonlySet<string>): readonly string[];
  /** A detail for the recording's event: text, empty where there is none. */
  detail(value: z.output<Schema>, companions: CompanionsOf<Companions>): string;
  /** Does the step at one machine. */
  run(target: StepTarget, value: z.output<Schema>, companions: CompanionsOf<Companions>): void;
  readonly buttons: StepButtons;
}

type Optional = "exampleNeeds" | "companions" | "onServer" | "onFleet" | "byProgram" | "staggers" | "ownTime" | "check" | "detail";

/** Declares a step. Left out: no companion keys, client machines only, fleets too, `stagger` allowed, no further check, no detail. */
export function defineStep<const Name extends string, Schema extends z.ZodType, Companions extends Shape = Record<never, never>>(
  definition: Omit<StepDefinition<Name, Schema, Companions>, Optional> & Partial<Pick<StepDefinition<Name, Schema, Companions>, Optional>>,
): StepDefinition<Name, Schema, Companions> {
  return {
    exampleNeeds: {},
    companions: {} as Companions,
    onServer: false,
    onFleet: true,
    byProgram: false,
    staggers: true,
    ownTime: false,
    check: () => [],
    detail: () => "",
    ...definition,
  };
}
