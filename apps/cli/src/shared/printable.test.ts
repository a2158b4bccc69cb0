/** Control characters of a user's text never reach the terminal, and a fault is one line. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workFolder } from "../testing/command.ts";
import { printable, printableError } from "./printable.ts";

const { path: folder, run } = workFolder("pushback-printable-");
const HOSTILE = "a\nb\u001b[31m";
const ESCAPED = "a\\nb\\u001b[31m";

describe("text of a user", () => {
  it("has its control characters escaped, and those that turn its direction", () => {
    expect(printable(HOSTILE)).toBe(ESCAPED);
    expect(printable("\u0000\t\r\u007f\u009b\u202e\u2028")).toBe("\\u0000\\t\\r\\u007f\\u009b\\u202e\\u2028");
    expect(printable("Grüße, 件名, سلام, 👨‍👩‍👧")).toBe("Grüße, 件名, سلام, 👨‍👩‍👧");
  });

  it("stands in one line of Commander's error, before its suggestion", () => {
    expect(printableError(`error: unknown option '--${HOSTILE}'\n(Did you mean --a?)\n`)).toBe(
      `error: unknown option '--${ESCAPED}'\n(Did you mean --a?)\n`,
    );
    expect(printableError(`error: unknown command '${HOSTILE}'\n`)).toBe(`error: unknown command '${ESCAPED}'\n`);
  });

  it("is escaped in faults of files and of options", () => {
    writeFileSync(join(folder, "key.yaml"), `title: t\n${JSON.stringify(HOSTILE)}: 1\n`);
    writeFileSync(join(folder, "points.yaml"), `- { ${JSON.stringify(HOSTILE)}: 1 }\n`);
    expect(run("run", "key.yaml").stderr).toContain(`pushback: key.yaml:2:1: unknown setting "${ESCAPED}"\n`);
    expect(run("run", "power-off", "--seed", HOSTILE).stderr).toMatch(/^pushback: --seed a\\nb\\u001b\[31m: takes .*\n$/);
    expect(run("sweep", "power-off", "--points", "points.yaml", "--out", "out").stderr).toBe(
      `pushback: ${ESCAPED}=1: unknown setting "${ESCAPED}"\n`,
    );
    expect(run(HOSTILE).stderr).toBe(`error: unknown command '${ESCAPED}'\n`);
    // A filter's fault has three lines, the last with a mark below the place.
    expect(run("show", "x.pcap", "-Y", "icmp\t==").stderr).toBe(
      "pushback: -Y: is not understood from here on\n  icmp\\t==\n          ^ column 8\n",
    );
  });

  it("is escaped in what a run and a comparison print", () => {
    const text = `title: ${JSON.stringify(HOSTILE)}
about: ${JSON.stringify(HOSTILE)}
duration: 20m
clients: [{ name: pc, platform: each }]
steps:
  - { at: 2m, logon: pc }
  - { at: 5m, deliver: { to: pc, subject: ${JSON.stringify(HOSTILE)} } }
  - { at: 6m, read: pc }
`;
    writeFileSync(join(folder, "mail.yaml"), text);
    const outputs = ["run", "compare"].map((command) => run(command, "mail.yaml", "--platforms", "nt-4.0"));
    expect(outputs.map(({ code }) => code)).toEqual([0, 0]);
    expect(outputs[0].stdout).toContain(`new mail: ${ESCAPED}\n`);
    expect(outputs[1].stdout).toContain(`${ESCAPED}  mail, seed 1\na b\\u001b[31m\n`);
    expect(outputs.some(({ stdout }) => stdout.includes("\u001b"))).toBe(false);
  });
});
