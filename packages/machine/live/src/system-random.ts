import { randomInt } from "node:crypto";
import type { RandomSource } from "@pushback/host";

/** The operating system's randomness; forks are independent of each other as all of it is. */
export const systemRandom: RandomSource = {
  u32: () => randomInt(2 ** 32),
  fork: () => systemRandom,
};
