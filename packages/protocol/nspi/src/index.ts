export * from "./constants.ts";
export * from "./define-call.ts";
export * from "./entry-ids.ts";
export type { AnyMembers, NdrShape, NdrType, RecordOf, ValueOf } from "./ndr-type.ts";
export * from "./nspi-calls.ts";
export * from "./rfr-calls.ts";
export { hasNspiForm, type NspiPropertyValue, type NspiRestriction, type Stat } from "./structures.ts";
