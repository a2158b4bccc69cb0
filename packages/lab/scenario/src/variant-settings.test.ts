import { describe, expect, it } from "vitest";
import { findVariant } from "./catalogue.ts";
import { applySettings } from "./variant-settings.ts";

function apply(id: string, settings: Record<string, unknown>) {
  const variant = findVariant(id);
  if (!variant) throw new Error(`no ${id}`);
  const applied = applySettings(variant, settings);
  return { ...applied, texts: applied.faults.map((fault) => `${fault.path.join(".")} ${fault.message}`) };
}

describe("settings of a variant", () => {
  it("may be of another kind: the box Load Only When Needed ticked (Apple TIL 30993)", () => {
    const { variant, texts } = apply("open-transport", { boot: { stack: { kind: "on-demand", unloadAfterUs: 120_000_000 } } });
    expect(texts).toEqual([]);
    expect(variant.boot.stack.value).toEqual({ kind: "on-demand", unloadAfterUs: 120_000_000 });
    expect(variant.boot.stack.confidence).toBe("assumption");
  });

  it("may be of another kind: MacTCP loaded at boot instead of on demand", () => {
    const { variant, texts } = apply("mactcp", { boot: { stack: { kind: "after-phase", phase: "extensions" } } });
    expect(texts).toEqual([]);
    expect(variant.boot.stack.value).toEqual({ kind: "after-phase", phase: "extensions" });
  });

  it("keep the kind where none is named", () => {
    expect(apply("nt-4.0", { personality: { windowRule: { targetBytes: 16384 } } }).variant.personality.windowRule.value).toEqual({
      kind: "segments",
      targetBytes: 16384,
      minSegments: 4,
    });
  });

  it("can make a warm boot silent, or let it close or reset connections", () => {
    for (const connections of ["silent", "close", "reset"] as const) {
      const { variant, texts } = apply("windows-95", { goingDown: { "warm-boot": { connections } } });
      expect(texts).toEqual([]);
      expect(variant.goingDown["warm-boot"].value.connections).toBe(connections);
    }
  });

  it.each([
    [{ personality: { systemServices: ["netbios", "ftp"] } }, 'personality.systemServices.1 takes endpoint-mapper, netbios, not "ftp"'],
    [{ boot: { stack: { kind: "sometimes" } } }, 'boot.stack.kind "sometimes" is unknown; there are after-phase, on-demand'],
    [{ boot: { stack: { kind: "on-demand" } } }, "boot.stack of kind on-demand needs unloadAfterUs"],
    [
      { boot: { stack: { kind: "on-demand", unloadAfterUs: 1, phase: "finder" } } },
      "boot.stack.phase is unknown; there are kind, unloadAfterUs",
    ],
    [{ boot: { stack: { phase: "nowhere" } } }, 'boot.stack.phase "nowhere" is unknown; there are happy-mac, extensions, finder'],
    [{ goingDown: { reset: { connections: "loud" } } }, 'goingDown.reset.connections takes silent, close, reset, not "loud"'],
    [{ personality: { ttlUdp: null } }, "personality.ttlUdp takes a number, not null"],
    [{ personality: { dfTcp: "sometimes" } }, 'personality.dfTcp takes never, except-reset, always, not "sometimes"'],
    [{ personality: { windowRule: { kind: "fixed", bytes: "many" } } }, 'personality.windowRule.bytes takes a number, not "many"'],
    [{ personality: { ttlIcmp: 300 } }, "personality.ttlIcmp takes a whole number from 1 to 255, not 300"],
    [{ personality: { udpPorts: { last: 65_536 } } }, "personality.udpPorts.last takes a whole number from 1 to 65535, not 65536"],
    [
      { personality: { udpPorts: { first: 6000 } } },
      "personality.udpPorts leaves no port: `first` and `takenAtBoot` are together above `last`, 5000",
    ],
    [
      { personality: { synOptions: ["mss", "mss", "mss", "mss", "mss", "mss", "mss", "mss", "mss", "window-scale-0", "nop", "nop"] } },
      "personality.synOptions takes options of 40 bytes at most, not 44",
    ],
    [{ personality: { maxDataRetries: 0.5 } }, "personality.maxDataRetries takes a whole number from 0 to 255, not 0.5"],
    [{ personality: { udpPorts: { takenAtBoot: 0.5 } } }, "personality.udpPorts.takenAtBoot takes a whole number from 0 to 65535, not 0.5"],
    [
      { personality: { isn: { kind: "random-increments", unitsPerSecond: 1, minIncrement: 2, maxIncrement: 1 } } },
      "personality.isn takes no `minIncrement` above `maxIncrement`, 1",
    ],
    [{ boot: { jitter: 1.5 } }, "boot.jitter takes a number from 0 to 1, not 1.5"],
    [{ personality: { dfTcp: { always: true } } }, "personality.dfTcp takes a string, not an object"],
    [{ personality: { timeWaitReset: "maybe" } }, 'personality.timeWaitReset takes ends, ignored, not "maybe"'],
    [
      { personality: { resets: { synToClosed: { seq: "none" } } } },
      'personality.resets.synToClosed.seq takes zero, segment-ack, not "none"',
    ],
    [{ personality: { retryScheduleUs: [1, "x"] } }, 'personality.retryScheduleUs.1 takes a number, not "x"'],
    [{ personality: { retryScheduleUs: [-5] } }, "personality.retryScheduleUs.0 takes a whole number from 0 to 31622400000000, not -5"],
    [{ personality: { retryScheduleUs: [1_000_000, null] } }, "personality.retryScheduleUs.1 takes a number, not null"],
    [{ personality: { abort: { text: "é" } } }, "personality.abort.text takes ASCII text of 536 characters at most"],
    [
      {
        boot: {
          phases: [
            { id: "a", title: "", durationUs: 1, screen: [] },
            { id: "a", title: "", durationUs: 1, screen: [] },
          ],
        },
      },
      'boot.phases has two phases "a"',
    ],
    [{ boot: { phases: [1] } }, "boot.phases.0 takes an object, not 1"],
    [{ boot: { phases: null } }, "boot.phases takes a list, not null"],
    [{ mail: { idlePollUs: 0 } }, "mail.idlePollUs takes a whole number from 1000000 to 31622400000000, not 0"],
    [{ mail: { clientVersion: [5, 0] } }, "mail.clientVersion takes 3 items, not 2"],
    [{ mail: { clientVersion: [5, 0, 65_536] } }, "mail.clientVersion.2 takes a whole number from 0 to 65535, not 65536"],
    [{ personality: { synAckOnRequest: [[]] } }, "personality.synAckOnRequest.0 takes a string, not a list"],
    [{ mail: { contextBytes: 17 } }, "mail.contextBytes takes a whole number from 0 to 16, not 17"],
    [{ mail: { hostNameLimit: "long" } }, 'mail.hostNameLimit takes a number, not "long"'],
  ])("are refused where they mean nothing: %j", (settings, text) => {
    const { variant, texts } = apply("open-transport", settings);
    expect(texts).toEqual([text]);
    expect(variant).toBe(findVariant("open-transport"));
  });

  it("may be left out of the variant's value", () => {
    expect(apply("windows-95", { personality: { resets: { synFinToListener: "bare-ack" } } }).texts).toEqual([]);
    expect(apply("windows-95", { personality: { resets: { synFinToListener: "always" } } }).texts).toEqual([
      'personality.resets.synFinToListener takes open, bare-ack, not "always"',
    ]);
    for (const key of ["toString", "__proto__"]) {
      const { texts } = apply("windows-95", JSON.parse(`{ "personality": { "keepAlive": { "${key}": 5 } } }`) as Record<string, unknown>);
      expect(texts).toEqual([`personality.keepAlive.${key} is unknown; there are idleUs, intervalUs, probes`]);
    }
  });

  it("are checked where the variant has null", () => {
    const { variant, texts } = apply("mactcp", { personality: { pathMtuDiscovery: { raise: 5 } } });
    expect(variant.personality.pathMtuDiscovery.value).toBeNull();
    expect(texts).toEqual(["personality.pathMtuDiscovery lacks `raiseAfterUs`"]);
    const both = { raiseAfterUs: 600_000_000, raise: 5 };
    expect(apply("mactcp", { personality: { pathMtuDiscovery: both } }).texts).toEqual([
      "personality.pathMtuDiscovery.raise is unknown; there are raiseAfterUs",
    ]);
    expect(apply("mactcp", { personality: { pathMtuDiscovery: { raiseAfterUs: 600_000_000 } } }).texts).toEqual([]);
  });
});
