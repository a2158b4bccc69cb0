export packages/protocol/mapi/src/index.ts;
