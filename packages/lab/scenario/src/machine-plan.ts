/** Plans the machines of a run: names, addresses, settings. The same machine has the same name, address and seed in every run. */

import { parseIpv4 } from "@pushback/bytes";
import type { MailHabits, PlatformVariant } from "@pushback/host";
import { FIRST_OTHER_HOST, fleetHost, macFor, networkOf, routerAddress } from "./addressing.ts";
import type { Catalogue } from "./catalogue.ts";
import { faultText } from "./fact-values.ts";
import type { RecordedMachine } from "./recorded-event.ts";
import { SERVER_SEGMENT } from "./scenario-base.ts";
import type { Scenario } from "./scenario-file.ts";
import { applySettings } from "./variant-settings.ts";

/** What the scenario determines about one machine, or about a second mail program on a machine, before the run begins. */
export interface MachinePlan {
  readonly recorded: RecordedMachine;
  readonly variant: PlatformVariant;
  /** The name in the scenario's file that steps use. */
  readonly scenarioName: string;
  /** The segment's name. */
  readonly segment: string;
  /** Name of the machine that this one accompanies (scenario key `beside`); `null` if the client has no such key. */
  readonly partner: string | null;
  /** An unused address of its segment. */
  readonly spareAddress: number;
  /** Mailbox that its mail client opens. A mailbox has the name of a machine. */
  readonly mailbox: string;
  /** True for a second mail program on the machine `recorded`; false for a machine. */
  readonly isProgram: boolean;
  /** Whether the mail client asks for every change of the Inbox. */
  readonly watchesInbox: boolean;
  /** Switched on when the run begins. */
  readonly startsOn: boolean;
  /** Microseconds after which the mail client logs on again when its connection was lost; `null`: it does not. */
  readonly reconnectUs: number | null;
}

/**
 * Host numbers on a segment: the server has .10, compared machines start at .101, machines beside them at .151, others at .201. Addresses that
 * a step may assign later (`address: { new: true }`) are below .101, in the same order.
 */
const SERVER_HOST = 10;
const FIRST_COMPARED_HOST = 101;
const FIRST_BESIDE_HOST = 151;
const SPARE_HOSTS = { server: 2, compared: 21, beside: 36, other: 84 } as const;
/** Host numbers reserved for each client with `beside`: at most one machine per variant. */
const BESIDE_STRIDE = 16;

/** The variant with a client's `set` applied. Throws a RangeError for an unknown name or a bad setting, which `parseScenario` has ruled out. */
function variantOf(catalogue: Catalogue, id: string, settings: Readonly<Record<string, unknown>>): PlatformVariant {
  const variant = catalogue.findVariant(id);
  if (!variant) throw new RangeError(`unknown platform ${id}`);
  const applied = applySettings(variant, settings);
  if (applied.faults.length > 0) throw new RangeError(`${id}: ${faultText(applied.faults[0])}`);
  return applied.variant;
}

/** Events that the mail client subscribes to: the scenario's `watches`, otherwise those of the platform's client. */
function watchedBy(client: Partial<Scenario["clients"][number]>, variant: PlatformVariant): MailHabits["watches"] {
  return client.watches ?? variant.mail.watches.value;
}

/** Picks variants by weight: each time the variant that is furthest behind its share, so that every prefix of a fleet has the mix of the whole. */
class Mix {
  readonly #parts: readonly { readonly variant: PlatformVariant; readonly share: number; placed: number }[];
  #placed = 0;

  constructor(catalogue: Catalogue, weights: Readonly<Record<string, number>>, settings: Readonly<Record<string, unknown>>) {
    const sum = Object.values(weights).reduce((a, b) => a + b, 0);
    this.#parts = Object.entries(weights).map(([id, weight]) => ({
      variant: variantOf(catalogue, id, settings),
      share: weight / sum,
      placed: 0,
    }));
  }

  next(): PlatformVariant {
    this.#placed++;
    const behind = (part: { readonly share: number; readonly placed: number }) => part.share * this.#placed - part.placed;
    const chosen = this.#parts.reduce((most, part) => (behind(part) > behind(most) ? part : most));
    chosen.placed++;
    return chosen.variant;
  }
}

/** All variants, each platform's default first, so that a new variant changes no other machine's address. */
function variantOrder({ platforms }: Catalogue): readonly string[] {
  return [...platforms.map((p) => p.variants[0].id), ...platforms.flatMap((p) => p.variants.slice(1).map((v) => v.id))];
}

