/** `pnpm pushback …`: runs the command line, and builds it first if it is older than its sources. */
import { buildCli, buildPackage, install, runCli } from "./workspace.mjs";

await install();
await buildCli();
// The command line serves the studio as files, so only the command `studio` needs it built.
if (process.argv[2] === "studio" && !process.argv.includes("--help")) await buildPackage("@pushback/studio");
process.exitCode = await runCli(process.argv.slice(2));
