/** `pnpm pushback …`: the command line, built first if it is older than its sources. */
import { buildCli, buildPackage, install, runCli } from "./workspace.mjs";

await install();
await buildCli();
// The studio is files that the command line serves, not code of its own.
if (process.argv[2] === "studio" && !process.argv.includes("--help")) await buildPackage("@pushback/studio");
process.exitCode = await runCli(process.argv.slice(2));
