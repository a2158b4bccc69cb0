import { spawnSync } from "node:child_process";

/** The Debian package that holds each program; a judge that isn't listed here can't be asked for. */
const DEBIAN_PACKAGES = {
  capinfos: "tshark",
  chromium: "chromium",
  editcap: "tshark",
  iconv: "libc-bin",
  nmap: "nmap",
  python3: "python3-impacket",
  tcpdump: "tcpdump",
  tshark: "tshark",
} as const;

/** A program that tests may ask. */
export type ProgramName = keyof typeof DEBIAN_PACKAGES;

/** The part of Vitest's test context that a judge needs. */
export interface SkippableTest {
  readonly task: { readonly meta: object };
  skip(note?: string): never;
}

/** A program that is there. */
export interface Program {
  readonly name: ProgramName;
  /** Runs to the end within `timeoutMs` (30 s unless told) and returns standard output as UTF-8; throws with standard error in the message if it fails. */
  run(args: readonly string[], options?: { input?: Uint8Array; timeoutMs?: number }): string;
  /** Like `run`, but standard output as bytes. */
  runBytes(args: readonly string[], options?: { input?: Uint8Array; timeoutMs?: number }): Uint8Array;
}

const present = new Map<ProgramName, boolean>();

function isPresent(name: ProgramName): boolean {
  let known = present.get(name);
  if (known === undefined) {
    known = spawnSync(name, ["--version"], { stdio: "ignore", timeout: 20_000 }).error === undefined;
    present.set(name, known);
  }
  return known;
}

/**
 * The program, or the end of the test: where it is missing the test is skipped with the Debian package to install,
 * and where `PUSHBACK_NO_SKIPS` is `1` the test fails instead.
 */
export function requireProgram(test: SkippableTest, name: ProgramName): Program {
  if (!isPresent(name)) {
    const note = `${name} is missing: apt-get install ${DEBIAN_PACKAGES[name]}`;
    if (process.env["PUSHBACK_NO_SKIPS"] === "1") throw new Error(note);
    // The report keeps what is in `meta`, but not the note.
    Object.assign(test.task.meta, { skippedBecause: note });
    return test.skip(note);
  }
  const runBytes: Program["runBytes"] = (args, options = {}) => {
    const result = spawnSync(name, args, {
      input: options.input,
      timeout: options.timeoutMs ?? 30_000,
      maxBuffer: 1 << 30,
      env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" },
    });
    if (result.error) throw result.error;
    if (result.status !== 0) throw new Error(`${name} ${args.join(" ")}: exit code ${result.status}\n${result.stderr}`);
    return result.stdout;
  };
  return { name, runBytes, run: (args, options) => new TextDecoder().decode(runBytes(args, options)) };
}
