/** The suite against our own server, which must pass, and against broken ones, which must not: on emulated machines, in virtual time. */

import { type Host, rfcBaseline, valuesOf } from "@pushback/host";
import { findVariant, PLATFORMS } from "@pushback/scenario";
import { createMailServer } from "@pushback/server";
import { Segment, Simulation } from "@pushback/sim";
import { createAlwaysOnMachine } from "@pushback/stack";
import { putMac } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { type CaseResult, type ConformSettings, caseIds, runConformance } from "./index.ts";
import * as broken from "./testing/broken-hosts.ts";
import { WRONG_ANSWERS, withAnswers } from "./testing/wrong-answers.ts";

const PLATFORM_IDS = PLATFORMS.map(({ id }) => id);
const INTERVAL_MS = 60_000;
const ENDPOINT_MAPPER_PORT = 135;

/** Machines on one segment, all switched on. */
class Office {
  readonly simulation = new Simulation({ seed: "conform", epochMs: Date.UTC(1996, 11, 2, 9) });
  readonly #segment = new Segment(this.simulation, this.simulation.random.fork("segment"), { latencyUs: 100, jitterUs: 0, loss: 0 });
  #machines = 0;

  start(name: string): Host {
    const number = ++this.#machines;
    const mac = new Uint8Array(6);
    putMac(mac, 0, 0x0200_0000_0000 + number);
    const machine = createAlwaysOnMachine({
      name,
      address: 0x0a000000 + number,
      netmask: 0xffffff00,
      gateway: null,
      personality: valuesOf(rfcBaseline),
      card: this.#segment.connect(name, mac),
      scheduler: this.simulation,
      random: this.simulation.random.fork(name),
      onEvent: () => {},
    });
    machine.powerOn();
    const host = machine.host();
    if (!host) throw new Error(`${name} is not ready`);
    return host;
  }

  /** Advances virtual time until `outcome` settles. Promise callbacks run between two events. */
  async runUntil<T>(outcome: Promise<T>): Promise<T> {
    let isThere = false;
    const settled = outcome.finally(() => {
      isThere = true;
    });
    for (;;) {
      await new Promise((done) => setImmediate(done));
      if (isThere) return settled;
      if (!this.simulation.step()) throw new Error("nothing happens any more, and the suite has not ended");
    }
  }
}

interface Faults {
  /** Distorts what the server does. */
  readonly spoil?: (host: Host) => Host;
  readonly only?: readonly string[];
  /** Default: 1000. */
  readonly firstWithinMs?: number;
}

async function conform(platform: string, { spoil = (host) => host, only, firstWithinMs = 1000 }: Faults = {}): Promise<CaseResult[]> {
  const office = new Office();
  const exchange = office.start("EXCHANGE");
  const host = office.start("SUITE");
  const core = createMailServer(spoil(exchange), { directoryPort: 0, notificationIntervalUs: INTERVAL_MS * 1000 });
  const variant = findVariant(platform);
  if (!variant) throw new Error(`no platform ${platform}`);
  const settings: ConformSettings = {
    target: {
      host,
      address: exchange.address,
      port: null,
      epmPort: ENDPOINT_MAPPER_PORT,
      userDn: core.addMailbox({ alias: "ada" }) ?? "",
      habits: valuesOf(variant.mail),
      createAuthenticator: () => null,
    },
    intervalMs: INTERVAL_MS,
    firstWithinMs,
    staleDatagrams: 6,
    ...(only && { only }),
    async deliver() {
      core.deliver("ada", { subject: "Lunch", body: "", from: "Grace" });
    },
  };
  const results = await office.runUntil(runConformance(settings));
  // The suite leaves the mailbox as it was.
  if (results.at(-1)?.outcome === "passed") expect(core.mailboxes()).toMatchObject([{ alias: "ada", messages: 0 }]);
  return results;
}

const failed = (results: readonly CaseResult[]) => results.filter((r) => r.outcome === "failed").map((r) => `${r.id}: ${r.why}`);

describe("our own server", () => {
  it.each(PLATFORM_IDS)("passes with the client of %s", async (platform) => {
    const results = await conform(platform);
    expect(failed(results)).toEqual([]);
    // That case is skipped because this run does not tell the suite when the server's keep-alive ends a connection.
    expect(results.filter((r) => r.outcome !== "passed").map((r) => r.id)).toEqual(["ends-with-keep-alive"]);
  });
});

describe("a server on a busy machine", () => {
  const lateWith = (only: string, ...numbers: number[]) =>
    conform("windows-nt", {
      spoil: (host) => broken.late(host, INTERVAL_MS * 500, ...numbers),
      only: [only],
      firstWithinMs: INTERVAL_MS,
    });

  it.each([1, 2, 3, 6])("may be late with datagram %i of a series", async (number) => {
    expect(failed(await lateWith("endures", number))).toEqual([]);
  });

  it.each([
    ["interval", "two beside each other", [2, 3], "after 90.000 s, not 60 s"],
    ["interval", "the first and the third", [1, 3], "after 90.000 s, not 60 s"],
    ["endures", "two of a series", [3, 5], "datagram 5 came after 90.000 s, not 60 s"],
  ])("fails %s if it is late with %s", async (id, _which, numbers, why) => {
    expect(failed(await lateWith(id, ...numbers))).toEqual([`${id}: ${why}`]);
  });
});

describe("a server with one fault", () => {
  it.each<[string, (host: Host) => Host, string[]]>([
    ["another context", broken.wrongContext, ["datagram-content"]],
    ["twice the interval", broken.wrongInterval, ["interval"]],
    ["an end that comes too early", broken.stopsTooEarly, ["continues", "endures", "icmp-ignored"]],
    ["no end", (host) => broken.neverStops(host, INTERVAL_MS * 1000), ["stops", "ends-with-session", "ends-with-disconnect"]],
    ["an end when an ICMP error arrives", broken.stopsOnIcmp, ["icmp-ignored"]],
    ["an end after five datagrams of a session", (host) => broken.stopsAfter(host, 5), ["endures"]],
    ["another error code", (host) => broken.wrongErrorCode(host, 28, 0x80040305, 0x80070057), ["context-too-big"]],
  ])("%s is found by the case that is meant for it", async (_fault, spoil, ids) => {
    const results = await conform("windows-nt", { spoil });
    expect(results.filter((r) => r.outcome === "failed").map((r) => r.id)).toEqual(ids);
  });

  it.each(Object.entries(WRONG_ANSWERS))("a wrong answer is found by %s", async (id, spoil) => {
    const results = await conform("windows-nt", {
      spoil: (host) => withAnswers(host, spoil),
      only: ["directory", "referral", "rop"],
    });
    expect(results.filter((r) => r.outcome === "failed").map((r) => r.id)).toEqual([id]);
  });

  it("has a wrong answer for each case of the directory and of ROPs", () => {
    const wanted = caseIds(["directory", "referral", "rop"])?.filter((id) => id !== "endpoint" && id !== "logon");
    expect(Object.keys(WRONG_ANSWERS)).toEqual(wanted);
  });
});
