export packages/machine/stack/src/index.ts;
