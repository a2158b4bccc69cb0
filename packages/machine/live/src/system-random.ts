import { randomInt } from "node:crypto";
import type { RandomSource } from "@pushback/host";

/** The operating system's randomness. A fork is the same source: all its numbers are independent already. */
export const systemRandom: RandomSource = {
  u32: () => randomInt(2 ** 32),
  fork: () => systemRandom,
};
