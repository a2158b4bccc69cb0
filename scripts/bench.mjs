/** `pnpm bench [NAME…]`: the benchmarks in `bench/`, from source and with the command line built, under the workspace's Node. */
import { buildCli, install, run } from "./workspace.mjs";

await install();
await buildCli();
const { code } = await run(["node", "--conditions=pushback-source", "bench/main.ts", ...process.argv.slice(2)], { show: true });
process.exitCode = code;
