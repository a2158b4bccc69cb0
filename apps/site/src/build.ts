/**
 * `npm run site`: writes the pages (the documentation in `docs`, the pages here, and reference pages made from the code) into one folder and lets
 * VitePress make a static site of them in `out/site`, with the studio in its folder `studio`. Needs no network.
 */

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vitepress";
import { writeDocumentation } from "./documentation.ts";
import { CONTENT, PAGES, ROOT, SITE } from "./places.ts";
import { writeReference } from "./reference.ts";

const studio = join(ROOT, "packages/lab/studio/dist");
const gallery = join(ROOT, "scenarios");

if (!existsSync(join(studio, "index.html")))
  throw new Error(`${studio}: the studio is not built; run npm run site from the repository's root`);
rmSync(CONTENT, { recursive: true, force: true });
mkdirSync(CONTENT, { recursive: true });
cpSync(PAGES, CONTENT, { recursive: true });
writeDocumentation();
writeReference();
await build(join(import.meta.dirname, ".."), { outDir: SITE });

// The studio takes `?open=NAME` from its folder `document`.
cpSync(studio, join(SITE, "studio"), { recursive: true });
mkdirSync(join(SITE, "studio/document"), { recursive: true });
for (const file of readdirSync(gallery)) cpSync(join(gallery, file), join(SITE, "studio/document", file));
