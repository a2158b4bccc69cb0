export packages/platforms/windows-nt/src/index.ts;
