/** `pushback studio`: the user interface in a browser. */

import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import { GALLERY_FOLDER, STUDIO_FOLDER } from "../places.ts";
import { galleryNames } from "../shared/gallery.ts";
import { createStudioServer, type StudioDocument } from "./studio-server.ts";

export interface StudioOptions {
  readonly port: string;
  readonly open: boolean;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new UsageError(`--port takes a number from 0 to 65535, not "${text}"`);
  return port;
}

/** Reads a scenario of the gallery by name, or any file by path. */
function findDocument(nameOrPath: string | undefined): StudioDocument | null {
  if (nameOrPath === undefined) return null;
  const inGallery = galleryNames().includes(nameOrPath);
  const path = inGallery ? join(GALLERY_FOLDER, `${nameOrPath}.yaml`) : nameOrPath;
  if (!existsSync(path)) {
    throw new UsageError(`${nameOrPath}: neither a file nor a scenario of the gallery, which has ${galleryNames().join(", ")}`);
  }
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
  }
  if (statSync(path).isDirectory()) throw new UsageError(`${path} is a folder: name a scenario file or a capture`);
  return { name: basename(path), path };
}

/** Command that opens an address in the user's browser. */
function openerOf(platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") return ["open"];
  return platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
}

function openBrowser(address: string): void {
  const [program, ...args] = openerOf(process.platform);
  const child = spawn(program, [...args, address], { stdio: "ignore", detached: true });
  // If no browser can be opened, the user still has the printed address.
  child.on("error", () => {});
  child.unref();
}

/** Resolves with the exit code when the user ends the server. */
export async function runStudio(nameOrPath: string | undefined, options: StudioOptions): Promise<number> {
  const port = parsePort(options.port);
  const document = findDocument(nameOrPath);
  if (!existsSync(join(STUDIO_FOLDER, "index.html"))) {
    throw new UsageError("the studio is not built: run `npm run build` first");
  }
  const server = createStudioServer(STUDIO_FOLDER, document);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(
        new UsageError(
          isTaken ? `port ${port} is taken: give another with --port, or --port 0 for any` : `port ${port}: ${systemReason(error)}`,
        ),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const query = document === null ? "" : `?open=${encodeURIComponent(document.name)}`;
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`;
  process.stdout.write(`Pushback Studio: ${address}\nCtrl+C ends it.\n`);
  if (options.open) openBrowser(address);
  return new Promise((resolve) => {
    const end = () => {
      server.close(() => resolve(0));
      server.closeAllConnections();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  });
}
