/**
 * What a scenario step is. One file declares one step with `defineStep`; the schema of scenario files, the checks with line and column, the
 * runner, the texts, the studio's buttons and the tables of the documentation all derive from that declaration. docs/EXTENDING.md shows how to
 * add one.
 */

import type { WayDown } from "@pushback/host";
import type * as z from "zod";
import { callNamed, isOneLine, shown } from "../named-errors.ts";
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
  /** Position of the answered message in the Inbox: 1 is the oldest. Default: the newest. */
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
  /** Opens the message at a position of the Inbox: 1 is the oldest. Default: the newest. */
  read(place?: number): void;
  /** Marks a message as read or unread. `message`: its position in the Inbox, or all. Default: the newest. */
  mark(read: boolean, message?: number | "all"): void;
  /** Moves a message of the Inbox into Deleted Items. `message`: its position in the Inbox, or all. Default: the newest. */
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
  /** Calls `run` after `us` microseconds of virtual time, a whole number. */
  after(us: number, run: () => void): void;
}

/** State of a machine that decides whether a button is shown and enabled. */
export interface ButtonState {
  readonly power: "off" | "booting" | "ready" | "going-down";
  readonly mail: "closed" | "waiting" | "connecting" | "logged-on" | "logging-off" | "logged-off" | "disconnected";
  readonly plugged: boolean;
  readonly inbox: { readonly length: number };
}

type Shape = Readonly<Record<string, z.ZodType>>;
/** The values of companion keys; each may be left out. */
export type CompanionsOf<S> = { readonly [K in keyof S]?: S[K] extends z.ZodType ? z.output<S[K]> | undefined : never };
/** The values of companion keys as a scenario file has them. */
type CompanionsInFile<S> = keyof S extends never
  ? Readonly<Record<string, never>>
  : { readonly [K in keyof S]?: S[K] extends z.ZodType ? z.input<S[K]> : never };

/** A button on a machine's card in the studio. */
export interface StepButton<Companions extends Shape = Shape> {
  /** Buttons with the same id share one place on the card. The first one whose `isShown` returns true is displayed. */
  readonly id: string;
  readonly label: string;
  /** The tooltip. */
  readonly hint: string;
  /** Values of the step's companion keys, as a scenario file has them: a length of time is a text. */
  readonly companions?: CompanionsInFile<Companions>;
  /** Whether the button may be displayed in the machine's present state (see `id`). Default: always. */
  readonly isShown?: (machine: ButtonState) => boolean;
  readonly isEnabled: (machine: ButtonState) => boolean;
}

/** The studio's buttons for a step, or in `none` the reason why there is no button. A button takes its step at one machine, so the value must be a list of names. */
type StepButtons<Schema extends z.ZodType, Companions extends Shape> =
  | (string[] extends z.output<Schema> ? readonly StepButton<Companions>[] : never)
  | { readonly none: string };

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
  /** The value of the key. It has no default, because only the key says that a step is of this kind. */
  readonly schema: Schema;
  /** Further keys that go with this step only. None has a default: every other step would have it too. */
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
  readonly buttons: StepButtons<NoInfer<Schema>, NoInfer<Companions>>;
}

type Optional = "exampleNeeds" | "companions" | "onServer" | "onFleet" | "byProgram" | "staggers" | "ownTime" | "check" | "detail";

/**
 * Declares a step. Default: no companion keys, client machines only, fleets too, `stagger` allowed, no further check, no detail. Throws a RangeError
 * that says what to do if the declaration has a fault that the types do not show (`checkStep`).
 */
export function defineStep<const Name extends string, Schema extends z.ZodType, Companions extends Shape = Record<never, never>>(
  definition: Omit<StepDefinition<Name, Schema, Companions>, Optional> & Partial<Pick<StepDefinition<Name, Schema, Companions>, Optional>>,
): StepDefinition<Name, Schema, Companions> {
  const { companions = {} as Companions, check = () => [], detail = () => "" } = definition;
  const declared: StepDefinition<Name, Schema, Companions> = {
    exampleNeeds: {},
    onServer: false,
    onFleet: true,
    byProgram: false,
    staggers: true,
    ownTime: false,
    ...definition,
    companions,
    check,
    detail,
  };
  checkStep(declared);
  const { name, machines, run } = declared;
  const named = <T>(part: keyof StepDefinition, call: () => T): T => callNamed("step", name, `\`${part}\``, call);
  const texts = (part: "machines" | "check", call: () => readonly string[]) => checkTexts(name, part, named(part, call));
  return {
    ...declared,
    machines: (value) => texts("machines", () => machines(value)),
    check: (value, file, names) => texts("check", () => check(value, file, names)),
    detail: (value, companions) => named("detail", () => detail(value, companions)),
    run: (target, value, companions) => named("run", () => run(target, value, companions)),
  };
}

/** Returns the list that a function of a step returned. Throws a TypeError if it is no list of texts. */
function checkTexts(step: string, part: string, list: readonly string[]): readonly string[] {
  if (Array.isArray(list) && list.every((text) => typeof text === "string")) return list;
  const found = Array.isArray(list) ? `a list with ${shown(list.find((text) => typeof text !== "string"))}` : shown(list);
  throw new TypeError(`step "${step}": its \`${part}\` returned ${found} in place of a list of texts`);
}

