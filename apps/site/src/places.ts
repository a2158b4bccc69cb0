import { join } from "node:path";

/** The repository. */
export const ROOT = join(import.meta.dirname, "../../..");
/** Pages that are written by hand. */
export const PAGES = join(import.meta.dirname, "../pages");
/** All pages, as VitePress gets them. */
export const CONTENT = join(import.meta.dirname, "../.content");
/** The finished site. */
export const SITE = join(ROOT, "out/site");
