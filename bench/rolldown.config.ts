import commandLine from "../apps/cli/rolldown.config.ts";

/** The fleet's worker, made as the command line is: what users run is what is measured. */
export default {
  ...commandLine,
  input: "./fleet-worker.ts",
  output: { format: "esm" as const, minify: commandLine.output.minify },
};
