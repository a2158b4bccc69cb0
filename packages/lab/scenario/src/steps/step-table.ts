/** The steps as a table for the documentation. */

import type { StepDefinition } from "./step.ts";

function buttonText({ buttons }: StepDefinition): string {
  return "none" in buttons ? `none: ${buttons.none}` : buttons.map(({ label }) => `“${label}”`).join(", ");
}

/** A Markdown table: each step, what it does, an example, and its button in the studio. */
export function stepTable(steps: readonly StepDefinition[]): string {
  const rows = steps.map((step) => `| \`${step.name}\` | ${step.about} | \`- ${step.example}\` | ${buttonText(step)} |`);
  return ["| step | what it does | example | button in the studio |", "|---|---|---|---|", ...rows].join("\n");
}
