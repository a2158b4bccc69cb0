import { build } from "esbuild";
import { expect, it } from "vitest";

/** Commander and the declarations of the commands take some 130 kB of source; each command's own code loads when it runs. */
const MAX_BYTES = 200_000;

it("loads at the start no more than the declarations of the commands", async () => {
  const { metafile } = await build({
    entryPoints: [`${import.meta.dirname}/main.ts`],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    conditions: ["pushback-source"],
    outdir: "unwritten",
    write: false,
    metafile: true,
    logLevel: "silent",
    external: ["piscina", "bullmq", "ioredis", "koffi"],
  });
  const loaded = new Map<string, number>();
  const nodeModules = new Set<string>();
  const load = (path: string): void => {
    const { inputs, imports } = metafile.outputs[path];
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) loaded.set(input, bytesInOutput);
    for (const { path: imported, kind, external } of imports) {
      if (kind !== "import-statement") continue;
      if (external) nodeModules.add(imported);
      else load(imported);
    }
  };
  const start = Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint?.endsWith("src/main.ts"));
  load(start ?? "");
  const bytes = [...loaded.values()].reduce((sum, size) => sum + size, 0);
  const largest = [...loaded].sort((a, b) => b[1] - a[1]).slice(0, 5);
  expect(bytes, `the largest modules: ${largest.map(([path, size]) => `${path} (${size})`).join(", ")}`).toBeLessThan(MAX_BYTES);
  // Loading `node:crypto` takes 7 ms.
  expect(nodeModules).not.toContain("node:crypto");
});
