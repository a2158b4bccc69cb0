/**
 * Measures the built studio in Chromium and prints one JSON line: `node … measure.ts play|scroll|paint [SECONDS]`, or `diagnose CAPTURE`. A picture counts
 * when the browser asks for it (`requestAnimationFrame`). On a computer without a graphics processor, the measured processor time includes drawing.
 */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { type BuiltPage, openBuiltPage, openBuiltStudio } from "./built-page.ts";
import { renderersMegabytes } from "./renderers.ts";

const [what, wanted = "8"] = process.argv.slice(2);
const seconds = Number(wanted);

interface Counted {
  readonly pictures: number;
  readonly seconds: number;
  /** The longest time between two animation frames. */
  readonly longestMs: number;
  /** Number of tasks on the page's main thread that took more than 50 ms. */
  readonly longTasks: number;
  /** Processor time of the page's main thread per animation frame, in milliseconds; the budget at 60 Hz is 16.7 ms. */
  readonly mainMs: number;
}

/** Counts the animation frames in an interval, and the main thread's processor time for them. */
async function countPictures(page: Page): Promise<Counted> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busySeconds = async (): Promise<number> =>
    (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  const before = await busySeconds();
  const counted = await page.evaluate(
    (ms) =>
      new Promise<Omit<Counted, "mainMs">>((resolve) => {
        let [pictures, longestMs, longTasks, first, last] = [0, 0, 0, 0, 0];
        new PerformanceObserver((list) => {
          longTasks += list.getEntries().length;
        }).observe({ type: "longtask" });
        const count = (now: number): void => {
          if (first === 0) first = now;
          else {
            pictures++;
            longestMs = Math.max(longestMs, now - last);
          }
          last = now;
          if (now - first < ms) requestAnimationFrame(count);
          else resolve({ pictures, seconds: (now - first) / 1000, longestMs, longTasks });
        };
        requestAnimationFrame(count);
      }),
    seconds * 1000,
  );
  return { ...counted, mainMs: (1000 * ((await busySeconds()) - before)) / counted.pictures };
}

const open = async ({ browser, address }: BuiltPage, query = ""): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address + query);
  return page;
};

/** The default scenario at 600 times real time, on the bench. */
async function measurePlay(): Promise<object> {
  const built = await openBuiltStudio();
  try {
    const page = await open(built);
    await page.getByRole("button", { name: "Play the article" }).click();
    await page.getByLabel("Speed").selectOption("600");
    await page.waitForFunction(() => document.querySelectorAll(".icmp-count").length === 5);
    const start = await page.locator(".clock-main").textContent();
    const counted = await countPictures(page);
    return { ...counted, from: start, to: await page.locator(".clock-main").textContent() };
  } finally {
    await built.close();
  }
}

/** Scrolls through a million rows, alternating between wheel steps and page keys, so that every animation frame shows other rows. */
async function measureScroll(): Promise<object> {
  const built = await openBuiltPage("monitor-page.html", new Map());
  try {
    const page = await open(built, "?frames=1000000");
    await page.waitForFunction(() => document.querySelector(".filter-status")?.textContent === "1,000,000 frames", null, {
      timeout: 120_000,
    });
    const scroll = (pixels: number) =>
      page.evaluate((step) => {
        const list = document.querySelector(".packet-scroller") as HTMLElement;
        list.scrollTop = list.scrollHeight / 4;
        const go = (): void => {
          list.scrollTop += step;
          requestAnimationFrame(go);
        };
        requestAnimationFrame(go);
      }, pixels);
    await scroll(40);
    const counted = await countPictures(page);
    const shown = await page.locator(".packet-row[data-class]").count();
    const page2 = await open(built, "?frames=1000000");
    await page.close();
    await page2.waitForFunction(() => document.querySelector(".filter-status")?.textContent === "1,000,000 frames", null, {
      timeout: 120_000,
    });
    await page2.evaluate(() => {
      const list = document.querySelector(".packet-scroller") as HTMLElement;
      const go = (): void => {
        list.scrollTop += list.clientHeight;
        requestAnimationFrame(go);
      };
      requestAnimationFrame(go);
    });
    return { ...counted, shown, pageEachPicture: await countPictures(page2) };
  } finally {
    await built.close();
  }
}

