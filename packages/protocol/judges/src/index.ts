/**
 * Independent programs as judges, for tests only: nothing that ships imports this package. Every package's tests can,
 * because it is a development dependency of the workspace's root.
 */
export * from "./program.ts";
export * from "./scratch.ts";
