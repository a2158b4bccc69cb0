export packages/machine/sim/src/index.ts;
