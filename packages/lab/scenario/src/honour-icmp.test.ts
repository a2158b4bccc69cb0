import { describe, expect, it } from "vitest";
import { rowsOfRun } from "./compare.ts";
import { runScenario } from "./run.ts";
import { DEFAULT_VARIANTS, loadScenario } from "./testing/gallery.ts";

const article = loadScenario("kb-q159302");
const options = { variants: DEFAULT_VARIANTS, seed: "1" };
const withIcmp = (honourIcmp: boolean) => runScenario({ ...article, server: { ...article.server, honourIcmp } }, options);

describe("a server that honours ICMP", () => {
  it("hears one error of each stale client, withdraws that registration, and is silent", () => {
    const recording = withIcmp(true);
    for (const row of rowsOfRun(recording).rows) {
      expect(row.icmpPortUnreachable).toBe(1);
      expect(row.datagramsToClosedPort).toBe(1);
    }
    const withdrawn = [...recording.events].filter((e) => e.layer === "server" && e.event.type === "registration-withdrawn");
    expect(withdrawn).toHaveLength(DEFAULT_VARIANTS.length);
  });

  it("is not the default: without `honourIcmp` the server pushes on", () => {
    const recording = runScenario(article, options);
    for (const row of rowsOfRun(recording).rows) expect(row.icmpPortUnreachable).toBe(116);
    expect([...recording.events].some((e) => e.layer === "server" && e.event.type === "registration-withdrawn")).toBe(false);
  });

  it("puts the same bytes on the wire until a minute after the first error", () => {
    const [without, withIt] = [withIcmp(false), withIcmp(true)];
    const error = [...withIt.events].find((e) => e.layer === "server" && e.event.type === "registration-withdrawn");
    const untilUs = (error?.atUs ?? 0) + 59_000_000;
    const sent = ({ frames }: typeof without) =>
      Array.from({ length: frames.count }, (_, i) => i + 1)
        .filter((n) => frames.timeOf(n) < untilUs)
        .map((n) => Buffer.from(frames.bytesOf(n).subarray(frames.offsetOf(n), frames.offsetOf(n) + frames.lengthOf(n))).toString("hex"));
    expect(sent(withIt).length).toBeGreaterThan(100);
    expect(sent(withIt)).toEqual(sent(without));
  });
});
