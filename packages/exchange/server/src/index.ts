export packages/exchange/server/src/index.ts;
