export packages/platforms/windows-3x/src/index.ts;
