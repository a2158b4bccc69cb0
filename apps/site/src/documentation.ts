/** Takes the repository's documentation into the site. */

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { CONTENT, ROOT } from "./places.ts";

/** Path of each document on the site. */
const PLACES: Readonly<Record<string, string>> = {
  "docs/q159302.md": "explanation/article.md",
  "docs/ARCHITECTURE.md": "explanation/architecture.md",
  "docs/SECURITY.md": "explanation/security.md",
  "docs/FAULTS.md": "explanation/faults.md",
  "docs/FLEET-PROFILE.md": "explanation/fleet-profile.md",
  "docs/BENCHMARKS.md": "explanation/benchmarks.md",
  "docs/LIVE.md": "how-to/live-machine.md",
  "docs/SERVE.md": "how-to/server.md",
  "docs/STUDIO.md": "how-to/studio.md",
  "docs/WIRESHARK.md": "how-to/wireshark.md",
  "docs/EXTENDING.md": "how-to/extend.md",
  "docs/GUESTS.md": "how-to/guests.md",
  "docs/SCENARIOS.md": "reference/scenarios.md",
  "docs/PROTOCOLS.md": "reference/protocols.md",
};

/** Place of a document of the repository; `null` for one that the site does not have. */
function placeOf(document: string): string | null {
  const platform = /^docs\/platforms\/(.+)\.md$/.exec(document);
  return platform ? `explanation/platforms/${platform[1]}.md` : (PLACES[document] ?? null);
}

/**
 * The text of a document with its links rewritten to pages of the site. A link whose target is not on the site is replaced by its text.
 */
function relinked(text: string, document: string, place: string): string {
  return text.replace(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, mark: string, words: string, target: string) => {
    if (/^(https?:|#|mailto:)/.test(target)) return whole;
    const [path, fragment = ""] = target.split("#");
    const meant = posix.normalize(posix.join(posix.dirname(document), path));
    if (mark === "!") return `![${words}](${posix.relative(posix.dirname(place), meant.replace(/^docs\//, ""))})`;
    const there = placeOf(meant);
    if (there === null) return words;
    const way = posix.relative(posix.dirname(place), there);
    return `[${words}](${way.startsWith(".") ? way : `./${way}`}${fragment ? `#${fragment}` : ""})`;
  });
}

/** Writes all documents and their pictures. */
export function writeDocumentation(): void {
  const documents = ["docs", "docs/platforms"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${folder}/${file}`),
  );
  for (const document of documents) {
    const place = placeOf(document);
    if (place === null) throw new Error(`${document}: name its place on the site in ${relative(ROOT, import.meta.filename)}`);
    const path = join(CONTENT, place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, relinked(readFileSync(join(ROOT, document), "utf8"), document, place));
  }
  cpSync(join(ROOT, "docs/images"), join(CONTENT, "images"), { recursive: true });
  cpSync(join(ROOT, "docs/images"), join(CONTENT, "public/images"), { recursive: true });
  for (const schema of ["comparison.schema.json", "scenario.schema.json"])
    cpSync(join(ROOT, "docs", schema), join(CONTENT, "public", schema), { recursive: true });
  cpSync(join(ROOT, "docs/schemas"), join(CONTENT, "public/schemas"), { recursive: true });
}
