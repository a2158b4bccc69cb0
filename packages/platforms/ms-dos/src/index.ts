export packages/platforms/ms-dos/src/index.ts;
