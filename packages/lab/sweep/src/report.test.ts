import { readFileSync } from "node:fs";
import { parseScenario } from "@pushback/scenario";
import { expect, it } from "vitest";
import type { ResultLine } from "./output.ts";
import type { SweepPlan } from "./plan.ts";
import { SweepReport } from "./report.ts";
import { SweepSummary } from "./summary.ts";

const text = readFileSync(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url), "utf8");
const parsed = parseScenario("kb-q159302", text);
if (!parsed.ok) throw new Error("the article is no scenario");

/** The plot of three variants at two points; curves with equal numbers coincide. */
function plotOf(numbers: Readonly<Record<string, readonly [number, number]>>): string {
  if (!parsed.ok) throw new Error("no scenario");
  const report = new SweepReport(parsed.scenario, {
    runs: ["20m", "1h"].map((keepalive) => ({ settings: { keepalive } })),
    settings: ["keepalive"],
  } as unknown as SweepPlan);
  for (const [variant, icmp] of Object.entries(numbers))
    for (const [i, keepalive] of ["20m", "1h"].entries())
      report.add({ run: { settings: { keepalive } }, row: { variant, icmpP50: icmp[i], icmpP99: icmp[i] } } as unknown as ResultLine);
  return report.html(new SweepSummary());
}

it("curves that coincide are told apart by width, mark and name", () => {
  const html = plotOf({ dos: [19, 58], nt: [19, 58], mac: [19, 57] });
  expect([...html.matchAll(/<text x="880"[^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual(["dos", "nt (the same as dos)", "mac"]);
  const widths = [...html.matchAll(/stroke-width:([\d.]+)" points/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([5, 3.5, 2]);
  const marks = [...html.matchAll(/scale\(([\d.]+)\)" d="M0 0([^"]+)"><title>(\w+),/g)].map(
    ([, scale, shape, name]) => `${name} ${scale} ${shape}`,
  );
  // Three curves with two points each: the marks of each curve have another size and another shape.
  expect(marks.length).toBe(6);
  expect(new Set(marks.map((mark) => mark.split(" ")[1])).size).toBe(3);
  expect(new Set(marks.map((mark) => mark.split(" ").slice(2).join())).size).toBe(3);
});
