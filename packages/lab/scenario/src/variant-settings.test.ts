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
    [{ personality: { systemServices: ["netbios", "ftp"] } }, "personality.systemServices takes endpoint-mapper, netbios"],
    [{ boot: { stack: { kind: "sometimes" } } }, 'boot.stack.kind "sometimes" is unknown; there are after-phase, on-demand'],
    [{ boot: { stack: { kind: "on-demand" } } }, "boot.stack of kind on-demand needs unloadAfterUs"],
    [
      { boot: { stack: { kind: "on-demand", unloadAfterUs: 1, phase: "finder" } } },
      "boot.stack.phase is unknown; there are kind, unloadAfterUs",
    ],
    [{ boot: { stack: { phase: "nowhere" } } }, 'boot.stack.phase "nowhere" is unknown; there are happy-mac, extensions, finder'],
    [{ goingDown: { reset: { connections: "loud" } } }, "goingDown.reset.connections takes silent, close, reset"],
    [{ personality: { ttlUdp: null } }, "personality.ttlUdp takes a number, not a null"],
    [{ personality: { dfTcp: "sometimes" } }, "personality.dfTcp takes never, except-reset, always"],
    [{ personality: { windowRule: { kind: "fixed", bytes: "many" } } }, "personality.windowRule.bytes takes a number, not a string"],
  ])("are refused where they mean nothing: %j", (settings, text) => {
    const { variant, texts } = apply("open-transport", settings);
    expect(texts).toEqual([text]);
    expect(variant).toBe(findVariant("open-transport"));
  });
});