/** Throws a RangeError if a step is declared in a way that breaks scenario files or buttons. */
export function checkStep(step: StepDefinition): void {
  const fault = shapeFault(step) ?? nameFault(step) ?? defaultFault(step) ?? buttonFault(step);
  if (fault !== null) throw new RangeError(`step ${shown(step?.name)}: ${fault}`);
}

const TEXTS = ["about", "text", "example"] as const;
const FLAGS = ["onServer", "byProgram", "onFleet", "staggers", "ownTime"] as const;
const FUNCTIONS = ["machines", "check", "detail", "run"] as const;

/** Error text for a field of another type than the declaration's; `null` if all have the right type. */
function shapeFault(step: StepDefinition): string | null {
  if (typeof step !== "object" || step === null) return `the list of steps has ${shown(step)} in place of a step`;
  const { name, schema, companions, buttons } = step;
  if (!isOneLine(name)) return "its `name` must be a text of one line";
  const text = TEXTS.find((key) => typeof step[key] !== "string");
  if (text !== undefined) return `its \`${text}\` must be a text`;
  const flag = FLAGS.find((key) => typeof step[key] !== "boolean");
  if (flag !== undefined) return `its \`${flag}\` must be true or false, not ${shown(step[flag])}`;
  const missing = FUNCTIONS.find((key) => typeof step[key] !== "function");
  if (missing !== undefined) return `its \`${missing}\` must be a function`;
  if (!isSchema(schema)) return "its `schema` must be a schema of Zod, such as `machineNames`";
  if (typeof companions !== "object" || companions === null) return "its `companions` must be an object with a schema of Zod for each key";
  const key = Object.keys(companions).find((each) => !isSchema(companions[each]));
  if (key !== undefined) return `its companion "${key}" must be a schema of Zod`;
  if (!Array.isArray(buttons) && typeof (buttons as { readonly none?: unknown } | undefined)?.none !== "string")
    return 'its `buttons` must be a list of buttons, or `{ none: "why there is none" }`';
  return exampleFault(step) ?? (Array.isArray(buttons) ? buttonShapeFault(buttons) : null);
}

function exampleFault({ exampleNeeds }: StepDefinition): string | null {
  const isTexts = (list: unknown) => list === undefined || (Array.isArray(list) && list.every((text) => typeof text === "string"));
  const isValid = typeof exampleNeeds === "object" && exampleNeeds !== null && isTexts(exampleNeeds.before) && isTexts(exampleNeeds.after);
  return isValid ? null : "its `exampleNeeds` must be an object with lists of steps as texts, in `before` and `after`";
}

function buttonShapeFault(buttons: readonly StepButton[]): string | null {
  for (const button of buttons) {
    if (typeof button !== "object" || button === null) return `its \`buttons\` have ${shown(button)} in place of a button`;
    const text = (["id", "label", "hint"] as const).find((key) => typeof button[key] !== "string");
    if (text !== undefined) return `the button ${shown(button.id)}: its \`${text}\` must be a text`;
    if (typeof button.isEnabled !== "function") return `the button "${button.id}": its \`isEnabled\` must be a function`;
    if (button.isShown !== undefined && typeof button.isShown !== "function")
      return `the button "${button.id}": its \`isShown\` must be a function`;
  }
  return null;
}

function isSchema(value: unknown): boolean {
  const schema = value as Partial<z.ZodType> | null | undefined;
  return typeof schema?.safeParse === "function" && typeof schema.optional === "function";
}

function nameFault({ name, companions }: StepDefinition): string | null {
  if (name === "__proto__") return "a key of this name sets an object's prototype; choose another name";
  // `run` destructures the companions: one that is missing would not be `undefined` if objects inherit a member of its name.
  const inherited = Object.keys(companions).find((key) => key in Object.prototype);
  return inherited === undefined ? null : `every object has a member "${inherited}"; choose another name for the companion`;
}

function defaultFault({ schema, companions }: StepDefinition): string | null {
  const hasDefault = (of: z.ZodType) => of.optional().safeParse(undefined).data !== undefined;
  if (hasDefault(schema)) return "its value has a default, so that every step of a file would be this one; remove the default";
  const key = Object.keys(companions).find((each) => hasDefault(companions[each]));
  if (key === undefined) return null;
  return `the companion "${key}" has a default, so that every step of a file would have it; remove it, and write \`{ ${key} = … }\` in \`run\``;
}

function buttonFault({ buttons, schema, companions }: StepDefinition): string | null {
  if ("none" in buttons) return null;
  const names = schema.safeParse(["client"]).data;
  if (buttons.length > 0 && !(Array.isArray(names) && names.length === 1 && names[0] === "client"))
    return "it has a button, so its value must be a list of machine names: use the schema `machineNames`";
  for (const button of buttons) {
    for (const [key, value] of Object.entries(button.companions ?? {})) {
      if (!Object.hasOwn(companions, key)) return `the button "${button.id}" has a companion "${key}", and the step has none`;
      const issue = companions[key].safeParse(value).error?.issues[0];
      if (issue) return `the button "${button.id}": "${[key, ...issue.path].map(String).join(".")}" ${issue.message}`;
    }
  }
  return null;
}
