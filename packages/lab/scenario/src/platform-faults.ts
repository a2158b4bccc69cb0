/** Checks of a custom platform that its type cannot express. */

import type { Fact, Platform, PlatformVariant } from "@pushback/host";

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
    const place = placeOfWrongNumber(variant);
    if (place !== null) throw new RangeError(`variant ${variant.id}: ${place} has a number that is not finite`);
  }
}

function checkName(what: string, name: string): void {
  if (!NAME.test(name)) throw new RangeError(`${what} "${name}": a name has small letters, digits, dots and hyphens, as windows-95`);
  if (TAKEN.includes(name)) throw new RangeError(`${what} "${name}": the name means something else in scenario files and options`);
}

/** The path of the first fact whose value has a number that is not finite, as `personality.rtoInitialUs`; `null` if there is none. */
function placeOfWrongNumber({ personality, boot, goingDown, mail }: PlatformVariant): string | null {
  for (const [group, facts] of Object.entries({ personality, boot, goingDown, mail }))
    for (const [name, { value }] of Object.entries<Fact<unknown>>(facts)) if (hasWrongNumber(value)) return `${group}.${name}`;
  return null;
}

function hasWrongNumber(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasWrongNumber);
}
