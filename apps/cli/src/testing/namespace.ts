/** The namespaces in which tests run commands. */

const isRoot = process.getuid?.() === 0;

/**
 * The first words of a command line: the rest of it runs in a network namespace without interfaces. A user other than root also gets a user namespace, in
 * which it is root. Processes have a namespace too: when `unshare` ends, all of them end, and none keeps the test's pipes open. A timeout must use SIGKILL: while `unshare`
 * waits, it ignores SIGTERM.
 */
export const NAMESPACE: readonly string[] = [
  "unshare",
  ...(isRoot ? [] : ["--map-root-user"]),
  "--net",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
];
