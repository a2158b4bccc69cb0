export packages/protocol/capture/src/index.ts;
