/** The studio or a page of its tests, built and served on loopback as the programs serve it, in Chromium. Node only: for tests and benchmarks. */

import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { CHROMIUM } from "@pushback/judges";
import { type Browser, chromium } from "playwright-core";
import { build, type InlineConfig } from "vite";
import { MEDIA_TYPES, PAGE_HEADERS } from "../host/page-policy.ts";

const STUDIO = fileURLToPath(new URL("../..", import.meta.url));

export interface BuiltPage {
  readonly address: string;
  readonly browser: Browser;
  /** Compressed size of each built file in bytes. */
  readonly gzipBytes: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Builds `src/testing/NAME`, serves it and `files` (by path) on a port that is free, and starts Chromium. */
export function openBuiltPage(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<BuiltPage> {
  const config = {
    root: fileURLToPath(new URL(".", import.meta.url)),
    publicDir: false,
    build: { rolldownOptions: { input: fileURLToPath(new URL(name, import.meta.url)) } },
  } as const;
  return openBuilt(config, name, files);
}

/** The studio itself, as `pushback studio` serves it. A test run builds it only if no built studio is newer than the sources. */
export function openBuiltStudio(files: ReadonlyMap<string, Uint8Array> = new Map()): Promise<BuiltPage> {
  const folder = process.env["PUSHBACK_STUDIO"];
  return folder ? serveBuilt(folder, "index.html", files) : openBuilt({ root: STUDIO }, "index.html", files);
}

async function openBuilt(config: InlineConfig, name: string, files: ReadonlyMap<string, Uint8Array>): Promise<BuiltPage> {
  const folder = mkdtempSync(join(tmpdir(), "pushback-page-"));
  await buildPage(config, folder);
  const page = await serveBuilt(folder, name, files);
  return {
    ...page,
    close: async () => {
      await page.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function buildPage(config: InlineConfig, folder: string): Promise<void> {
  // Builds for production, as shipped: Vitest sets NODE_ENV to "test".
  const { NODE_ENV } = process.env;
  process.env["NODE_ENV"] = "production";
  await build({
    ...config,
    mode: "production",
    configFile: join(STUDIO, "vite.config.ts"),
    logLevel: "error",
    build: { ...config.build, outDir: folder, emptyOutDir: true },
  });
  if (NODE_ENV === undefined) delete process.env["NODE_ENV"];
  else process.env["NODE_ENV"] = NODE_ENV;
}

async function serveBuilt(folder: string, name: string, files: ReadonlyMap<string, Uint8Array>): Promise<BuiltPage> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    for (const [header, value] of Object.entries(PAGE_HEADERS)) response.setHeader(header, value);
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
    response.setHeader("content-type", MEDIA_TYPES[extname(path)] ?? "application/octet-stream");
    createReadStream(found).pipe(response);
  });
  const port = await listen(server);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const built = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    address: `http://127.0.0.1:${port}/${name}`,
    browser,
    gzipBytes: new Map(built.map((entry) => [entry.name, gzipSync(readFileSync(join(entry.parentPath, entry.name))).length])),
    close: async () => {
      await browser.close();
      server.close();
      server.closeAllConnections();
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
