/** Keeps a reader of generated frames from its end until a test has seen what it waits for: `monitor-page.html?frames=N&gate=/gate`. */

import type { Page } from "playwright-core";

/** Lets `readers` readers pass and makes those after them wait. The returned function opens the gate. */
export async function shutReadingGate(page: Page, readers: number): Promise<() => void> {
  const opened = Promise.withResolvers<void>();
  let passed = 0;
  await page.route(
    ({ pathname }) => pathname === "/gate",
    async (route) => {
      if (passed++ >= readers) await opened.promise;
      await route.fulfill({ status: 204 });
    },
  );
  return opened.resolve;
}
