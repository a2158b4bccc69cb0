import { defineConfig } from "rolldown";

/** One module per package, for programs that use the packages without TypeScript; the repository itself works from source. */
export default defineConfig({
  input: "./src/index.ts",
  // What has a name of its own, and not a path.
  external: /^(?:node:|@?[a-z][\w-]*(?:\/|$))/,
  platform: "node",
  transform: { target: "es2024" },
  output: { file: "dist/index.js", format: "esm", sourcemap: true },
});
