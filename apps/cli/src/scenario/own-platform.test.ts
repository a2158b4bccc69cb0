/** A custom platform, the sixth, from outside the packages: a record, and one line of registration, with the public API alone. */

import type { Platform } from "@pushback/host";
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
  it.each<[string, Partial<Platform>, RegExp]>([
    [
      "a name of something else",
      { id: "server", variants: [{ ...variant, platform: "server" }] },
      /platform "server": the name means something else/,
    ],
    [
      "a name that is no file's",
      { id: "../warp", variants: [{ ...variant, platform: "../warp" }] },
      /platform "\.\.\/warp": a name has small letters/,
    ],
    ["no variant", { variants: [] as unknown as Platform["variants"] }, /platform os-2: needs at least one variant/],
    [
      "a variant of another platform",
      { variants: [{ ...variant, platform: "windows-nt" }] },
      /variant warp-3: its `platform` is "windows-nt"/,
    ],
    [
      "a time that is no number",
      {
        variants: [
          { ...variant, personality: { ...variant.personality, rtoInitialUs: { ...variant.personality.rtoInitialUs, value: Number.NaN } } },
        ],
      },
      /variant warp-3: personality\.rtoInitialUs has a number that is not finite/,
    ],
  ])("is refused with %s", (_what, wrong, message) => {
    expect(() => createCatalogue({ platforms: [...PLATFORMS, { ...warp, ...wrong }] })).toThrow(message);
  });
});
