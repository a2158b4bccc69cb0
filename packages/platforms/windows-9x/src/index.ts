export packages/platforms/windows-9x/src/index.ts;
