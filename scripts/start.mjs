/** `npm start`: goes from a clean clone to the comparison of all five platforms. Further arguments are passed to `compare`. */
import { buildCli, install, runCli } from "./workspace.mjs";

await install();
await buildCli();
process.exitCode = await runCli(["compare", "--out", "out", ...process.argv.slice(2)]);
