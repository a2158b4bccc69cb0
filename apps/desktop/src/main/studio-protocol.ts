/** Serves the window's pages from the app's files under a custom protocol, with a content security policy that allows no other source. */

import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { MEDIA_TYPES, PAGE_HEADERS } from "@pushback/studio/page-policy";

export const STUDIO_SCHEME = "pushback";
export const STUDIO_ORIGIN = `${STUDIO_SCHEME}://studio`;
export const STUDIO_PAGE = `${STUDIO_ORIGIN}/index.html`;

function refused(status: number): Response {
  return new Response(null, { status, headers: PAGE_HEADERS });
}

/** Answers requests with files of `folder`, never with files outside it. */
export function serveStudio(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, host } = new URL(request.url);
    if (request.method !== "GET" || host !== "studio") return refused(405);
    let path: string;
    try {
      path = normalize(join(folder, decodeURIComponent(pathname)));
    } catch {
      return refused(400);
    }
    const mediaType = MEDIA_TYPES[extname(path)];
    if (mediaType === undefined || !path.startsWith(normalize(folder) + sep)) return refused(404);
    try {
      return new Response(new Uint8Array(await readFile(path)), { headers: { ...PAGE_HEADERS, "Content-Type": mediaType } });
    } catch {
      return refused(404);
    }
  };
}
