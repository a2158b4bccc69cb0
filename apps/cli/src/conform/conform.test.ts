/** `pushback conform`, and the suite's keep-alive case, on the kernel's sockets. The suite's own tests are in its package, in virtual time. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CaseResult, runConformance } from "@pushback/conform";
import { type KeepAlive, type PlatformVariant, valuesOf } from "@pushback/host";
import { type SkippableTest, skipBecause } from "@pushback/judges";
import { createKernelHost } from "@pushback/live";
import { findVariant, PLATFORMS } from "@pushback/scenario";
import { createMailServer, type MailServer } from "@pushback/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, startPushback, startServe, testFolder } from "../testing/serve.ts";

const LOOPBACK = 0x7f000001;
const INTERVAL_MS = 800;

/** Runs the case that makes a client vanish, against a server with these keep-alive settings; the datagrams must end in time. */
async function judgeKeepAlive(keepAlive?: KeepAlive): Promise<CaseResult | undefined> {
  const serverHost = createKernelHost({ address: LOOPBACK, ...(keepAlive && { keepAlive }) });
  const host = createKernelHost({ address: LOOPBACK });
  const server = await new Promise<{ core: MailServer; epmPort: number }>((done) => {
    const settings = { endpointMapperPort: 0, directoryPort: 0, notificationIntervalUs: INTERVAL_MS * 1000 };
    const core = createMailServer(serverHost, settings, (event) => {
      if (event.type === "listening") setImmediate(() => done({ core, epmPort: event.epmPort ?? 0 }));
    });
  });
  const target = {
    host,
    address: LOOPBACK,
    port: null,
    epmPort: server.epmPort,
    userDn: server.core.addMailbox({ alias: "ada" }) ?? "",
    habits: valuesOf((findVariant("windows-nt") as PlatformVariant).mail),
    createAuthenticator: () => null,
  };
  // The idle time, two probes, and a margin.
  const endMs = 4500;
  const vanishingHost = () => {
    const vanishing = createKernelHost({ address: LOOPBACK });
    return { host: vanishing, kill: () => vanishing.kill() };
  };
  try {
    const results = await runConformance({
      target,
      intervalMs: INTERVAL_MS,
      firstWithinMs: 1000,
      only: ["ends-with-keep-alive"],
      keepAlive: { endMs, vanishingHost },
      async deliver() {
        server.core.deliver("ada", { subject: "Lunch", body: "", from: "Grace" });
      },
    });
    return results.find(({ id }) => id === "ends-with-keep-alive");
  } finally {
    host.kill();
    serverHost.kill();
  }
}

function requireRoot(context: SkippableTest): void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) skipBecause(context, "dropping a connection silently needs Linux and root");
}

const PLATFORM_IDS = PLATFORMS.map(({ id }) => id);

it("ends the session of a client that vanished, by its keep-alive", async (context) => {
  requireRoot(context);
  const keepAlive = { idleUs: 2_000_000, intervalUs: 1_000_000, probes: 2 };
  const [short, patient] = await Promise.all([judgeKeepAlive(keepAlive), judgeKeepAlive()]);
  expect([short?.outcome, short?.why]).toEqual(["passed", ""]);
  expect(patient?.why).toMatch(/^a datagram 4\.5 s after the client vanished: /);
});

describe("pushback conform", { concurrent: true }, () => {
  const folder = testFolder();
  let server: RunningServer | null = null;
  afterAll(async () => {
    await server?.stop();
    folder.close();
  });

  beforeAll(async () => {
    const mailboxes = ["windows-nt", "patient", ...PLATFORM_IDS.map((platform) => `quick-${platform}`)];
    const users = mailboxes.map((name) => `  - { name: ${name}, password: secret }\n`).join("");
    const file = folder.file("users.yaml", `users:\n${users}`);
    server = await startServe(["--users", file, "--control", join(folder.path, "c.sock"), "--smtp", "0", "--interval", "1s"]);
  });

  /** Runs `conform` against the server. Each call needs another mailbox, so that calls can run at the same time. */
  function judge(platform: string, mailbox: string, ...options: string[]): ReturnType<typeof startPushback> {
    const { epmPort, smtpPort } = (server as RunningServer).ready;
    const where = ["--target", "127.0.0.1", "--epm-port", `${epmPort}`, "--smtp", `127.0.0.1:${smtpPort}`];
    const who = ["--mailbox", mailbox, "--user", mailbox, "--password-stdin", "--platform", platform];
    return startPushback(["conform", ...where, ...who, ...options], "secret\n");
  }

  it("passes a running server, in TAP and in JUnit's XML", async () => {
    const junit = join(folder.path, "junit.xml");
    const { code, stdout, stderr } = await judge("windows-nt", "windows-nt", "--interval", "1s", "--junit", junit);
    const variant = findVariant("windows-nt")?.id;
    expect([code, stderr, stdout.match(/^not ok .*/gm)]).toEqual([0, "", null]);
    expect(stdout).toMatch(new RegExp(`^TAP version 13\\n1\\.\\.\\d+\\n# .*\\nok 1 - ${variant} endpoint: .*\\n`));
    expect(stdout.match(/^ok \d+ - /gm)).toHaveLength(Number(/1\.\.(\d+)/.exec(stdout)?.[1]));
    const suite = `<testsuite name="${variant}" tests="${stdout.match(/^ok /gm)?.length}" failures="0" skipped="1"`;
    expect(readFileSync(junit, "utf8")).toContain(suite);
  });

  it("passes a running server on every platform, up to the first datagram's content", async () => {
    const results = await Promise.all(PLATFORM_IDS.map((platform) => judge(platform, `quick-${platform}`, "--only", "datagram-content")));
    for (const { code, stdout, stderr } of results) {
      expect([code, stderr, stdout.match(/^not ok .*/gm)]).toEqual([0, "", null]);
      expect(stdout).toMatch(/^ok \d+ - .* datagram-content: /m);
    }
  });

  it("fails a running server that notifies at another interval", async () => {
    const { code, stdout } = await judge("ms-dos", "patient", "--interval", "4s", "--ntlm", "1", "--only", "interval");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^not ok \d+ - network-client-3\.0 interval: .*\n {2}---\n {2}message: "after [01]\.\d+ s, not 4 s"$/m);
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
      "an unknown case",
      ["--target", "127.0.0.1", "--mailbox", "ada", "--only", "rop,nothing"],
      /^pushback: --only rop,nothing: no case begins so; the cases are endpoint, .*\n$/,
    ],
    [
      "a name for an address",
      ["--target", "mail.example.org", "--mailbox", "ada"],
      /^pushback: --target mail\.example\.org: takes an IPv4 address.*\n$/,
    ],
  ])("%s: exit code 2 and one line", async (_what, args, line) => {
    const { code, stdout, stderr } = await startPushback(["conform", ...args]);
    expect(stderr).toMatch(line);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
