/** `pushback studio` as its users see it. The test makes a folder in place of the built studio, because its contents do not matter here. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUSHBACK } from "@pushback/judges";
import { afterAll, describe, expect, it } from "vitest";
import { createStudioServer } from "./studio-server.ts";

const BUILT = fileURLToPath(new URL("../../../../packages/lab/studio/dist/index.html", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pushback-studio-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMAND = [...PUSHBACK, "studio"];

function refused(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [...COMMAND, "--no-open", ...args], { encoding: "utf8", timeout: 60_000 });
  return { code: status, lines: stderr.trimEnd().split("\n") };
}

describe("wrong use is one line and exit code 2", () => {
  it.each([
    [["--port", "http"], /--port takes a number/],
    [["--port", "70000"], /--port takes a number/],
    [[folder], /is a folder: name a scenario file or a capture$/],
    [["no-such-scenario"], /neither a file nor a scenario of the gallery/],
  ])("%o", (args, message) => {
    const { code, lines } = refused(...args);
    expect([code, lines.length]).toEqual([2, 1]);
    expect(lines[0]).toMatch(message);
  });

  it.skipIf(!existsSync(BUILT))("a port in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, lines } = await new Promise<{ code: number | null; lines: string[] }>((resolve) => {
      const child = spawn(process.execPath, [...COMMAND, "--no-open", "--port", String(port)]);
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
      child.on("close", (code) => resolve({ code, lines: said.trimEnd().split("\n") }));
    });
    other.close();
    expect([code, lines]).toEqual([2, [expect.stringContaining(`port ${port} is taken`)]]);
  });
});

it.skipIf(!existsSync(BUILT))("serves until it is interrupted, and ends with 0", async () => {
  const child = spawn(process.execPath, [...COMMAND, "kb-q159302", "--no-open", "--port", "0"]);
  const address = await new Promise<string>((resolve) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const found = /http:\S+/.exec(said);
      if (found) resolve(found[0]);
    });
  });
  expect(new URL(address).searchParams.get("open")).toBe("kb-q159302.yaml");
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="studio">');
  expect(await (await fetch(new URL("/document/kb-q159302.yaml", address))).text()).toContain("The article, Q159302");
  const ended = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

describe("the server", () => {
  const page = join(folder, "index.html");
  writeFileSync(page, "<p>the page</p>");
  writeFileSync(join(folder, "a b.pcap"), "bytes");

  async function ask(path: string, init: { readonly method?: string; readonly host?: string } = {}) {
    const server = createStudioServer(folder, { name: "a b.pcap", path: join(folder, "a b.pcap") });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { request } = await import("node:http");
    const answer = await new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const host = init.host ?? `127.0.0.1:${port}`;
      const asked = request({ port, host: "127.0.0.1", path, method: init.method ?? "GET", headers: { host } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      asked.on("error", reject).end();
    });
    server.close();
    return answer;
  }

  it("serves the page with a content security policy that allows no foreign code", async () => {
    const { status, headers, text } = await ask("/");
    expect([status, text]).toEqual([200, "<p>the page</p>"]);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  it("serves the document by its name", async () => {
    expect((await ask("/document/a%20b.pcap")).text).toBe("bytes");
  });

  it.each(["/../package.json", "/%2e%2e/package.json", "/document/other", "//etc/passwd", "/nothing"])("has no %s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it("answers only requests for its own host name, and only GET and HEAD", async () => {
    expect((await ask("/", { host: "elsewhere.example" })).status).toBe(403);
    expect((await ask("/", { method: "POST" })).status).toBe(405);
    expect((await ask("/", { method: "HEAD" })).text).toBe("");
  });
});
