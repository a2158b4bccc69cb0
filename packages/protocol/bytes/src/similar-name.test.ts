import { expect, it } from "vitest";
import { didYouMean } from "./similar-name.ts";

it("finds the nearest name, and none where no name is near", () => {
  const names = ["reboot", "read", "registry", "power-off"];
  expect(didYouMean("rebot", names)).toBe(' (did you mean "reboot"?)');
  expect(didYouMean("POWEROFF", names)).toBe(' (did you mean "power-off"?)');
  expect(didYouMean("xyz", names)).toBe("");
  expect(didYouMean("", names)).toBe("");
  expect(didYouMean("re".repeat(100_000), names)).toBe("");
});
