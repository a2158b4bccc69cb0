/** All platforms in one place, found by their own name or by a variant's. */

import type { Platform, PlatformVariant } from "@pushback/host";
import { macintosh } from "@pushback/macintosh";
import { msDos } from "@pushback/ms-dos";
import { windows3x } from "@pushback/windows-3x";
import { windows9x } from "@pushback/windows-9x";
import { windowsNt } from "@pushback/windows-nt";

export const PLATFORMS: readonly Platform[] = [msDos, windows3x, windowsNt, windows9x, macintosh];

/** The platform's default variant, or the variant of that name. */
export function findVariant(id: string): PlatformVariant | null {
  for (const platform of PLATFORMS) {
    if (platform.id === id) return platform.variants[0];
    const variant = platform.variants.find((v) => v.id === id);
    if (variant) return variant;
  }
  return null;
}

/** Every name that `findVariant` knows, for messages. */
export function platformNames(): string[] {
  return PLATFORMS.flatMap((platform) => [platform.id, ...platform.variants.map((v) => v.id)]);
}
