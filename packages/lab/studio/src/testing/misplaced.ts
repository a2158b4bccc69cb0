/** For tests: what can be pressed or typed into and is out of the window's width, cut off, or under something else; and texts that are cut off. */

import type { Page } from "playwright-core";

/** A wide telephone, a window of 1280 × 800 at 200 % zoom, and the narrowest width that WCAG 2.1 asks for (1.4.10). */
export const SMALL_SIZES = [
  { width: 390, height: 844 },
  { width: 640, height: 400 },
  { width: 320, height: 640 },
] as const;

/** Sets the browser's own size of text, which is 16 px at first, and loads the page again. */
export async function chooseTextSize(page: Page, px: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setFontSizes", { fontSizes: { standard: px, fixed: px } });
  await page.reload();
}

/** `misplaced` at each size; the window has the last of them afterwards. */
export async function misplacedAtEverySize(
  page: Page,
  sizes: readonly { readonly width: number; readonly height: number }[] = SMALL_SIZES,
): Promise<string[]> {
  const faults: string[] = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    // After two animation frames, all resize observers have updated the page.
    await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
    faults.push(...(await misplaced(page)).map((fault) => `${size.width} × ${size.height}: ${fault}`));
  }
  return faults;
}

/** One line for each visible text of `within` that is cut off at an end, or that leaves its button or clock. The chosen options of lists count as texts. */
export function cutTexts(page: Page, within: string): Promise<string[]> {
  return page.locator(within).evaluateAll((places) => {
    const faults: string[] = [];
    const range = document.createRange();
    for (const element of places.flatMap((place) => [place, ...place.querySelectorAll<HTMLElement>("*")])) {
      if (!element.checkVisibility() || element.closest(".visually-hidden")) continue;
      if (element instanceof HTMLSelectElement) {
        // A copy of the list with only this option is as wide as the option needs.
        const alone = element.cloneNode() as HTMLSelectElement;
        alone.add(new Option(element.selectedOptions[0]?.text));
        alone.style.cssText = "position: absolute; width: auto; min-width: 0; max-width: none";
        element.after(alone);
        if (alone.offsetWidth > element.offsetWidth + 1) faults.push(`“${alone.options[0]?.text}” is wider than its list`);
        alone.remove();
        continue;
      }
      for (const node of element.childNodes) {
        const text = node.nodeType === Node.TEXT_NODE ? (node.textContent ?? "").trim() : "";
        if (text === "") continue;
        range.selectNodeContents(node);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        for (let each: Element | null = element; each !== null && places.some((place) => place.contains(each)); each = each.parentElement) {
          const { overflowX, overflowY } = getComputedStyle(each);
          const box = each.getBoundingClientRect();
          const isCut =
            (overflowX !== "visible" && (left < box.left - 1 || right > box.right + 1)) ||
            ((overflowY === "hidden" || overflowY === "clip") && (top < box.top - 2 || bottom > box.bottom + 2));
          const leaves = each === element && each.matches("button, .clock *") && (left < box.left - 1 || right > box.right + 1);
          if (leaves) faults.push(`“${text}” is wider than ${each.tagName.toLowerCase()}.${each.className}`);
          if (isCut) faults.push(`“${text}” is cut off by ${each.tagName.toLowerCase()}.${each.className}`);
        }
      }
    }
    return faults;
  });
}

/**
 * Returns one line for each control or heading that is out of the window or under something else. Looks in the open dialog or, if none is open, in the whole
 * page, and scrolls to each element first, as a user would.
 */
function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const ALL = 'a[href], button, input, select, textarea, summary, h2, [tabindex="0"], [role="tab"], [role="menuitem"]';
    const place: ParentNode = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
    const faults: string[] = [];
    const ancestors = (element: Element): Element[] =>
      element.parentElement ? [element.parentElement, ...ancestors(element.parentElement)] : [];
    for (const element of place.querySelectorAll<HTMLElement>(ALL)) {
      const isMenu = element.closest('[role="menu"]') !== null;
      if (document.querySelector('[role="menu"]') && !isMenu) continue;
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const size = element.getBoundingClientRect();
      // Text for screen readers, and elements too small to be pressed.
      if (size.width < 4 || size.height < 4 || element.closest(".visually-hidden")) continue;
      element.scrollIntoView({ block: "center", inline: "nearest" });
      // A user can't scroll an element with `overflow: hidden` or `clip`: undo the scrolling that `scrollIntoView` did in it.
      for (const each of ancestors(element)) {
        const { overflowX, overflowY } = getComputedStyle(each);
        if (overflowX === "hidden" || overflowX === "clip") each.scrollLeft = 0;
        if (overflowY === "hidden" || overflowY === "clip") each.scrollTop = 0;
      }
      let box = element.getBoundingClientRect();
      for (const each of ancestors(element)) {
        // A long text is cut off with an ellipsis: only the visible part counts.
        if (getComputedStyle(each).textOverflow !== "ellipsis") continue;
        const { left, right } = each.getBoundingClientRect();
        const from = Math.max(left, box.left);
        box = new DOMRect(from, box.top, Math.max(1, Math.min(right, box.right) - from), box.height);
      }
      const name = `${element.tagName.toLowerCase()}.${element.className} “${(element.getAttribute("aria-label") ?? element.textContent ?? "").slice(0, 40)}”`;
      if (box.left < -1 || box.right > innerWidth + 1) {
        faults.push(`${name} is out of the window: ${Math.round(box.left)} to ${Math.round(box.right)} of ${innerWidth}`);
        continue;
      }
      // Three points are tested, clamped to the window: an element larger than the window is partly outside, and its children count as itself.
      for (const at of [0.2, 0.5, 0.8]) {
        const x = box.left + box.width * at;
        const y = Math.min(innerHeight - 2, Math.max(1, box.top + box.height / 2));
        const hit = document.elementFromPoint(x, y);
        const label = element.closest("label");
        if (hit && (element.contains(hit) || label?.contains(hit))) continue;
        // A notice goes away by itself.
        if (hit?.closest(".notice-place")) continue;
        faults.push(
          `${name} lies under ${hit ? `${hit.tagName.toLowerCase()}.${hit.getAttribute("class")}` : "nothing"} at ${Math.round(x)}, ${Math.round(y)}`,
        );
        break;
      }
    }
    return faults;
  });
}
