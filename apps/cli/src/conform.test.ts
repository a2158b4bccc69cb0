/** The conformance suite against our own server, which must pass, and against broken ones, which must not. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, type MailHabits, valuesOf } from "@pushback/host";
import { createKernelHost } from "@pushback/live";
import { findVariant } from "@pushback/scenario";
import { createMailServer, type MailServer } from "@pushback/server";
import { afterAll, describe, expect, it } from "vitest";
import { type CaseResult, runConformance } from "./conform-suite.ts";
import * as broken from "./testing/broken-hosts.ts";
import { pushback, type RunningServer, startServe, testFolder } from "./testing/serve.ts";

const LOOPBACK = 0x7f000001;
const INTERVAL_MS = 800;

function habitsOf(platform: string): MailHabits {
  const variant = findVariant(platform);
  if (!variant) throw new Error(`no platform ${platform}`);
  return valuesOf(variant.mail);
}

/** The suite against a server in this process, on a host that may spoil what it does. */
async function conform(platform: string, spoil: (host: Host) => Host = (host) => host): Promise<CaseResult[]> {
  const serverHost = createKernelHost({ address: LOOPBACK });
  const host = createKernelHost({ address: LOOPBACK });
  const server = await new Promise<{ core: MailServer; epmPort: number }>((done) => {
    const settings = { endpointMapperPort: 0, notificationIntervalUs: INTERVAL_MS * 1000 };
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
    return await runConformance({
      target,
      intervalMs: INTERVAL_MS,
      firstWithinMs: 1000,
      async deliver() {
        server.core.deliver("ada", { subject: "Lunch", body: "", from: "Grace" });
      },
    });
  } finally {
    host.kill();
    serverHost.kill();
  }
}

const failed = (results: readonly CaseResult[]) => results.filter((r) => r.outcome === "failed").map((r) => `${r.id}: ${r.why}`);

describe("our own server", { concurrent: true }, () => {
  it.each(["ms-dos", "windows-3x", "windows-nt", "windows-9x", "macintosh"])(
    "passes as %s sees it",
    { timeout: 60_000 },
    async (platform) => {
      const results = await conform(platform);
      expect(failed(results)).toEqual([]);
      expect(results.map((r) => r.outcome)).toEqual(results.map(() => "passed"));
    },
  );
});

describe("a server with one fault", { concurrent: true }, () => {
  it.each<[string, (host: Host) => Host, string[]]>([
    ["another context", broken.wrongContext, ["datagram-content"]],
    ["twice the interval", broken.wrongInterval, ["interval"]],
    ["an end that comes too early", broken.stopsTooEarly, ["continues"]],
    ["no end", (host) => broken.neverStops(host, INTERVAL_MS * 1000), ["stops", "ends-with-session", "ends-with-disconnect"]],
    ["another error code", (host) => broken.wrongErrorCode(host, 28, 0x80040305, 0x80070057), ["context-too-big"]],
  ])("%s is found by the case that is meant for it", { timeout: 60_000 }, async (_fault, spoil, ids) => {
    const results = await conform("windows-nt", spoil);
    expect(results.filter((r) => r.outcome === "failed").map((r) => r.id)).toEqual(ids);
  });
});

describe("pushback conform", () => {
  const folder = testFolder();
  let server: RunningServer | null = null;
  afterAll(async () => {
    await server?.stop();
    folder.close();
  });

  it("judges a running server, in TAP and in JUnit's XML", { timeout: 60_000 }, async () => {
    const users = folder.file("users.yaml", "users: [{ name: ada, password: secret }]\n");
    server = await startServe(["--users", users, "--control", join(folder.path, "c.sock"), "--smtp", "0", "--interval", "600ms"]);
    const { epmPort, smtpPort } = server.ready;
    const junit = join(folder.path, "junit.xml");
    const where = ["--target", "127.0.0.1", "--epm-port", `${epmPort}`, "--mailbox", "ada", "--user", "ada", "--password-stdin"];
    const how = ["--platform", "ms-dos", "--smtp", `127.0.0.1:${smtpPort}`, "--junit", junit];
    const good = pushback(["conform", ...where, ...how, "--interval", "600ms"], "secret\n");
    expect(good).toMatchObject({ code: 0, stderr: "" });
    expect(good.stdout).toMatch(/^TAP version 13\n1\.\.(\d+)\n# .*\nok 1 - network-client-3\.0 endpoint: .*\n/);
    expect(good.stdout.match(/^ok \d+ - /gm)).toHaveLength(Number(/1\.\.(\d+)/.exec(good.stdout)?.[1]));
    expect(readFileSync(junit, "utf8")).toMatch(/<testsuite name="network-client-3\.0" tests="\d+" failures="0" skipped="0"/);
    const bad = pushback(["conform", ...where, ...how, "--interval", "2s", "--ntlm", "1"], "secret\n");
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/^not ok \d+ - network-client-3\.0 interval: .*\n {2}---\n {2}message: "after 0\.\d+ s, not 2 s"$/m);
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
      /^pushback: --target 127\.0\.0\.1:1: nobody answers .*\n$/,
    ],
    ["no user", ["--target", "127.0.0.1", "--mailbox", "ada"], /^pushback: say who logs on with --user, or --anonymous\n$/],
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
