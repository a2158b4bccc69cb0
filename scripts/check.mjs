/** `pnpm check [GATE…]`: runs the gates without the tests. A gate that fails does not stop the others. */
import { CI_GATES, GATES } from "./gates.mjs";
import { run, say } from "./workspace.mjs";

/** Runs these gates, prints the result of each, and returns how many passed and failed. */
export async function runGates(gates = GATES) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, command } of gates) {
    const start = Date.now();
    const { code, output } = await run(command);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    say(`${code === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
    if (code !== 0) say(`${output.trimEnd()}\n`);
    counts[code === 0 ? "passed" : "failed"]++;
  }
  return counts;
}

if (import.meta.filename === process.argv[1]) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !CI_GATES.some((gate) => gate.name === name));
  if (unknown.length) {
    say(`no gate ${unknown.join(", ")}; there are ${CI_GATES.map((gate) => gate.name).join(", ")}`);
    process.exit(2);
  }
  const { failed } = await runGates(names.length ? CI_GATES.filter((gate) => names.includes(gate.name)) : GATES);
  process.exitCode = failed ? 1 : 0;
}
