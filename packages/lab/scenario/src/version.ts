/** Set by the build to a hash of the engine's sources and their dependencies; not defined when the sources run as they are. */
declare const __PUSHBACK_BUILD__: string | undefined;

/** The product's version. Captures name it; their bytes do not depend on the build. */
export const PRODUCT_VERSION = "0.1.0";

/** The build part of `ENGINE_VERSION` when the sources run without a build. */
export const SOURCE_BUILD = "source";

/**
 * Identifies the code that produced a result: the product's version and, behind `+`, the build (a hash of what was built, or `source`). Comparisons
 * name it, and sweeps use it to tell results of different builds apart.
 */
export const ENGINE_VERSION = `${PRODUCT_VERSION}+${typeof __PUSHBACK_BUILD__ === "string" ? __PUSHBACK_BUILD__ : SOURCE_BUILD}`;
