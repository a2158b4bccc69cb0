import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** The Debian package that holds each program; a judge that isn't listed here can't be asked for. */
const DEBIAN_PACKAGES = {
  capinfos: "tshark",
  chromium: "chromium",
  dumpcap: "wireshark-common",
  editcap: "tshark",
  "fc-scan": "fontconfig",
  fish: "fish",
  groff: "groff-base",
  iconv: "libc-bin",
  ip: "iproute2",
  nmap: "nmap",
  python3: "python3-impacket",
  "redis-server": "redis-server",
  tcpdump: "tcpdump",
  sharkd: "tshark",
  tshark: "tshark",
  zsh: "zsh",
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

/** Debian's own interpreter: a user's other one does not see the packages of Debian. */
const PATHS: Partial<Record<ProgramName, string>> = { python3: "/usr/bin/python3" };

/** Arguments that show that the program is there, where its version alone does not. */
const PROOFS: Partial<Record<ProgramName, readonly string[]>> = { python3: ["-c", "import impacket"] };

const present = new Map<ProgramName, boolean>();

function isPresent(name: ProgramName): boolean {
  let known = present.get(name);
  if (known === undefined) {
    const { error, status } = spawnSync(PATHS[name] ?? name, PROOFS[name] ?? ["--version"], { stdio: "ignore", timeout: 20_000 });
    known = error === undefined && (status === 0 || !(name in PROOFS));
    present.set(name, known);
  }
  return known;
}

/** Ends the test: skipped with this reason, everywhere. For what `.ci/run` can't install. */
export function skipUninstallable(test: SkippableTest, note: string): never {
  // The report keeps what is in `meta`, but not the note.
  Object.assign(test.task.meta, { skippedBecause: note });
  return test.skip(note);
}

/** Ends the test: skipped with this reason, or failed where `PUSHBACK_NO_SKIPS` is `1`. */
export function skipBecause(test: SkippableTest, note: string): never {
  if (process.env["PUSHBACK_NO_SKIPS"] === "1") throw new Error(note);
  return skipUninstallable(test, note);
}

/** The text of a file that a Debian package brings, read as Latin 1; without it the test ends as it does without a program. */
export function requireFile(test: SkippableTest, path: string, debianPackage: string): string {
  if (!existsSync(path)) return skipBecause(test, `${path} is missing: apt-get install ${debianPackage}`);
  return readFileSync(path, "latin1");
}

/**
 * Returns the program. If it is missing, the test ends here: it is skipped with the Debian package to install, or fails if `PUSHBACK_NO_SKIPS`
 * is `1`.
 */
export function requireProgram(test: SkippableTest, name: ProgramName): Program {
  if (!isPresent(name)) {
    return skipBecause(test, `${name} is missing: apt-get install ${DEBIAN_PACKAGES[name]}`);
  }
  const runBytes: Program["runBytes"] = (args, options = {}) => {
    const result = spawnSync(PATHS[name] ?? name, args, {
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
