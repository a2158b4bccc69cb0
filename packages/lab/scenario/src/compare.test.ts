import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeCapture } from "./capture-export.ts";
import { CLAIM_IDS, type ClaimId } from "./claim-texts.ts";
import { COMPANION_ID, COMPANION_TEXT, failuresOf } from "./companion.ts";
import { compareScenario, rowsOfRun } from "./compare.ts";
import type { Comparison } from "./comparison-types.ts";
import { recordingJson } from "./recording.ts";
import { indexed } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import type { Scenario } from "./scenario-file.ts";
import { DEFAULT_VARIANTS, GALLERY_NAMES, loadScenario } from "./testing/gallery.ts";
import { losesFrames } from "./wires.ts";

/** Claims that other scenarios of the gallery show. */
const ELSEWHERE: readonly ClaimId[] = ["not-recommended", "inbox-changes"];

const compare = (name: string, seed = "1") => compareScenario(loadScenario(name), { variants: DEFAULT_VARIANTS, seed });

describe.each(GALLERY_NAMES)("%s", (name) => {
  const { comparison, recordings } = compare(name);

  it("does what its file expects, on every platform", () => {
    expect(comparison.expectations.filter((e) => !e.met)).toEqual([]);
    expect(comparison.expectations.length).toBeGreaterThan(0);
    expect(comparison.claims.filter((c) => c.holds === false)).toEqual([]);
  });

  it("comes out the same with all machines on one segment", () => {
    expect(comparison.together.differences).toEqual([]);
  });

  it("accounts for every datagram and every error", () => {
    for (const row of comparison.platforms) {
      expect(row.datagramsOnWire).toBeLessThanOrEqual(row.datagramsSent);
      // An error that a lossy wire drops before it reaches the analyzed segment is not counted.
      if (losesFrames(loadScenario(name))) expect(row.icmpPortUnreachable).toBeLessThanOrEqual(row.datagramsToClosedPort);
      else expect(row.icmpPortUnreachable).toBe(row.datagramsToClosedPort);
      expect(row.datagramsUnanswered).toBeGreaterThanOrEqual(0);
    }
  });

  it("names frames that are in its captures", () => {
    for (const claim of comparison.claims) {
      for (const [variant, frames] of Object.entries(claim.evidence)) {
        const run = comparison.platforms.find((p) => p.variant === variant)?.platform ?? "";
        const count = recordings.get(run)?.frames.count ?? 0;
        for (const frame of frames) {
          expect(frame).toBeGreaterThan(0);
          expect(frame).toBeLessThanOrEqual(count);
        }
      }
    }
  });
});

describe("the article's scenario", () => {
  it("shows every claim on every platform, each with frames", () => {
    const { comparison } = compareScenario(loadScenario("kb-q159302"), { variants: DEFAULT_VARIANTS, seed: "1", withCompanion: true });
    expect(comparison.claims.map(({ id }) => id)).toEqual(CLAIM_IDS);
    for (const claim of comparison.claims.filter(({ id }) => !ELSEWHERE.includes(id))) {
      expect(claim.scenario).toBe(claim.id === "next-logon" ? COMPANION_ID : undefined);
      expect(claim.holds).toBe(true);
      expect(Object.keys(claim.evidence)).toEqual(DEFAULT_VARIANTS);
      for (const frames of Object.values(claim.evidence)) expect(frames.length).toBeGreaterThan(0);
    }
  });

  // Mail at 6 min and then each minute; the last segment of the session is the delayed acknowledgment of what was read at 62 s.
  it("pushes 116 times to a closed port, and probes two hours after the session's last segment", () => {
    const { comparison } = compare("kb-q159302");
    for (const row of comparison.platforms) {
      expect(row.icmpPortUnreachable).toBe(116);
      expect(row.sessionEndedAtUs).toBeGreaterThan(7_262_000_000);
      expect(row.sessionEndedAtUs).toBeLessThan(7_262_300_000);
    }
  });

  // RFC 792's 64 bits for the Microsoft stacks; Open Transport quotes up to 64 bytes, and the datagram has but 8 + 8.
  it("quotes 8 bytes, on the Macintosh the whole datagram", () => {
    const { platforms } = compare("kb-q159302").comparison;
    const quoted = Object.fromEntries(platforms.map(({ platform, icmpQuotedBytes }) => [platform, icmpQuotedBytes]));
    expect(quoted).toMatchObject({ "ms-dos": 8, "windows-3x": 8, "windows-nt": 8, "windows-9x": 8, macintosh: 16 });
  });

  it("holds for other seeds, with other bytes", () => {
    const captures = new Set<string>();
    for (const seed of ["2", "3", "a-seed"]) {
      const { comparison, recordings } = compare("kb-q159302", seed);
      expect(comparison.expectations.filter((e) => !e.met)).toEqual([]);
      expect(comparison.together.differences).toEqual([]);
      const recording = recordings.get("windows-nt");
      if (recording) captures.add(Buffer.from(encodeCapture(recording)).toString("base64"));
    }
    expect(captures.size).toBe(3);
  });

  it("takes another KeepAliveTime and another interval", () => {
    const scenario = loadScenario("kb-q159302");
    const { comparison } = compareScenario(scenario, {
      variants: ["nt-4.0"],
      seed: "1",
      keepAliveUs: 1_800_000_000,
      intervalUs: 30_000_000,
    });
    const [row] = comparison.platforms;
    // One error every 30 s, from the mail at 6 min to the session's end: the last segment at 62.2 s plus the KeepAliveTime of 30 min.
    expect(row.icmpPortUnreachable).toBe(51);
    expect(row.sessionEndedAtUs).toBeGreaterThan(1_862_000_000);
    expect(row.sessionEndedAtUs).toBeLessThan(1_862_300_000);
    expect(comparison.claims.filter((c) => c.holds !== true).map((c) => [c.id, c.holds])).toEqual([
      ["next-logon", null],
      ["not-recommended", null],
      ["inbox-changes", null],
    ]);
  });
});

