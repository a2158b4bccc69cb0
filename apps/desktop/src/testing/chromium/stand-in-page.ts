/** A page of Debian's Chromium in place of an Electron window: the preload runs in an isolated world, calls go over the debugging protocol. */

import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CHROMIUM_BROWSER } from "@pushback/judges";
import { type BrowserContext, type CDPSession, chromium } from "playwright-core";
import { installPageWorld } from "./page-world.ts";
import { createPreloadWorld } from "./preload-world.ts";
import { decodeWire, encodeWire } from "./wire-format.ts";

const WORLD = "pushback-preload";
const BINDING = "pushbackInvoke";

export interface StandInSettings {
  readonly width: number;
  readonly height: number;
  /** The folder of the browser's data. */
  readonly profile: string;
  readonly preload: string;
  readonly preloadArguments: readonly string[];
  /** The app's own handlers of addresses, by scheme. */
  readonly schemes: ReadonlyMap<string, (request: Request) => Promise<Response>>;
  /** Whether the app's request filter refuses the URL, which has the app's scheme (`pushback:`), not the loopback address. */
  isRefused(url: string): boolean;
  /** Calls the app's handler. */
  invoke(channel: string, pageUrl: string, args: readonly unknown[]): unknown;
}

const ENCODING = `const BYTES = "$bytes"; const encodeWire = ${encodeWire.toString()}; const decodeWire = ${decodeWire.toString()};`;

export class StandInContents extends EventEmitter {
  readonly #settings: StandInSettings;
  #context: BrowserContext | null = null;
  #server: Server | null = null;
  #session: CDPSession | null = null;
  /** `pushback://studio` and the address on loopback that stands for it. */
  #own = "";
  #standIn = "";
  #world = 0;
  debuggingPort = 0;

  constructor(settings: StandInSettings) {
    super();
    this.#settings = settings;
  }

  setWindowOpenHandler(): void {}

  async load(url: string): Promise<void> {
    const { protocol, host, pathname } = new URL(url);
    this.#own = `${protocol}//${host}`;
    this.#standIn = `http://127.0.0.1:${await this.#serve(protocol.slice(0, -1))}`;
    const { width, height, profile } = this.#settings;
    const context = await chromium.launchPersistentContext(join(profile, "chromium"), {
      executablePath: CHROMIUM_BROWSER,
      viewport: { width, height },
      args: ["--no-sandbox", "--remote-debugging-port=0"],
    });
    this.#context = context;
    this.debuggingPort = Number(readFileSync(join(profile, "chromium", "DevToolsActivePort"), "utf8").split("\n")[0]);
    await context.route("**", (route) =>
      this.#settings.isRefused(this.#ownUrl(route.request().url())) ? route.abort() : route.continue(),
    );
    const page = context.pages()[0] ?? (await context.newPage());
    const session = await context.newCDPSession(page);
    this.#session = session;
    session.on("Runtime.executionContextCreated", ({ context: world }) => {
      if (world.name === WORLD) this.#world = world.id;
    });
    session.on("Runtime.bindingCalled", ({ payload, executionContextId }) => void this.#answer(payload, executionContextId, page.url()));
    await session.send("Runtime.enable");
    await session.send("Page.enable");
    await session.send("Runtime.addBinding", { name: BINDING, executionContextName: WORLD });
    await session.send("Page.addScriptToEvaluateOnNewDocument", {
      source: `{ ${ENCODING} (${installPageWorld.toString()})(encodeWire, decodeWire); }`,
    });
    await session.send("Page.addScriptToEvaluateOnNewDocument", { source: this.#preloadSource(), worldName: WORLD });
    await page.goto(`${this.#standIn}${pathname}`);
  }

  #preloadSource(): string {
    const { preload, preloadArguments } = this.#settings;
    return `{ ${ENCODING}
      const electron = (${createPreloadWorld.toString()})(encodeWire, decodeWire);
      (function (require, process, module, exports) { ${readFileSync(preload, "utf8")} })(
        (name) => { if (name === "electron") return electron; throw new Error("a sandboxed preload can't require " + name); },
        { argv: ${JSON.stringify(preloadArguments)} }, { exports: {} }, {});
    }`;
  }

  #ownUrl(url: string): string {
    return url.startsWith(this.#standIn) ? this.#own + url.slice(this.#standIn.length) : url;
  }

  /** The app's own protocol handler, behind a port on loopback. */
  async #serve(scheme: string): Promise<number> {
    const handler = this.#settings.schemes.get(scheme);
    if (!handler) throw new Error(`no handler for ${scheme}:`);
    this.#server = createServer(async (request, response) => {
      const answer = await handler(new Request(this.#own + request.url, { method: request.method ?? "GET" }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(new Uint8Array(await answer.arrayBuffer()));
    }).listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(payload: string, contextId: number, pageUrl: string): Promise<void> {
    const { id, channel, args } = decodeWire(payload) as { id: number; channel: string; args: unknown[] };
    let reply: { value?: unknown; error?: string };
    try {
      reply = { value: await this.#settings.invoke(channel, this.#ownUrl(pageUrl), args) };
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : String(error) };
    }
    await this.#evaluate(`pushbackReply(${id}, ${JSON.stringify(encodeWire(reply))})`, contextId);
  }

  send(channel: string, ...args: unknown[]): void {
    void this.#evaluate(`pushbackNews(${JSON.stringify(channel)}, ${JSON.stringify(encodeWire(args))})`, this.#world);
  }

  async #evaluate(expression: string, contextId: number): Promise<void> {
    // A page that has gone meanwhile needs no answer.
    await this.#session?.send("Runtime.evaluate", { expression, contextId }).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}
