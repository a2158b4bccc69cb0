/** Serves the built studio: its files, and one document that it opens, to this computer alone. */

import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { MEDIA_TYPES, PAGE_HEADERS } from "@pushback/studio/page-policy";

/** Names with a hash in them never change; the page itself is asked for every time. */
const UNCHANGING = "public, max-age=31536000, immutable";

export interface StudioDocument {
  readonly name: string;
  readonly path: string;
}

/** Files by the path under which they are asked for. */
function listFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length).replaceAll("\\", "/").replace(/^\/?/, "/"), path);
  }
  return files;
}

/** A page of another name that was made to point at this computer is not the studio's. */
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
    // A studio that was built again while this runs has other names.
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
