export packages/protocol/wire/src/index.ts;
