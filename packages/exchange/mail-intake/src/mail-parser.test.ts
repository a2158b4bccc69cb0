import { afterAll, describe, expect, it } from "vitest";
import { createMailParser } from "./mail-parser.ts";

const parser = createMailParser();
const hasty = createMailParser({ timeoutMs: 1 });
const small = createMailParser({ maxBytes: 1000 });
afterAll(() => {
  for (const each of [parser, hasty, small]) each.close();
});

const html = (page: string) => Buffer.from(`Subject: x\r\nContent-Type: text/html\r\n\r\n${page}`);

describe("the parser of foreign mail", () => {
  it.each([
    ["<", 400_000],
    ["<script", 60_000],
    ["<!--", 100_000],
    ["</p ", 100_000],
    ["&", 400_000],
    ["<p>", 130_000],
    ["\r\n", 40_000],
  ])("takes %j repeated %i times in its stride, and lets others run meanwhile", async (piece, times) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const begin = performance.now();
    const parsed = await parser.parse(html(`${piece.repeat(times)}x`));
    const elapsedMs = performance.now() - begin;
    clearInterval(timer);
    expect(parsed.ok).toBe(true);
    // If the parser ran in this thread, it would block the event loop and the timer could not fire during the parse.
    if (elapsedMs > 100) expect(turns).toBeGreaterThan(2);
  });

  it("gives up a message that takes too long, and goes on with the next one", async () => {
    expect(await hasty.parse(html("<p>".repeat(500_000)))).toEqual({ ok: false, why: "too-costly" });
    expect(await parser.parse(html("<b>still there</b>"))).toMatchObject({
      ok: true,
      mail: { message: { body: expect.stringContaining("still there") } },
    });
  });

  it("says that it is busy instead of taking more than its budget", async () => {
    const first = small.parse(html("x".repeat(600)));
    expect(await small.parse(html("x".repeat(600)))).toEqual({ ok: false, why: "busy" });
    expect((await first).ok).toBe(true);
    expect((await small.parse(html("x".repeat(600)))).ok).toBe(true);
  });
});
