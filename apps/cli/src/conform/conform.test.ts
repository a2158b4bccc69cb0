/** The conformance suite against our own server, which must pass, and against broken ones, which must not. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CaseResult, type ConformSettings, caseIds, runConformance } from "@pushback/conform";
import { type Host, type KeepAlive, type MailHabits, valuesOf } from "@pushback/host";
import { type SkippableTest, skipBecause } from "@pushback/judges";
import { createKernelHost } from "@pushback/live";
import { findVariant, PLATFORMS } from "@pushback/scenario";
import { createMailServer, type MailServer } from "@pushback/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as broken from "../testing/broken-hosts.ts";
import { pushback } from "../testing/command.ts";
import { type RunningServer, startPushback, startServe, testFolder } from "../testing/serve.ts";
import { WRONG_ANSWERS, withAnswers } from "../testing/wrong-answers.ts";

const LOOPBACK = 0x7f000001;
const INTERVAL_MS = 800;

function habitsOf(platform: string): MailHabits {
  const variant = findVariant(platform);
  if (!variant) throw new Error(`no platform ${platform}`);
  return valuesOf(variant.mail);
}

/** The suite against a server in this process, on a host that may spoil what it does. */
async function conform(
  platform: string,
  spoil: (host: Host) => Host = (host) => host,
  more: Pick<ConformSettings, "only" | "keepAlive"> = {},
  keepAlive?: KeepAlive,
): Promise<CaseResult[]> {
  const serverHost = createKernelHost({ address: LOOPBACK, ...(keepAlive && { keepAlive }) });
  const host = createKernelHost({ address: LOOPBACK });
  const server = await new Promise<{ core: MailServer; epmPort: number }>((done) => {
    const settings = { endpointMapperPort: 0, directoryPort: 0, notificationIntervalUs: INTERVAL_MS * 1000 };
    const core = createMailServer(spoil(serverHost), settings, (event) => {
      if (event.type === "listening") setImmediate(() => done({ core, epmPort: event.epmPort ?? 0 }));
    });
  });
  const userDn = server.core.addMailbox({ alias: "ada" }) ?? "";
  const target = {
    host,
    address: LOOPBACK,
    port: null,
    epmPort: server.epmPort,
    userDn,
    habits: habitsOf(platform),
    createAuthenticator: () => null,
  };
  try {
    const results = await runConformance({
      target,
      intervalMs: INTERVAL_MS,
      firstWithinMs: 1000,
      staleDatagrams: 6,
      ...more,
      async deliver() {
        server.core.deliver("ada", { subject: "Lunch", body: "", from: "Grace" });
      },
    });
    // The suite leaves the mailbox as it was.
    if (results.at(-1)?.outcome === "passed") expect(server.core.mailboxes()).toMatchObject([{ alias: "ada", messages: 0 }]);
    return results;
  } finally {
    host.kill();
    serverHost.kill();
  }
}

/** Idle time, two probes, and a margin. */
const VANISHING: ConformSettings["keepAlive"] = {
  endMs: 4500,
  vanishingHost: () => {
    const host = createKernelHost({ address: LOOPBACK });
    return { host, kill: () => host.kill() };
  },
};

function requireRoot(context: SkippableTest): void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) skipBecause(context, "dropping a connection silently needs Linux and root");
}

const PLATFORM_IDS = PLATFORMS.map(({ id }) => id);

const failed = (results: readonly CaseResult[]) => results.filter((r) => r.outcome === "failed").map((r) => `${r.id}: ${r.why}`);

describe("our own server", { concurrent: true }, () => {
  it.each(PLATFORM_IDS)("passes as %s sees it", { timeout: 60_000 }, async (platform) => {
    const results = await conform(platform);
    expect(failed(results)).toEqual([]);
    // No time of its keep-alive is given.
    expect(results.filter((r) => r.outcome !== "passed").map((r) => r.id)).toEqual(["ends-with-keep-alive"]);
  });

  it("ends the session of a client that vanished, by its keep-alive", { timeout: 60_000 }, async (context) => {
    requireRoot(context);
    const keepAlive = { idleUs: 2_000_000, intervalUs: 1_000_000, probes: 2 };
    const vanish = { only: ["ends-with-keep-alive"], keepAlive: VANISHING };
    const [results, patient] = await Promise.all([
      conform("windows-nt", undefined, vanish, keepAlive),
      conform("windows-nt", undefined, vanish),
    ]);
    expect([failed(results), results.at(-1)?.outcome]).toEqual([[], "passed"]);
    expect(failed(patient).join()).toMatch(/^ends-with-keep-alive: a datagram 4\.5 s after the client vanished: /);
  });
});

