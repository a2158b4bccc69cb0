/**
 * Makes the machines' fonts and pointers from their pixels and adds them to the document. Loaded when the first machines stand on the desk; until then, and where a
 * browser refuses a font, the faces named after them in the style sheets are used.
 */

import { installCursors } from "./cursors.ts";
import { MAC_FACE } from "./mac-face.ts";
import type { PixelFace } from "./pixel-face.ts";
import { SANS_FACE } from "./sans-face.ts";
import { SMALL_TEXT_FACE } from "./small-text-face.ts";
import { TEXT_FACE } from "./text-face.ts";
import { emitTrueType } from "./true-type.ts";

/** Every font of the machines. The Macintosh face is already bold, so it needs no second weight. */
export const PIXEL_FONTS: readonly { readonly face: PixelFace; readonly weights: readonly (400 | 700)[] }[] = [
  { face: TEXT_FACE, weights: [400] },
  { face: SANS_FACE, weights: [400, 700] },
  { face: MAC_FACE, weights: [400] },
  { face: SMALL_TEXT_FACE, weights: [400] },
];

/** One font at a time, when the page is idle; `data-fonts` on the root says when all are there. */
export async function installPixels(): Promise<void> {
  installCursors();
  for (const { face, weights } of PIXEL_FONTS) {
    for (const weight of weights) {
      await new Promise<void>((resolve) => requestIdleCallback(() => resolve(), { timeout: 1000 }));
      // A face with one weight serves every weight, so that the browser draws no bold form itself.
      const range = weights.length === 1 ? "1 1000" : String(weight);
      document.fonts.add(await new FontFace(face.family, emitTrueType(face, weight), { weight: range }).load());
    }
  }
  document.documentElement.dataset["fonts"] = "pixel";
}
