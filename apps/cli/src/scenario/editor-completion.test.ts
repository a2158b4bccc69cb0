/** What an editor with yaml-language-server offers and refuses in a scenario file whose first line names the schema. */

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PLATFORMS, STEPS } from "@pushback/scenario";
import { afterAll, beforeAll, expect, it } from "vitest";
import { GALLERY_FOLDER } from "../places.ts";

const SERVER = join(import.meta.dirname, "../../node_modules/yaml-language-server/bin/yaml-language-server");

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** A client of the Language Server Protocol, version 3.17, over standard input and output. */
class LanguageClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  readonly #diagnostics = new Map<string, (messages: string[]) => void>();
  #bytes = Buffer.alloc(0);
  #id = 0;

  constructor() {
    this.#child = spawn(process.execPath, [SERVER, "--stdio"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    this.#child.stdout?.on("data", (bytes: Buffer) => this.#take(bytes));
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const head = this.#bytes.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(this.#bytes.subarray(0, Math.max(head, 0)).toString())?.[1]);
      if (head < 0 || this.#bytes.length < head + 4 + length) return;
      const message = JSON.parse(this.#bytes.subarray(head + 4, head + 4 + length).toString()) as Message;
      this.#bytes = this.#bytes.subarray(head + 4 + length);
      this.#answer(message);
    }
  }

  #answer({ id, method, params, result }: Message): void {
    if (method === "textDocument/publishDiagnostics") {
      const { uri, diagnostics } = params as { uri: string; diagnostics: { message: string }[] };
      this.#diagnostics.get(uri)?.(diagnostics.map(({ message }) => message));
    } else if (method !== undefined && id !== undefined) {
      // The server asks for settings of the editor, which has none.
      this.#send({ id, result: method === "workspace/configuration" ? [{}, {}, {}, {}, {}] : null });
    } else if (id !== undefined) this.#waiting.get(id)?.(result);
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#child.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#child.stdin?.write(body);
  }

  notify(method: string, params: object): void {
    this.#send({ method, params });
  }

  request(method: string, params: object): Promise<unknown> {
    const id = ++this.#id;
    this.#send({ id, method, params });
    return new Promise((done) => this.#waiting.set(id, done));
  }

  /** Opens a document. Resolves to the messages that the language server reports about it. */
  open(uri: string, text: string): Promise<string[]> {
    const messages = new Promise<string[]>((done) => this.#diagnostics.set(uri, done));
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    return messages;
  }

  /** Labels that are offered at the end of the text. */
  async complete(uri: string, text: string): Promise<string[]> {
    await this.open(uri, text);
    const lines = text.split("\n");
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    const result = (await this.request("textDocument/completion", { textDocument: { uri }, position })) as { items: { label: string }[] };
    return result.items.map(({ label }) => label);
  }

  end(): void {
    this.#child.kill();
  }
}

const client = new LanguageClient();
afterAll(() => client.end());
beforeAll(async () => {
  await client.request("initialize", { processId: process.pid, rootUri: null, capabilities: { workspace: { configuration: true } } });
  client.notify("initialized", {});
});

const uriOf = (name: string) => pathToFileURL(join(GALLERY_FOLDER, name)).href;
const article = readFileSync(join(GALLERY_FOLDER, "kb-q159302.yaml"), "utf8");

it("reports no fault in the gallery's article, and names an unknown step and platform", async () => {
  expect(await client.open(uriOf("kb-q159302.yaml"), article)).toEqual([]);
  expect((await client.open(uriOf("a.yaml"), article.replace("logon: client", "login: client"))).join(" ")).toContain("login");
  expect(await client.open(uriOf("b.yaml"), article.replace("platform: each", "platform: windows-59"))).not.toEqual([]);
});

it("offers steps, platforms, groups and values of `set:`", async () => {
  const [head] = article.split("\nclients:");
  const steps = await client.complete(uriOf("c.yaml"), `${head}\nsteps:\n  - at: 1m\n    `);
  expect(steps).toEqual(expect.arrayContaining(STEPS.map(({ name }) => name)));
  const platforms = await client.complete(uriOf("d.yaml"), `${head}\nclients:\n  - name: pc\n    platform: `);
  expect(platforms).toEqual(expect.arrayContaining(["each", ...PLATFORMS.map(({ id }) => id)]));
  const groups = await client.complete(uriOf("e.yaml"), `${head}\nclients:\n  - name: pc\n    platform: each\n    set:\n      `);
  expect(groups).toEqual(expect.arrayContaining(["personality", "boot", "goingDown", "mail"]));
  const values = await client.complete(
    uriOf("f.yaml"),
    `${head}\nclients:\n  - name: pc\n    platform: each\n    set:\n      personality:\n        `,
  );
  expect(values).toEqual(expect.arrayContaining(Object.keys(PLATFORMS[0].variants[0].personality)));
});

const EXAMPLES = join(import.meta.dirname, "../../../../examples/scenarios");

it("reports no fault in the files of examples/scenarios, and offers all steps in each", async () => {
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(join(EXAMPLES, file), "utf8");
    const uri = (name: string) => pathToFileURL(join(EXAMPLES, name)).href;
    expect([file, await client.open(uri(file), text)]).toEqual([file, []]);
    const [before] = text.split("\nexpect:");
    const offered = await client.complete(uri(`new-${file}`), `${before}\n  - at: 10m\n    `);
    expect(offered, file).toEqual(expect.arrayContaining(STEPS.map(({ name }) => name)));
  }
});