/** Measures the time from requesting the page until the five machines are visible, in a new browser context each time. */
async function measurePaint(): Promise<object> {
  const built = await openBuiltStudio();
  try {
    const times: { readonly usefulMs: number; readonly firstMs: number }[] = [];
    for (let i = 0; i < 6; i++) {
      const context = await built.browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await page.addInitScript(() => {
        const look = (): void => {
          if (document.querySelectorAll(".machine .glass").length < 5) requestAnimationFrame(look);
          // Content that is in the document now is painted by the next animation frame.
          else
            requestAnimationFrame(() => {
              (globalThis as { usefulMs?: number }).usefulMs = performance.now();
            });
        };
        requestAnimationFrame(look);
      });
      await page.goto(built.address);
      await page.waitForFunction(() => (globalThis as { usefulMs?: number }).usefulMs !== undefined);
      times.push(
        await page.evaluate(() => ({
          usefulMs: (globalThis as { usefulMs?: number }).usefulMs ?? 0,
          firstMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
        })),
      );
      await context.close();
    }
    // The first page of a browser that has just been started pays for the browser.
    const useful = times.slice(1).sort((a, b) => a.usefulMs - b.usefulMs)[2];
    const gzipBytes = [...built.gzipBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { seconds: useful.usefulMs / 1000, firstMs: useful.firstMs, gzipBytes };
  } finally {
    await built.close();
  }
}

interface LongTask {
  readonly startTime: number;
  readonly duration: number;
}

/** A capture from the moment it is dropped to its diagnosis, and what it leaves behind when its tab is closed. */
async function measureDiagnose(): Promise<object> {
  const SMALL = new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url);
  const built = await openBuiltStudio(
    new Map([
      ["/small.pcap", readFileSync(SMALL)],
      ["/large.pcapng", readFileSync(wanted)],
    ]),
  );
  try {
    const page = await open(built);
    page.setDefaultTimeout(600_000);
    // A drop before the studio is there would be lost.
    await page.getByRole("button", { name: "Log on all" }).waitFor();
    const megabytes = await renderersMegabytes(page);
    await page.evaluate(() => {
      const tasks: LongTask[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
    });
    /** Milliseconds on the page's own clock. */
    const diagnose = (name: string): Promise<{ readonly begin: number; readonly end: number }> =>
      page.evaluate(async (path) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([await (await fetch(`/${path}`)).blob()], path));
        // A person drags a file over the page before dropping it.
        document.dispatchEvent(new DragEvent("dragenter", { dataTransfer, bubbles: true, cancelable: true }));
        await new Promise((resolve) => setTimeout(resolve, 1000));
        // Playwright looks for an element every half second: too seldom to measure with.
        const answered = new Promise<void>((resolve) => {
          const observer = new MutationObserver(() => {
            if (!document.querySelector(".diagnosis-answer h2")) return;
            observer.disconnect();
            resolve();
          });
          observer.observe(document.body, { childList: true, subtree: true });
        });
        const begin = performance.now();
        document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        await answered;
        // The second animation frame follows the one that painted the answer.
        for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
        return { begin, end: performance.now() };
      }, name);
    const close = async (): Promise<{ readonly begin: number; readonly end: number }> => {
      const begin = await page.evaluate(() => performance.now());
      await page.keyboard.press("Alt+w");
      while (page.workers().length > 1) await page.waitForTimeout(20);
      return { begin, end: await page.evaluate(() => performance.now()) };
    };
    /** Waits until every frame is in the list. */
    const untilIndexed = async (): Promise<{ readonly begin: number; readonly end: number }> => {
      const begin = await page.evaluate(() => performance.now());
      await page.waitForFunction(() => document.querySelector(".legend-state")?.textContent?.startsWith("Reading") === false);
      return { begin, end: await page.evaluate(() => performance.now()) };
    };
    // The first capture loads code that stays.
    await diagnose("small.pcap");
    await close();
    const before = await megabytes();
    const opened = await diagnose("large.pcapng");
    const indexed = await untilIndexed();
    const openMb = await megabytes();
    const answer = await page.locator(".diagnosis-answer h2").textContent();
    const closed = await close();
    // The browser's allocator gives memory back to the system some ten seconds later.
    let leftMb = await megabytes();
    for (let i = 0; i < 60 && leftMb - before > 10; i++) {
      await page.waitForTimeout(500);
      leftMb = await megabytes();
    }
    const tasks = await page.evaluate(() =>
      (globalThis as unknown as { tasks: LongTask[] }).tasks.map(({ startTime, duration }) => ({ startTime, duration })),
    );
    // Between these intervals the test forces a garbage collection, a long task that must not count.
    const own = [opened, indexed, closed].flatMap(({ begin, end }) => tasks.filter(({ startTime: at }) => at >= begin && at < end));
    const longestTaskMs = Math.max(0, ...own.map(({ duration }) => duration));
    return {
      seconds: (opened.end - opened.begin) / 1000,
      indexedSeconds: (indexed.end - opened.begin) / 1000,
      longestTaskMs,
      openMb: openMb - before,
      leftMb: leftMb - before,
      answer,
    };
  } finally {
    await built.close();
  }
}

const MEASURES = { play: measurePlay, scroll: measureScroll, paint: measurePaint, diagnose: measureDiagnose } as const;
console.log(JSON.stringify(await MEASURES[what as keyof typeof MEASURES]()));
