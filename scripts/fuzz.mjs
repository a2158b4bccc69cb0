/** `npm run fuzz [COUNT]`: mutated files and frames through the readers, the dissectors and the diagnosis, ten million unless COUNT says less. */
import { install, run } from "./workspace.mjs";

const FOLDERS = ["protocol/capture", "protocol/dissect", "lab/diagnose"];
const count = process.argv[2] ?? "10000000";

if (/^[1-9]\d{0,8}$/.test(count)) {
  await install();
  process.env["PUSHBACK_FUZZ"] = count;
  const { code } = await run(["vitest", "run", ...FOLDERS.map((folder) => `packages/${folder}/src/fuzz.test.ts`)], { show: true });
  process.exitCode = code;
} else {
  process.stderr.write(`npm run fuzz ${count}: COUNT is a number of frames, from 1\n`);
  process.exitCode = 2;
}
