/** Serves the built studio to this computer only: its files, and one document that it opens. */

import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { MEDIA_TYPES, PAGE_HEADERS } from "@pushback/studio/page-policy";

/** Files with a hash in their name never change and may be cached; the page itself is requested every time. */
const UNCHANGING = "public, max-age=31536000, immutable";

export interface StudioDocument {
  readonly name: string;
  readonly path: string;
}

/** Files by the path of the request. */
function listFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length).replaceAll("\\", "/").replace(/^\/?/, "/"), path);
  }
  return files;
}

/** A page from another origin whose name was made to resolve to this computer (DNS rebinding) is refused. */
function isOwnName(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** `folder` holds the built studio. */
export function createStudioServer(folder: string, document: StudioDocument | null): Server {
  let files = listFiles(folder);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (!isOwnName(request.headers.host)) {
      refuse(response, 403, "not this server's name");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse(response, 405, "GET and HEAD only");
      return;
    }
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const isDocument = document !== null && pathname === `/document/${encodeURIComponent(document.name)}`;
    const asked = pathname === "/" ? "/index.html" : pathname;
    // After a new build while this server runs, the file names have changed.
    if (!isDocument && !files.has(asked)) files = listFiles(folder);
    const path = isDocument ? document.path : files.get(asked);
    if (path === undefined || !existsSync(path)) {
      refuse(response, 404, "not found");
      return;
    }
    response.writeHead(200, {
      ...PAGE_HEADERS,
      "Content-Type": isDocument ? "application/octet-stream" : (MEDIA_TYPES[extname(path)] ?? "application/octet-stream"),
      "Content-Length": statSync(path).size,
      "Cache-Control": pathname.startsWith("/assets/") ? UNCHANGING : "no-cache",
    });
    if (request.method === "HEAD") response.end();
    else
      createReadStream(path)
        .on("error", () => response.destroy())
        .pipe(response);
  };
  return createServer(answer);
}