class Planner {
  readonly #scenario: Scenario;
  readonly #order: readonly string[];
  readonly plans: MachinePlan[] = [];
  #others = 0;
  #besides = 0;
  /** Fleet machines so far, by segment. */
  readonly #fleets = new Map<string, number>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#order = variantOrder(scenario.catalogue);
  }

  add(
    name: string,
    hostName: string,
    hosts: { readonly own: number; readonly spare: number },
    variant: PlatformVariant,
    role: RecordedMachine["role"],
    client: Partial<Scenario["clients"][number]> & { readonly name: string },
    partner: string | null = null,
  ): void {
    const segment = client.segment ?? SERVER_SEGMENT;
    const planned = networkOf(this.#scenario, segment) + hosts.own;
    const mailbox = client.mailbox === undefined ? name : client.mailbox === client.beside ? (partner ?? name) : client.mailbox;
    const opens = mailbox === name ? {} : { mailbox };
    const address = client.address === undefined ? planned : (parseIpv4(client.address) ?? planned);
    const watchesInbox = watchedBy(client, variant) === "inbox";
    this.plans.push({
      recorded: {
        name,
        hostName,
        address,
        mac: macFor(planned),
        variant: variant.id,
        title: variant.title,
        role,
        ...opens,
        ...(watchesInbox && { watchesInbox: true }),
      },
      variant,
      scenarioName: client.name,
      segment,
      partner,
      spareAddress: networkOf(this.#scenario, segment) + hosts.spare,
      mailbox,
      isProgram: false,
      watchesInbox,
      startsOn: client.off !== true,
      reconnectUs: client.reconnect ?? null,
    });
  }

  /** `only`: machines that take part. The name and address of a machine do not depend on it. */
  addFleet(client: Scenario["clients"][number], count: number, only: ReadonlySet<string> | null): void {
    const { name, platform, segment } = client;
    const mix = new Mix(this.#scenario.catalogue, typeof platform === "string" ? { [platform]: 1 } : platform, client.set);
    const first = this.#fleets.get(segment) ?? 0;
    this.#fleets.set(segment, first + count);
    const network = networkOf(this.#scenario, segment);
    for (let i = 0; i < count; i++) {
      const variant = mix.next();
      const machine = `${name}-${i + 1}`;
      if (only !== null && !only.has(machine)) continue;
      const address = network + fleetHost(first + i);
      const hostName = `${client.hostName ?? name}-${i + 1}`.toUpperCase();
      this.plans.push({
        recorded: { name: machine, hostName, address, mac: macFor(address), variant: variant.id, title: variant.title, role: "fleet" },
        variant,
        scenarioName: name,
        segment,
        partner: null,
        spareAddress: network + SPARE_HOSTS.other,
        mailbox: machine,
        isProgram: false,
        watchesInbox: watchedBy(client, variant) === "inbox",
        startsOn: !client.off,
        reconnectUs: client.reconnect ?? null,
      });
    }
  }

  addClient(client: Scenario["clients"][number], variants: readonly string[]): void {
    const { catalogue } = this.#scenario;
    const { name, hostName } = client;
    const platform = client.platform as string;
    if (client.on !== undefined) {
      const machines = this.plans.filter(({ scenarioName, isProgram }) => scenarioName === client.on && !isProgram);
      for (const plan of machines) {
        const program = plan.recorded.name === client.on ? name : `${plan.recorded.name}.${name}`;
        const recorded = { ...plan.recorded, programs: [...(plan.recorded.programs ?? []), program] };
        this.plans[this.plans.indexOf(plan)] = { ...plan, recorded };
        this.plans.push({
          ...plan,
          recorded,
          scenarioName: name,
          mailbox: program,
          isProgram: true,
          watchesInbox: watchedBy(client, plan.variant) === "inbox",
          reconnectUs: client.reconnect ?? null,
        });
      }
    } else if (client.beside !== undefined) {
      const shift = this.#besides++ * BESIDE_STRIDE;
      for (const [i, partner] of this.plans.filter((plan) => plan.scenarioName === client.beside).entries()) {
        const id = platform === "same" ? partner.recorded.variant : platform;
        const order = shift + this.#order.indexOf(partner.recorded.variant);
        const hosts = { own: FIRST_BESIDE_HOST + order, spare: SPARE_HOSTS.beside + order };
        const label = `${partner.recorded.name}.${name}`;
        this.add(
          label,
          hostName ?? `${name}-${i + 1}`.toUpperCase(),
          hosts,
          variantOf(catalogue, id, client.set),
          "other",
          client,
          partner.recorded.name,
        );
      }
    } else if (platform === "each") {
      for (const id of variants) {
        const order = this.#order.indexOf(id);
        const hosts = { own: FIRST_COMPARED_HOST + order, spare: SPARE_HOSTS.compared + order };
        const run = catalogue.runName(id);
        this.add(run, hostName ?? run.toUpperCase(), hosts, variantOf(catalogue, id, client.set), "compared", client);
      }
    } else {
      const hosts = { own: FIRST_OTHER_HOST + this.#others, spare: SPARE_HOSTS.other + this.#others };
      this.#others++;
      this.add(name, hostName ?? name.toUpperCase(), hosts, variantOf(catalogue, platform, client.set), "other", client);
    }
  }
}

/**
 * Plans the machines: the server first, then the clients in the scenario's order. A client with `platform: each` becomes one machine per variant, and so
 * does a client `beside` it. `only`: names of the fleet machines that take part; `null` for all.
 */
export function planMachines(scenario: Scenario, variants: readonly string[], only: ReadonlySet<string> | null = null): MachinePlan[] {
  const planner = new Planner(scenario);
  planner.add(
    "server",
    "EXCHANGE",
    { own: SERVER_HOST, spare: SPARE_HOSTS.server },
    variantOf(scenario.catalogue, scenario.server.platform, {}),
    "server",
    {
      name: "server",
    },
  );
  for (const client of scenario.clients) {
    if (client.count === undefined) planner.addClient(client, variants);
    else planner.addFleet(client, client.count, only);
  }
  return planner.plans;
}

/** The router in a recording, by its address on the server's segment; `null` if there is none. */
export function planRouter(scenario: Scenario): RecordedMachine | null {
  const address = routerAddress(scenario, SERVER_SEGMENT);
  if (address === null) return null;
  return { name: "router", hostName: "ROUTER", address, mac: macFor(address), variant: "router", title: "Router", role: "router" };
}
