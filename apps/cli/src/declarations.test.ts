/** Compares lists with folders: a declaration that is in a folder but not registered in the folder's list fails here by name. */

import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFilter, FRAME_CLASSES, PROTOCOLS } from "@pushback/dissect";
import { ROP_SET } from "@pushback/mapi";
import { METRICS, PLATFORMS, STEPS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The exported values of a folder's modules, tests left out, each with the place where it is declared. */
async function exportsOf(folder: string): Promise<{ readonly place: string; readonly value: unknown }[]> {
  const files = globSync("*.ts", { cwd: join(ROOT, folder) }).filter((file) => !file.endsWith(".test.ts"));
  const found = await Promise.all(
    files.sort().map(async (file) => {
      const module = (await import(join(ROOT, folder, file))) as Record<string, unknown>;
      return Object.entries(module).map(([name, value]) => ({ place: `${folder}/${file}: ${name}`, value }));
    }),
  );
  return found.flat();
}

function hasKeys(value: unknown, ...keys: readonly string[]): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}

/** Declarations that `isOne` recognises and `list` lacks. */
async function unregistered(folder: string, isOne: (value: unknown) => boolean, list: readonly unknown[]): Promise<string[]> {
  return (await exportsOf(folder)).filter(({ value }) => isOne(value) && !list.includes(value)).map(({ place }) => place);
}

describe("each declaration is registered", () => {
  it("steps of scenarios", async () => {
    expect(await unregistered("packages/lab/scenario/src/steps", (v) => hasKeys(v, "name", "example", "run", "buttons"), STEPS)).toEqual(
      [],
    );
  });

  it("metrics of the comparison", async () => {
    expect(await unregistered("packages/lab/scenario/src/metrics", (v) => hasKeys(v, "key", "title", "group", "of"), METRICS)).toEqual([]);
  });

  it("protocols", async () => {
    const isProtocol = (v: unknown) => hasKeys(v, "name", "specification", "over", "dissect");
    expect(await unregistered("packages/protocol/dissect/src/protocols", isProtocol, PROTOCOLS)).toEqual([]);
  });

  it("ROPs", async () => {
    const isRop = (v: unknown) => hasKeys(v, "name", "id") && (hasKeys(v, "request") || hasKeys(v, "response"));
    expect(await unregistered("packages/protocol/mapi/src/rops", isRop, ROP_SET.definitions)).toEqual([]);
  });

  it("platforms", () => {
    const packages = globSync("*/src/index.ts", { cwd: join(ROOT, "packages/platforms") }).map((path) => basename(join(path, "..", "..")));
    expect(packages.filter((name) => name !== "conformance").sort()).toEqual(PLATFORMS.map(({ id }) => id).sort());
  });
});

describe("each registered declaration is whole", () => {
  it.each(STEPS.map((step) => [step.name, step] as const))(
    "step %s has a text, an example and a button, or says why there is none",
    (_name, step) => {
      expect(step.text).toMatch(/\S/);
      expect(step.about).toMatch(/\S/);
      expect(step.example).toContain(step.name);
      if ("none" in step.buttons) expect(step.buttons.none).toMatch(/\S/);
      else expect(Object.keys(step.buttons).length).toBeGreaterThan(0);
    },
  );

  it.each(METRICS.map((metric) => [metric.key, metric] as const))("metric %s has a heading and a meaning", (_key, metric) => {
    expect(metric.title).toMatch(/\S/);
    expect(metric.about).toMatch(/\S/);
  });

  it.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
    "protocol %s: its names compile as filters; `summary` and `frameClass` are set",
    (name, protocol) => {
      expect(compileFilter(name)).toMatchObject({ ok: true });
      for (const { name: field } of Object.values(protocol.fields)) expect(compileFilter(field), field).toMatchObject({ ok: true });
      expect(protocol.summary === null || typeof protocol.summary === "object").toBe(true);
      expect(protocol.frameClass === null || typeof protocol.frameClass === "function" || FRAME_CLASSES.includes(protocol.frameClass)).toBe(
        true,
      );
    },
  );

  it("platforms and variants have names of their own", () => {
    const ids = PLATFORMS.flatMap(({ id, variants }) => [id, ...variants.map((variant) => variant.id)]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
