/** `npm run crash`, `npm run soak`: the long forms of tests of the running server, from source, with the workspace's Node. */
import { install, run } from "./workspace.mjs";

const [name, ...options] = process.argv.slice(2);
await install();
const { code } = await run(["node", "--conditions=pushback-source", `apps/cli/src/testing/${name}-main.ts`, ...options], { show: true });
process.exitCode = code;
