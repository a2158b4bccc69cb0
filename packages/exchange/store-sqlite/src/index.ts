export { openSqliteStore, type SqliteStore, type StoredAccount } from "./sqlite-store.ts";
export { StoreError, type StoreErrorCode } from "./store-error.ts";
