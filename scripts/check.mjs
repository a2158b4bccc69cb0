/** `pnpm check [GATE…]`: runs the gates without the tests. A gate that fails does not stop the others. */
import { availableParallelism } from "node:os";
import { CI_GATES, GATES } from "./gates.mjs";
import { run, say } from "./workspace.mjs";

/** Runs these gates, prints the result of each as it ends, and returns how many passed and failed. */
export async function runGates(gates = GATES) {
  const counts = { passed: 0, failed: 0 };
  const waiting = [...gates];
  const running = new Map();
  const isReady = ({ needs = [] }) => [...waiting, ...running.keys()].every(({ name }) => !needs.includes(name));
  const runOne = async (gate) => {
    const start = Date.now();
    const { code, output } = await run(gate.command);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    say(`${code === 0 ? "ok    " : "FAILED"}  ${gate.name} (${seconds} s)`);
    if (code !== 0) say(`${output.trimEnd()}\n`);
    counts[code === 0 ? "passed" : "failed"]++;
    running.delete(gate);
  };
  while (waiting.length + running.size > 0) {
    const next = running.size < availableParallelism() ? waiting.find(isReady) : undefined;
    if (next) {
      waiting.splice(waiting.indexOf(next), 1);
      running.set(next, runOne(next));
    } else await Promise.race(running.values());
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
