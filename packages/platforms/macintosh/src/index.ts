export packages/platforms/macintosh/src/index.ts;
