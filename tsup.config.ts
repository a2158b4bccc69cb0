import { defineConfig } from "tsup";

/** One module per package, for programs that use the packages without TypeScript; the repository itself works from source. */
export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "es2024",
  clean: true,
  sourcemap: true,
  // `node:sqlite` has no other name.
  removeNodeProtocol: false,
});
