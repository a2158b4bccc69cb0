/** What a platform from outside must be like, beyond its type. */

import type { Platform } from "@pushback/host";

/** Names that mean something else in scenario files, options and recordings. */
const TAKEN: readonly string[] = ["server", "router", "each", "same", "all", "default", "together"];
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

/** Throws a RangeError that names the platform or variant and says what is wrong with it. */
export function checkPlatform({ id, variants }: Platform): void {
  checkName("platform", id);
  if (variants.length === 0) throw new RangeError(`platform ${id}: needs at least one variant; the first one is the default`);
  for (const variant of variants) {
    checkName("variant", variant.id);
    if (variant.platform !== id)
      throw new RangeError(`variant ${variant.id}: its \`platform\` is "${variant.platform}", and it is listed under "${id}"`);
    const { personality, boot, goingDown, mail } = variant;
    const place = wrongNumber({ personality, boot, goingDown, mail });
    if (place !== null) throw new RangeError(`variant ${variant.id}: ${place} is no number of which a run can be made: it must be finite`);
  }
}

function checkName(what: string, name: string): void {
  if (!NAME.test(name)) throw new RangeError(`${what} "${name}": a name has small letters, digits, dots and hyphens, as windows-95`);
  if (TAKEN.includes(name)) throw new RangeError(`${what} "${name}": the name means something else in scenario files and options`);
}

/** The path of the first number that is not finite, as `personality.rtoInitialUs.value`; `null` if there is none. */
function wrongNumber(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : "";
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = wrongNumber(inner);
    if (found !== null) return found === "" ? key : `${key}.${found}`;
  }
  return null;
}
