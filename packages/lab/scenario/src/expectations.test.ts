import { describe, expect, it } from "vitest";
import type { PlatformRow } from "./comparison-types.ts";
import { checkExpectations } from "./expectations.ts";
import { parseScenario } from "./scenario-file.ts";

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
  return checkExpectations(parsed.scenario, rows, []).map((result) => `${result.met ? "+" : "-"} ${result.text}`);
}

describe("expectations", () => {
  it("of a variant replace those of every platform, field by field", () => {
    expect(check(row("mactcp", 0, "keepalive-reset"), row("nt-4.0", 120, "closed"))).toEqual([
      "+ mactcp: icmpPortUnreachable is 0",
      "+ mactcp: sessionEndCause is keepalive-reset",
      "+ nt-4.0: icmpPortUnreachable is 100 or more",
      "+ nt-4.0: sessionEndCause is reset or closed",
    ]);
  });

  it("of a platform's name are its default variant's alone", () => {
    expect(check(row("nt-3.51", 120, "closed"))).toEqual([
      "+ nt-3.51: icmpPortUnreachable is 100 or more",
      "- nt-3.51: sessionEndCause is keepalive-reset, but it was closed",
    ]);
  });
});
