/** Settings that the desktop app stores for its user: theme, recent files, the window's position. One JSON file, always replaced as a whole. */

import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { writeWhole } from "./write-whole.ts";

const MOST_RECENT = 8;

const settingsSchema = z.object({
  theme: z.enum(["system", "light", "dark"]).default("system"),
  /** Paths of recent files, the latest first. */
  recent: z.array(z.string()).max(MOST_RECENT).default([]),
  /** Whether the app looks for a newer version when it starts: only when its user says so. */
  updates: z.boolean().default(false),
  window: z
    .object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1), maximized: z.boolean() })
    .nullable()
    .default(null),
});
type SettingsFile = z.output<typeof settingsSchema>;
export type WindowPlace = NonNullable<SettingsFile["window"]>;

export class Settings {
  readonly #path: string;
  #values: SettingsFile;

  /** A missing or unreadable file counts as empty settings: it must not keep the app from starting. */
  constructor(path: string) {
    this.#path = path;
    this.#values = read(path);
  }

  get theme(): SettingsFile["theme"] {
    return this.#values.theme;
  }

  set theme(theme: SettingsFile["theme"]) {
    this.#change({ theme });
  }

  get recent(): readonly string[] {
    return this.#values.recent;
  }

  remember(path: string): void {
    this.#change({ recent: [path, ...this.#values.recent.filter((other) => other !== path)].slice(0, MOST_RECENT) });
  }

  forget(path: string): void {
    this.#change({ recent: this.#values.recent.filter((other) => other !== path) });
  }

  get updates(): boolean {
    return this.#values.updates;
  }

  set updates(updates: boolean) {
    this.#change({ updates });
  }

  get window(): WindowPlace | null {
    return this.#values.window;
  }

  set window(window: WindowPlace | null) {
    this.#change({ window });
  }

  #change(part: Partial<SettingsFile>): void {
    this.#values = { ...this.#values, ...part };
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeWhole(this.#path, `${JSON.stringify(this.#values, null, 2)}\n`);
    } catch {
      // If the disk is full or read-only, the settings are lost, but the user's work goes on.
    }
  }
}

function read(path: string): SettingsFile {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (parsed.success) return parsed.data;
  } catch {
    // A failed write is ignored here, too.
  }
  return settingsSchema.parse({});
}
