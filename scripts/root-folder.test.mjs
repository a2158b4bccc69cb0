import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "./workspace.mjs";

const EXPECTED = [/^\./, /^(LICENSE|Dockerfile)$/, /\.(md|cff|json|yaml)$/, /\.config\.(js|mjs|ts)$/];

test("the workspace's root has documents and settings, and no file that a command left there by mistake", () => {
  const files = execFileSync("git", ["ls-files", ":(glob)*"], { cwd: root, encoding: "utf8" }).trimEnd().split("\n");
  expect(files).toContain("README.md");
  expect(files.filter((name) => !EXPECTED.some((pattern) => pattern.test(name)))).toEqual([]);
});
