import { expect, test, vi } from "vitest";
import { type BrowserPage, createBrowserHost } from "./browser-host.ts";
import { describeStudioHost, type HostBench } from "./host-suite.ts";
import { type OpenedFile, type SavedFile, sizeOf, textOf } from "./studio-host.ts";

/** Replaces the parts of the page that the host uses. They record for the tests how the host used them. */
function createBench(
  address = "http://127.0.0.1/",
  answer = (path: string): Response | Promise<Response> => new Response(path),
): HostBench {
  const target = new EventTarget();
  const stored = new Map<string, string>();
  const saved: Promise<SavedFile>[] = [];
  let choice: readonly OpenedFile[] = [];

  class Input extends EventTarget {
    type = "";
    accept = "";
    files: File[] = [];
    click(): void {
      this.files = choice.map((file) => new File([file.content as Uint8Array<ArrayBuffer>], file.name, { lastModified: 0 }));
      this.dispatchEvent(new Event(choice.length > 0 ? "change" : "cancel"));
    }
  }
  class Link {
    href = "";
    download = "";
    click(): void {
      const { href, download } = this;
      saved.push(
        (async () => {
          const blob = await (await fetch(href)).blob();
          return { suggestedName: download, mediaType: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
        })(),
      );
    }
  }
  const document = Object.assign(target, { createElement: (tag: string) => (tag === "input" ? new Input() : new Link()) });
  const page: BrowserPage = {
    document: document as unknown as Document,
    storage: { getItem: (k: string) => stored.get(k) ?? null, setItem: (k: string, v: string) => stored.set(k, v) } as unknown as Storage,
    address,
    fetch: async (path) => answer(path),
  };
  return {
    host: createBrowserHost(page),
    chooseFiles: (files) => {
      choice = files;
    },
    bringFile: async (file) => {
      const dropped = new File([file.content as Uint8Array<ArrayBuffer>], file.name);
      const read = Promise.withResolvers<void>();
      const content = await dropped.arrayBuffer();
      const arrayBuffer = async () => {
        // Resolves behind the host's own reaction to the content.
        setImmediate(read.resolve);
        return content;
      };
      const slice = () => Object.assign(new Blob(), { arrayBuffer });
      const files = [Object.assign(dropped, { arrayBuffer, slice })];
      target.dispatchEvent(Object.assign(new Event("drop"), { dataTransfer: { files } }));
      await read.promise;
    },
    saved: () => Promise.all(saved),
    chooseCommand: null,
    reopen: () => createBrowserHost(page),
  };
}

describeStudioHost("the browser", () => createBench());

test("opens what the address names", async () => {
  const bench = createBench("http://127.0.0.1/?open=own%20capture.pcapng");
  const file = await new Promise<OpenedFile>((resolve) => bench.host.onFile(resolve));
  expect(file.name).toBe("own capture.pcapng");
  expect(await textOf(file)).toBe("./document/own%20capture.pcapng");
});

const cutOff = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.error(new Error("reset")),
    }),
  );

test.each([
  ["is too large", () => new Response("", { headers: { "content-length": String(2 ** 30 + 1) } }), /^own\.pcap is larger than 1 GB/],
  ["is gone", () => new Response("not found", { status: 404 }), /^own\.pcap can't be read: it is no longer there/],
  ["breaks off, as a folder does", cutOff, /^own\.pcap can't be read to its end: it is a folder/],
  ["has no server", () => Promise.reject(new TypeError("Failed to fetch")), /^own\.pcap can't be read: the program that serves it/],
])("a document of the address that %s is said to be so in one line", async (_what, answer, line) => {
  const { host } = createBench("http://127.0.0.1/?open=own.pcap", answer);
  const files: OpenedFile[] = [];
  host.onFile((file) => files.push(file));
  // A listener that subscribes later also receives the message.
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(await new Promise<string>((resolve) => host.onFileProblem(resolve))).toMatch(line);
  expect(files).toEqual([]);
});

test("files of different kinds that are chosen together come in their order, texts read", async () => {
  const bench = createBench();
  bench.chooseFiles(["a.pcap", "b.yaml", "c.json", "d.pcapng"].map((name) => ({ name, content: Uint8Array.of(1, 2) })));
  const seen: string[] = [];
  bench.host.onFile(({ name, content }) => seen.push(`${name} ${content instanceof Blob ? "to be read" : "read"}`));
  await bench.host.openFiles();
  expect(seen).toEqual(["a.pcap to be read", "b.yaml read", "c.json read", "d.pcapng to be read"]);
});

test("captures of the same name are each recent, and open as the file they are", async () => {
  const bench = createBench();
  for (const length of [3, 5]) {
    bench.chooseFiles([{ name: "capture.pcapng", content: new Uint8Array(length) }]);
    await bench.host.openFiles();
  }
  const recent = await bench.host.recentFiles();
  expect(recent.map(({ name, lenBytes }) => [name, lenBytes])).toEqual([
    ["capture.pcapng", 5],
    ["capture.pcapng", 3],
  ]);
  const opened = await Promise.all(recent.map(({ id }) => bench.host.openRecent(id)));
  expect(opened.map((file) => file && sizeOf(file))).toEqual([5, 3]);
});

test("a capture that was replaced on the disk is recent once", async () => {
  const bench = createBench();
  const chosen = { name: "capture.pcapng", content: new Uint8Array(3) };
  bench.chooseFiles([chosen]);
  await bench.host.openFiles();
  const slice = vi.spyOn(File.prototype, "slice").mockImplementationOnce(() => {
    throw new DOMException("changed", "NotReadableError");
  });
  // The first `slice` is that of the earlier file only if the new one is empty.
  bench.chooseFiles([{ ...chosen, content: new Uint8Array() }]);
  await bench.host.openFiles();
  slice.mockRestore();
  expect((await bench.host.recentFiles()).map(({ lenBytes }) => lenBytes)).toEqual([0]);
});
