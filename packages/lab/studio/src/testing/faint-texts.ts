/** For tests: measures contrast where axe-core does not look. */

import type { Page } from "playwright-core";

/**
 * Compares the colours of texts that are hidden from axe (those of the skins and other decoration) with the colours painted behind them. Returns the texts
 * whose contrast is too low.
 */
export async function faintTexts(page: Page, within: string): Promise<string[]> {
  return page.evaluate((selector) => {
    const rgba = (text: string): number[] => {
      const values = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0, values[3] ?? 1];
    };
    const luminance = (c: number[]): number => {
      const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const over = (top: number[], below: number[]): number[] => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
    const behind = (element: Element): number[][] => {
      const layers: number[][] = [];
      for (let e: Element | null = element; e; e = e.parentElement) {
        const style = getComputedStyle(e);
        const images = style.backgroundImage.match(/rgba?\([^)]*\)/g);
        // If the background is a pattern, the text must contrast with every colour in it.
        if (images) return images.map((colour) => over(rgba(colour), rgba(style.backgroundColor)));
        const colour = rgba(style.backgroundColor);
        if (colour[3] > 0) layers.push(colour);
        if (colour[3] === 1) break;
      }
      return [layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1])];
    };
    const found: string[] = [];
    for (const place of document.querySelectorAll(selector)) {
      const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement as Element;
        const text = node.textContent?.trim() ?? "";
        if (text === "" || element.getClientRects().length === 0 || element.closest(".visually-hidden, :disabled")) continue;
        const style = getComputedStyle(element);
        // On a text screen a cell with its own background has a `rect` before its text.
        const isDrawn = element instanceof SVGElement;
        const cell = isDrawn ? element.parentElement?.querySelector("rect") : null;
        for (const ground of cell ? [rgba(getComputedStyle(cell).fill)] : behind(element)) {
          const ink = over(rgba(isDrawn ? style.fill : style.color), ground);
          const [a, b] = [luminance(ink), luminance(ground)].sort((x, y) => y - x);
          const ratio = (a + 0.05) / (b + 0.05);
          if (ratio < 4.5)
            found.push(
              `${element.closest("[data-machine]")?.getAttribute("data-machine")} ${element.getAttribute("class") || element.tagName} "${text.slice(0, 24)}" ${ratio.toFixed(2)}`,
            );
        }
      }
    }
    return [...new Set(found)];
  }, within);
}
