import { describe, expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import type { ClaimSummary, FleetRow, PlatformRow } from "./comparison-types.ts";
import { checkFleet, judgeExpectations } from "./expectations.ts";
import { parseScenario } from "./scenario-file.ts";

/** The default variant of each platform. */
const DEFAULT_VARIANTS = CATALOGUE.defaultVariants();

const FILE = `title: T
duration: 1m
clients:
  - { name: client, platform: each }
steps:
  - { at: 1s, logon: client }
expect:
  every: { icmpPortUnreachable: { min: 100 }, sessionEndCause: keepalive-reset }
  platforms:
    mactcp: { icmpPortUnreachable: 0 }
    windows-nt: { sessionEndCause: [reset, closed] }
`;

function row(variant: string, icmpPortUnreachable: number, sessionEndCause: PlatformRow["sessionEndCause"]): PlatformRow {
  return { platform: "", variant, icmpPortUnreachable, sessionEndCause } as PlatformRow;
}

function check(...rows: PlatformRow[]): string[] {
  const parsed = parseScenario("t", FILE);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return judgeExpectations(parsed.scenario, rows, []).results.map((result) => `${result.met ? "+" : "-"} ${result.text}`);
}

describe("expectations", () => {
  it("of a variant replace the ones for every platform, one by one", () => {
    expect(check(row("mactcp", 0, "keepalive-reset"), row("nt-4.0", 120, "closed"))).toEqual([
      "+ mactcp: icmpPortUnreachable is 0",
      "+ mactcp: sessionEndCause is keepalive-reset",
      "+ nt-4.0: icmpPortUnreachable is 100 or more",
      "+ nt-4.0: sessionEndCause is reset or closed",
    ]);
  });

  it("by a platform's name apply to its default variant only", () => {
    expect(check(row("nt-3.51", 120, "closed"))).toEqual([
      "+ nt-3.51: icmpPortUnreachable is 100 or more",
      "- nt-3.51: sessionEndCause is keepalive-reset, but it was closed",
    ]);
  });

  it("of numbers hold for the file's settings: with others, only claims that the run can show are checked", () => {
    const parsed = parseScenario("t", FILE.replace("expect:", "expect:\n  claims: [notify, stop-on-retrieve, next-logon]"));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const claim = (id: ClaimSummary["id"], holds: boolean | null) => ({ id, holds }) as ClaimSummary;
    const claims = [claim("notify", true), claim("stop-on-retrieve", null), claim("next-logon", false)];
    const all = DEFAULT_VARIANTS.map((variant) => row(variant, 100, "keepalive-reset"));
    const judge = (asWritten: boolean) => judgeExpectations(parsed.scenario, all, claims, asWritten);
    expect(
      judge(true)
        .results.slice(0, 3)
        .map(({ met }) => met),
    ).toEqual([true, false, false]);
    expect(judge(true).notJudged).toEqual([]);
    expect(judge(false).results.map(({ met }) => met)).toEqual([true, false]);
    expect(judge(false).notJudged).toEqual([
      "claim stop-on-retrieve holds: nothing in the run with these settings can show it",
      "expected numbers: KeepAliveTime or the notification interval is not that of the file",
    ]);
  });

  it("of some platform are refuted only by a run of all platforms", () => {
    const parsed = parseScenario(
      "t",
      FILE.replace(
        /expect:[\s\S]*/,
        "expect:\n  some: [{ sessionEndCause: reset }]\n  platforms: { macintosh: { icmpPortUnreachable: 1 } }\n",
      ),
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const judge = (cause: PlatformRow["sessionEndCause"], ...variants: string[]) =>
      judgeExpectations(
        parsed.scenario,
        variants.map((variant) => row(variant, 1, cause)),
        [],
      );
    expect(judge("reset", "nt-4.0").results).toEqual([{ met: true, text: "some platform: sessionEndCause is reset" }]);
    const others = CATALOGUE.platforms.map(({ id }) => id).filter((id) => id !== "windows-nt");
    expect(judge("closed", "nt-4.0")).toEqual({
      results: [],
      notJudged: [
        `expectations of macintosh: ${others.join(", ")} did not run`,
        `some platform: sessionEndCause is reset: ${others.join(", ")} did not run`,
      ],
    });
    const all = judge("closed", ...DEFAULT_VARIANTS);
    expect(all.results.at(-1)).toEqual({ met: false, text: "some platform: sessionEndCause is reset" });
    expect(all.notJudged).toEqual([]);
  });

  it("of a fleet apply to every machine, with the file's settings only", () => {
    const parsed = parseScenario("t", FILE.replace("expect:", "expect:\n  fleet: { icmpPortUnreachable: { max: 9 } }"));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const machines = [9, 10, 11].map((icmpPortUnreachable, i) => ({ name: `pc-${i + 1}`, icmpPortUnreachable }) as FleetRow);
    expect(checkFleet(parsed.scenario, machines)).toEqual([
      { met: false, text: "every machine of the fleet: icmpPortUnreachable is 9 or fewer, but of 2 it is not: pc-2 has 10" },
    ]);
    expect(checkFleet(parsed.scenario, machines.slice(0, 1))[0].met).toBe(true);
    expect(checkFleet(parsed.scenario, machines, false)).toEqual([]);
  });
});
