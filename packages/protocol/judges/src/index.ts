/**
 * Programs that tests run, independent judges and the command line: for tests only, nothing that ships imports this package. Every package's tests
 * can, because it is a development dependency of the workspace's root.
 */
export * from "./chromium.ts";
export * from "./command-line.ts";
export * from "./program.ts";
export * from "./scratch.ts";
