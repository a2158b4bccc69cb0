/** Builds the app for its end-to-end tests. turbo skips the build if no source has changed since the last one. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

export function buildDesktop(): void {
  execFileSync("node_modules/.bin/turbo", ["run", "build", "--filter=@pushback/desktop", "--output-logs=errors-only"], {
    cwd: ROOT,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
