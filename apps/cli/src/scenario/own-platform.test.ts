/** A custom platform, the sixth, from outside the packages: a record, and one line of registration, with the public API alone. */

import { assumed, type Personality, type Platform, rfcBaseline } from "@pushback/host";
import { compareScenario, createCatalogue, PLATFORMS, parseScenario, reportHtml } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { loadScenario } from "../shared/gallery.ts";
import { comparisonTable } from "./comparison-table.ts";

const [model] = PLATFORMS[PLATFORMS.length - 1].variants;
/** A copy of a built-in platform whose ICMP errors quote another number of bytes. */
const warp: Platform = {
  id: "os-2",
  title: "OS/2 Warp",
  summary: "An example",
  variants: [
    {
      ...model,
      id: "warp-3",
      platform: "os-2",
      title: "OS/2 Warp 3",
      personality: { ...model.personality, icmpQuoteBytes: { ...model.personality.icmpQuoteBytes, value: 12 } },
    },
  ],
};

const catalogue = createCatalogue({ platforms: [...PLATFORMS, warp] });

describe("a custom platform", () => {
  const { title, about } = loadScenario("kb-q159302");
  const text = `title: ${title}
about: ${JSON.stringify(about)}
duration: 30m
clients:
  - { name: client, platform: each }
steps:
  - { at: 1m, logon: client }
  - { at: 5m, reboot: client }
  - { at: 6m, deliver: { to: client } }
expect:
  every: { icmpPortUnreachable: { min: 10 } }
  platforms: { warp-3: { sessionEndCause: open } }
`;

  it("is compared with the built-in ones, with its own address and name", () => {
    const parsed = parseScenario("own", text, catalogue);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const { comparison, recordings, together } = compareScenario(parsed.scenario, { variants: catalogue.defaultVariants(), seed: "1" });
    expect(comparison.platforms.map(({ platform }) => platform)).toEqual([...PLATFORMS.map(({ id }) => id), "os-2"]);
    expect(comparison.platforms.at(-1)).toMatchObject({ variant: "warp-3", icmpQuotedBytes: 12 });
    expect(comparison.expectations.filter(({ met }) => !met)).toEqual([]);
    expect(comparison.together.differences).toEqual([]);
    expect(new Set(together.machines.map(({ address }) => address)).size).toBe(together.machines.length);
    expect(comparisonTable(comparison, catalogue)).toContain("OS/2 Warp");
    expect(reportHtml(parsed.scenario, comparison, recordings)).toContain("OS/2 Warp 3");
  });

  it("can make up a fleet, and is unknown to other catalogues", () => {
    const fleet = text.replace("platform: each", "platform: { os-2: 1, nt-4.0: 1 }, count: 4").split("expect:")[0];
    const parsed = parseScenario("own", fleet, catalogue);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const summary = compareScenario(parsed.scenario, { variants: [], seed: "1" }).comparison.fleet;
    expect(summary?.variants.map(({ platform, variant, machines }) => [platform, variant, machines])).toEqual([
      ["os-2", "warp-3", 2],
      ["windows-nt", "nt-4.0", 2],
    ]);
    const unknown = parseScenario("own", fleet);
    expect(unknown.ok ? [] : unknown.faults.map(({ message }) => message)).toEqual([expect.stringMatching(/^unknown platform "os-2"/)]);
  });

  it("may not have the name of another platform", () => {
    expect(() => createCatalogue({ platforms: [...PLATFORMS, { ...warp, id: PLATFORMS[0].id }] })).toThrow(
      /two platforms or variants called/,
    );
  });

  const [variant] = warp.variants;
  /** The platform with another variant. */
  const withVariant = (fields: object) => ({ ...warp, variants: [{ ...variant, ...fields }] }) as unknown as Platform;
  /** The platform with another value of a fact. */
  const withFact = (name: keyof Personality, fact: unknown) => withVariant({ personality: { ...variant.personality, [name]: fact } });
  const { ttlTcp: _, ...withoutTtl } = variant.personality;
  const keepAlive = variant.personality.keepAlive.value;

  it.each<[string, unknown, RegExp]>([
    [
      "a name of something else",
      { ...warp, id: "server", variants: [{ ...variant, platform: "server" }] },
      /^platform "server": the name means something else/,
    ],
    ["a name that is no file's", { ...warp, id: "../warp" }, /^platform "\.\.\/warp": a name has small letters/],
    ["no name", { ...warp, id: undefined }, /^platform "undefined": a name has small letters/],
    ["no title", { ...warp, title: undefined }, /^platform os-2: its `title` must be a text/],
    ["no variant", { ...warp, variants: [] }, /^platform os-2: needs at least one variant/],
    ["no variants", { ...warp, variants: undefined }, /^platform os-2: needs at least one variant/],
    ["null for a variant", { ...warp, variants: [null] }, /^platform os-2: null is no variant/],
    ["null for a platform", null, /^the list of platforms has null in place of a platform/],
    ["a variant of another platform", withVariant({ platform: "windows-nt" }), /^variant warp-3: its `platform` is "windows-nt"/],
    [
      "a time that is no number",
      withFact("rtoInitialUs", assumed(Number.NaN, "")),
      /^variant warp-3: personality\.rtoInitialUs takes a whole number from 0 to 31622400000000, not NaN$/,
    ],
    ["no personality", withVariant({ personality: undefined }), /^variant warp-3: it lacks its facts of `personality`/],
    ["no facts about mail", withVariant({ mail: undefined }), /^variant warp-3: it lacks its facts of `mail`/],
    [
      "a fact that is missing",
      withVariant({ personality: withoutTtl }),
      /^variant warp-3: personality\.ttlTcp is missing: write `known\(…\)`, or/,
    ],
    [
      "a bare value",
      withFact("icmpQuoteBytes", 64),
      /^variant warp-3: personality\.icmpQuoteBytes is 64 and no fact: write `known\(…\)`, or/,
    ],
    [
      "text for a number",
      withFact("icmpQuoteBytes", assumed("8", "")),
      /^variant warp-3: personality\.icmpQuoteBytes takes a number, not "8"$/,
    ],
    ["a negative number", withFact("icmpQuoteBytes", assumed(-1, "")), /icmpQuoteBytes takes a whole number from 0 to 65535, not -1$/],
    ["a number above its field", withFact("ttlIcmp", assumed(300, "")), /ttlIcmp takes a whole number from 1 to 255, not 300$/],
    ["a negative time", withFact("arpRetryUs", assumed(-1, "")), /arpRetryUs takes a whole number from 0 to 31622400000000, not -1$/],
    ["null where a value is needed", withFact("nagle", assumed(null, "")), /nagle takes a boolean, not null$/],
    ["an unknown choice", withFact("dfTcp", assumed("often", "")), /dfTcp takes never, except-reset, always, not "often"$/],
    ["an unknown kind", withFact("isn", assumed({ kind: "dice" }, "")), /isn\.kind takes clock, steps, random-increments, not "dice"$/],
    ["a kind without its values", withFact("isn", assumed({ kind: "clock" }, "")), /isn lacks `unitsPerSecond`$/],
    [
      "text inside a record",
      withFact("keepAlive", assumed({ ...keepAlive, idleUs: "2h" }, "")),
      /keepAlive\.idleUs takes a number, not "2h"$/,
    ],
    ["a record that lacks a value", withFact("tcpPorts", assumed({ first: 1024 }, "")), /tcpPorts lacks `last`$/],
    ["text in a list", withFact("retryScheduleUs", assumed([1, "2"], "")), /retryScheduleUs\.1 takes a number, not "2"$/],
    [
      "a stack that comes up after no phase",
      withVariant({ boot: { ...variant.boot, stack: assumed({ kind: "after-phase", phase: "tea" }, "") } }),
      /^variant warp-3: boot\.stack\.phase "tea" is unknown; there are /,
    ],
    ["no word about a registry", withVariant({ tcpRegistry: undefined }), /^variant warp-3: tcpRegistry is missing/],
    [
      "an unknown skin",
      withVariant({ appearance: { skin: "os2", mailTitle: "Mail" } }),
      /^variant warp-3: there is no skin "os2"; there are /,
    ],
    ["no appearance", withVariant({ appearance: undefined }), /^variant warp-3, appearance: its `mailTitle` must be a text/],
  ])("is refused with %s", (_what, platform, message) => {
    expect(() => createCatalogue({ platforms: [...PLATFORMS, platform as Platform] })).toThrow(message);
    expect(() => createCatalogue({ platforms: [...PLATFORMS, platform as Platform] })).toThrow(RangeError);
  });

  it("may have the facts of any built-in variant, and of the baseline", () => {
    const models = PLATFORMS.flatMap(({ variants }) => variants);
    const baseline = { ...variant, personality: rfcBaseline };
    for (const one of [...models, baseline]) {
      const copy = { ...one, id: "warp-4", platform: "os-2" };
      expect(createCatalogue({ platforms: [...PLATFORMS, { ...warp, variants: [copy] }] }).findVariant("os-2"), one.id).toBe(copy);
    }
    const resets = { ...variant.personality.resets.value, synFinToListener: "open", otherToListener: null };
    for (const [name, value] of Object.entries({ resets, isn: { kind: "clock", unitsPerSecond: 1, tickUs: 5 }, synWindow: 8760 }))
      createCatalogue({ platforms: [...PLATFORMS, withFact(name as keyof Personality, assumed(value, "an example"))] });
  });
});
