/** A page of the studio, built and served on loopback, in Chromium. Node only: for tests. */

import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

export interface BuiltPage {
  readonly address: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Builds `src/testing/NAME`, serves it and `files` (by path) on a port that is free, and starts Chromium. */
export async function openBuiltPage(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<BuiltPage> {
  const folder = mkdtempSync(join(tmpdir(), "pushback-page-"));
  await build({
    configFile: fileURLToPath(new URL("../../vite.config.ts", import.meta.url)),
    root: fileURLToPath(new URL(".", import.meta.url)),
    logLevel: "error",
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true, rolldownOptions: { input: fileURLToPath(new URL(name, import.meta.url)) } },
  });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    const file = files.get(path);
    if (file) {
      response.end(file);
      return;
    }
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    const found = join(folder, path);
    if (!existsSync(found)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    createReadStream(found).pipe(response);
  });
  const port = await listen(server);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  return {
    address: `http://127.0.0.1:${port}/${name}`,
    browser,
    close: async () => {
      await browser.close();
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
