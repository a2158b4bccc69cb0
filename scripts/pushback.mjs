/** `pnpm pushback …`: the command line, built first if it is older than its sources. */
import { buildCli, install, runCli } from "./workspace.mjs";

await install();
await buildCli();
process.exitCode = await runCli(process.argv.slice(2));
