/** `pnpm bench [NAME…]`: runs the benchmarks in `bench/` from source, with the workspace's Node; builds the command line first. */
import { buildCli, install, run } from "./workspace.mjs";

await install();
await buildCli();
const { code } = await run(["node", "--conditions=pushback-source", "bench/main.ts", ...process.argv.slice(2)], { show: true });
process.exitCode = code;