describe("a server with one fault", { concurrent: true }, () => {
  it.each<[string, (host: Host) => Host, string[]]>([
    ["another context", broken.wrongContext, ["datagram-content"]],
    ["twice the interval", broken.wrongInterval, ["interval"]],
    ["an end that comes too early", broken.stopsTooEarly, ["continues", "endures", "icmp-ignored"]],
    ["no end", (host) => broken.neverStops(host, INTERVAL_MS * 1000), ["stops", "ends-with-session", "ends-with-disconnect"]],
    ["an end when an ICMP error arrives", broken.stopsOnIcmp, ["icmp-ignored"]],
    ["an end after five datagrams of a session", (host) => broken.stopsAfter(host, 5), ["endures"]],
    ["another error code", (host) => broken.wrongErrorCode(host, 28, 0x80040305, 0x80070057), ["context-too-big"]],
  ])("%s is found by the case that is meant for it", { timeout: 60_000 }, async (_fault, spoil, ids) => {
    const results = await conform("windows-nt", spoil);
    expect(results.filter((r) => r.outcome === "failed").map((r) => r.id)).toEqual(ids);
  });

  it.each(Object.entries(WRONG_ANSWERS))("a wrong answer is found by %s", { timeout: 60_000 }, async (id, spoil) => {
    const results = await conform("windows-nt", (host) => withAnswers(host, spoil), { only: ["directory", "referral", "rop"] });
    expect(results.filter((r) => r.outcome === "failed").map((r) => r.id)).toEqual([id]);
  });

  it("has a wrong answer for each case of the directory and of ROPs", () => {
    const wanted = caseIds(["directory", "referral", "rop"])?.filter((id) => id !== "endpoint" && id !== "logon");
    expect(Object.keys(WRONG_ANSWERS)).toEqual(wanted);
  });
});

describe("pushback conform", () => {
  const folder = testFolder();
  let server: RunningServer | null = null;
  afterAll(async () => {
    await server?.stop();
    folder.close();
  });

  beforeAll(async () => {
    const users = PLATFORM_IDS.map((platform) => `  - { name: ${platform}, password: secret }\n`).join("");
    const file = folder.file("users.yaml", `users:\n${users}`);
    server = await startServe(["--users", file, "--control", join(folder.path, "c.sock"), "--smtp", "0", "--interval", "600ms"]);
  });

  /** Each platform has a mailbox of its own, so that all can be judged at once. */
  function judge(platform: string, ...options: string[]): ReturnType<typeof startPushback> {
    const { epmPort, smtpPort } = (server as RunningServer).ready;
    const where = ["--target", "127.0.0.1", "--epm-port", `${epmPort}`, "--smtp", `127.0.0.1:${smtpPort}`];
    const who = ["--mailbox", platform, "--user", platform, "--password-stdin", "--platform", platform];
    return startPushback(["conform", ...where, ...who, ...options], "secret\n");
  }

  it("passes a running server on every platform, in TAP and in JUnit's XML", { timeout: 120_000 }, async () => {
    const results = await Promise.all(
      PLATFORM_IDS.map(async (platform) => {
        const junit = join(folder.path, `${platform}.xml`);
        const result = await judge(platform, "--interval", "600ms", "--junit", junit);
        return { ...result, junit: readFileSync(junit, "utf8") };
      }),
    );
    for (const [i, { code, stdout, stderr, junit }] of results.entries()) {
      const variant = findVariant(PLATFORM_IDS[i])?.id;
      expect([code, stderr, stdout.match(/^not ok .*/gm)]).toEqual([0, "", null]);
      expect(stdout).toMatch(new RegExp(`^TAP version 13\\n1\\.\\.\\d+\\n# .*\\nok 1 - ${variant} endpoint: .*\\n`));
      expect(stdout.match(/^ok \d+ - /gm)).toHaveLength(Number(/1\.\.(\d+)/.exec(stdout)?.[1]));
      expect(junit).toContain(`<testsuite name="${variant}" tests="${stdout.match(/^ok /gm)?.length}" failures="0" skipped="1"`);
    }
  });

  it("fails a running server whose interval is another", { timeout: 60_000 }, async () => {
    const { code, stdout } = await judge("ms-dos", "--interval", "2s", "--ntlm", "1");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^not ok \d+ - network-client-3\.0 interval: .*\n {2}---\n {2}message: "after 0\.\d+ s, not 2 s"$/m);
  });

  it.each<[string, string[], RegExp]>([
    [
      "no way to deliver",
      ["--target", "127.0.0.1", "--mailbox", "ada", "--anonymous"],
      /^pushback: the suite needs a way to put mail into ada: .*\n$/,
    ],
    [
      "nobody there",
      ["--target", "127.0.0.1:1", "--mailbox", "ada", "--anonymous", "--deliver-command", "true"],
      /^pushback: --target 127\.0\.0\.1:1: no server answers .*\n$/,
    ],
    ["no user", ["--target", "127.0.0.1", "--mailbox", "ada"], /^pushback: say who logs on with --user, or --anonymous\n$/],
    [
      "a case that there is not",
      ["--target", "127.0.0.1", "--mailbox", "ada", "--only", "rop,nothing"],
      /^pushback: --only rop,nothing: no case begins so; the cases are endpoint, .*\n$/,
    ],
    [
      "a name for an address",
      ["--target", "mail.example.org", "--mailbox", "ada"],
      /^pushback: --target mail\.example\.org: takes an IPv4 address.*\n$/,
    ],
  ])("%s: exit code 2 and one line", (_what, args, line) => {
    const { code, stdout, stderr } = pushback(["conform", ...args]);
    expect(stderr).toMatch(line);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
