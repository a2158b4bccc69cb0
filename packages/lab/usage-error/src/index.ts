export { systemReason, UsageError } from "./usage-error.ts";
