/** `pnpm bench [NAME…]`: the benchmarks in `bench/`, from source, under the workspace's Node. */
import { install, run } from "./workspace.mjs";

await install();
const { code } = await run(["node", "--conditions=pushback-source", "bench/main.ts", ...process.argv.slice(2)], { show: true });
process.exitCode = code;
