export packages/protocol/dcerpc/src/index.ts;
