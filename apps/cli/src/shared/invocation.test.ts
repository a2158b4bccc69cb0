import { afterEach, expect, it, vi } from "vitest";

const { argv } = process;

afterEach(() => {
  process.argv = argv;
  vi.unstubAllEnvs();
  vi.resetModules();
});

it("repeats the command as it was started, quoted for a shell", async () => {
  vi.stubEnv("PUSHBACK_PROGRAM", "npx pnpm@10.34.9 pushback");
  process.argv = ["node", "main.js", "compare", "my file's.yaml", "--seed", "7"];
  const { commandLine, thisCommandWith } = await import("./invocation.ts");
  expect(thisCommandWith("--out", "out")).toBe("npx pnpm@10.34.9 pushback compare 'my file'\\''s.yaml' --seed 7 --out out");
  expect(commandLine("scenarios")).toBe("npx pnpm@10.34.9 pushback scenarios");
});

it("has the program's own name where it is installed", async () => {
  vi.stubEnv("PUSHBACK_PROGRAM", undefined);
  const { commandLine } = await import("./invocation.ts");
  expect(commandLine("compare", "relogon-early")).toBe("pushback compare relogon-early");
});
