import { describe, expect, it } from "vitest";
import type { ClaimId } from "./claim-texts.ts";
import { compareScenario, rowsOfRun } from "./compare.ts";
import { runScenario } from "./run.ts";
import type { Scenario } from "./scenario-file.ts";
import { seamsOf } from "./testing/fault-seams.ts";
import { loadScenario } from "./testing/gallery.ts";

const article = loadScenario("kb-q159302");
const short = loadScenario("keepalive-5-minutes");
const options = { variants: ["nt-4.0", "windows-95"], seed: "1" };

function claimOf(scenario: Scenario, id: ClaimId, more = {}) {
  const claim = compareScenario(scenario, { ...options, ...more }).comparison.claims.find((c) => c.id === id);
  return { holds: claim?.holds, finding: claim?.findings["nt-4.0"] ?? "" };
}

describe("considered-normal", () => {
  it("holds where the errors change no other frame and no event", () => {
    const { holds, finding } = claimOf(article, "considered-normal");
    expect(holds).toBe(true);
    expect(finding).toMatch(/^\d{3,} frames and all events are the same in a run whose server gets none of the 232 errors$/);
  });

  it("is refuted where the server heeds an error, with the time of the first difference", () => {
    const { holds, finding } = claimOf({ ...article, server: { ...article.server, honourIcmp: true } }, "considered-normal");
    expect(holds).toBe(false);
    expect(finding).toMatch(/another one: at 7m frame \d+ is another one$/);
  });

  it("is not judged if no error comes, or if a fleet would have to run twice", () => {
    expect(claimOf(loadScenario("orderly-logoff"), "considered-normal")).toEqual({
      holds: null,
      finding: "the server got no error in this run",
    });
    const fleet = { ...article, clients: [...article.clients, { ...article.clients[0], name: "all", platform: "nt-4.0", count: 2 }] };
    expect(claimOf(fleet, "considered-normal")).toEqual({ holds: null, finding: "runs with fleets are not made twice" });
  });
});

describe("not-recommended", () => {
  it("counts the probes and the ended sessions that two hours would not have cost", () => {
    const { holds, finding } = claimOf(short, "not-recommended");
    expect(holds).toBe(true);
    expect(finding).toMatch(/^\d{2} probes of idle sessions with 5m, \d with 2h; sessions that probes ended: 1 with 5m, 0 with 2h$/);
  });

  it("is refuted where the setting has no effect, because the server ignores it", () => {
    const keepAlive = () => ({ idleUs: 300_000_000, intervalUs: 1_000_000, probes: 5 });
    expect(claimOf(short, "not-recommended", { seams: seamsOf({ server: { keepAlive } }) }).holds).toBe(false);
  });

  it("is not judged for a setting that is no shorter than the default, or with which no session was idle", () => {
    expect(claimOf(article, "not-recommended").finding).toBe("KeepAliveTime is 2h here, not less than the default");
    expect(claimOf({ ...short, duration: 200_000_000 }, "not-recommended").finding).toBe(
      "no session of a machine that is up was idle for 5m",
    );
  });
});

it("a single run leaves both claims to the comparison, and is no failure for it", () => {
  const { claims, expectations, notJudged } = rowsOfRun(runScenario(short, options));
  expect(claims.filter(({ id }) => id === "considered-normal" || id === "not-recommended").map(({ holds }) => holds)).toEqual([null, null]);
  expect(expectations.filter(({ met }) => !met)).toEqual([]);
  expect(notJudged.filter((text) => text.startsWith("claim "))).toHaveLength(2);
});
