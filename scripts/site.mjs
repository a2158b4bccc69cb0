/** `npm run site`: builds the documentation's web site into out/site, with the studio in it. */
import { buildCli, buildPackage, install, run } from "./workspace.mjs";

await install();
await buildCli();
await buildPackage("@pushback/studio");
const { code } = await run(["node", "--conditions=pushback-source", "apps/site/src/build.ts"], { show: true });
process.exitCode = code;
