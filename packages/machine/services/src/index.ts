export { createSystemServices } from "./system-services.ts";
