import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compareScenario, encodeCapture, openScenario, parseScenario, reportHtml, runReportHtml } from "./index.ts";

function article() {
  const parsed = parseScenario("kb-q159302", readFileSync(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

const links = (html: string) =>
  [...html.matchAll(/<a download="([^"]+)" href="data:application\/octet-stream;base64,([^"]+)">/g)].map(
    ([, name, data]) => [name, Buffer.from(data, "base64")] as const,
  );

it("carries every run's capture, byte for byte, and asks for nothing else", () => {
  const scenario = article();
  const { comparison, recordings } = compareScenario(scenario, { variants: ["network-client-3.0", "mactcp"], seed: "1" });
  const html = reportHtml(scenario, comparison, recordings);
  expect(links(html).map(([name]) => name)).toEqual(["ms-dos.pcapng", "mactcp.pcapng"]);
  for (const [name, bytes] of links(html)) {
    const recording = recordings.get(name.replace(".pcapng", ""));
    expect(recording && Buffer.from(encodeCapture(recording)).equals(bytes)).toBe(true);
  }
  expect(html).not.toMatch(/(src|href)="(?!data:)/);
  const { icmpPortUnreachable } = comparison.platforms[0];
  expect(html).toContain(`MS-DOS, Microsoft Network Client 3.0: ${icmpPortUnreachable} ICMP errors</title>`);
});

it("of a run that is still going has its events so far", () => {
  const run = openScenario(article(), { variants: ["nt-4.0"], seed: "1" });
  run.runUntil(30 * 60_000_000);
  const before = runReportHtml(run.recording);
  run.perform({ at: run.nowUs, "power-off": ["client"] });
  run.runUntil(40 * 60_000_000);
  const html = runReportHtml(run.recording);
  const errors = (report: string) => Number(/Windows NT 4\.0 SP3: (\d+) ICMP errors/.exec(report)?.[1]);
  expect(errors(before)).toBeGreaterThan(20);
  expect(errors(html)).toBe(errors(before));
  expect(links(html).map(([name]) => name)).toEqual(["kb-q159302.pcapng"]);
});
