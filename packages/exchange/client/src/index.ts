export packages/exchange/client/src/index.ts;