describe("the companion", () => {
  it("is the gallery's scenario of that name", () => {
    expect(readFileSync(new URL(`../../../../scenarios/${COMPANION_ID}.yaml`, import.meta.url), "utf8")).toBe(COMPANION_TEXT);
  });

  it("runs where a scenario expects a claim that it cannot show, and its failures count", () => {
    const scenario = loadScenario("power-off");
    const asking: Scenario = { ...scenario, expect: { ...scenario.expect, claims: ["next-logon"] } };
    const { comparison, companion } = compareScenario(asking, { variants: ["nt-4.0"], seed: "1" });
    expect(comparison.expectations.every((e) => e.met)).toBe(true);
    expect([...companion.keys()]).toEqual(["windows-nt"]);
    const broken: Comparison = {
      ...comparison,
      scenario: COMPANION_ID,
      expectations: [{ met: false, text: "claim notify holds, but it does not" }],
    };
    expect(failuresOf(broken)).toEqual([{ met: false, text: "next-logon-beside-stale: claim notify holds, but it does not" }]);
  });
});

describe("the same scenario and seed", () => {
  it.each(GALLERY_NAMES)("%s: the same bytes, twice", (name) => {
    const once = compare(name);
    const again = compare(name);
    expect(JSON.stringify(again.comparison)).toBe(JSON.stringify(once.comparison));
    for (const [run, recording] of once.recordings) {
      const other = again.recordings.get(run);
      if (!other) throw new Error(`${run} is missing`);
      expect(encodeCapture(other)).toEqual(encodeCapture(recording));
      expect(recordingJson(other)).toBe(recordingJson(recording));
    }
  });
});

describe("a bad wire", () => {
  it("loses frames, never the count of them", () => {
    const scenario = loadScenario("kb-q159302");
    for (const seed of ["1", "2", "3"]) {
      const recording = runScenario(
        { ...scenario, network: { ...scenario.network, latency: 2_000, jitter: 1_500, loss: 0.05 } },
        { variants: DEFAULT_VARIANTS, seed },
      );
      for (const row of rowsOfRun(recording).rows) {
        expect(row.datagramsSent).toBeGreaterThan(100);
        // Each datagram on the wire is counted in exactly one of these rows, also if the datagram or its ICMP error is lost.
        expect(row.datagramsOnWire).toBe(
          row.datagramsUnanswered + row.datagramsToClosedPort + row.datagramsIntoNewSession + receivedBy(recording, row.platform),
        );
        expect(row.icmpPortUnreachable).toBe(row.datagramsToClosedPort);
      }
    }
  });
});

function receivedBy(recording: ReturnType<typeof runScenario>, machine: string): number {
  return recording.events.filter((e) => e.machine === machine && e.layer === "client" && e.event.type === "datagram-received").length;
}

it("indexes a recording once for all that is judged on it, and not at all where nothing is", () => {
  let reads = 0;
  const recording = runScenario(loadScenario("read-in-time"), { variants: ["nt-4.0"], seed: "1" });
  const counted = {
    ...recording,
    get events() {
      reads++;
      return recording.events;
    },
  };
  const run = indexed(counted);
  expect(reads).toBe(0);
  expect(run.index).toBe(run.index);
  expect(reads).toBe(1);
});
