import type { RolldownOptions } from "rolldown";

/** The command line, from the packages' source: a short start, and no other build needed. */
export default {
  input: { pushback: "src/start.ts", "sweep-worker": "../../packages/lab/sweep/src/sweep-worker.ts" },
  // Threads and queues load files of their own from where they are installed.
  external: /^(?:piscina|bullmq|ioredis)$/,
  platform: "node",
  resolve: { conditionNames: ["pushback-source", "import", "node"] },
  transform: { target: "node24" },
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    entryFileNames: "[name].js",
    // What only some commands need is in files of its own, read when it is asked for.
    chunkFileNames: "chunk-[hash].js",
    // Less text to scan at every start; names stay, for stack traces.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
} satisfies RolldownOptions;
