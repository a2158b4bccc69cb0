export { readArpTopics } from "./arp.ts";
export type { StackSettings } from "./core.ts";
export type { StackCounters } from "./counters.ts";
export type { DatagramObserver, StackEvent } from "./events.ts";
export {
  type AlwaysOnSettings,
  type Attachment,
  createAlwaysOnMachine,
  createMachine,
  type Machine,
  type MachineEvent,
  type MachineSettings,
  type MachineState,
} from "./machine.ts";
export { NAT_TIMEOUTS, type NatTimeouts } from "./nat-bindings.ts";
export { createRouter, type Router, type RouterEvent, type RouterInterface, type RouterSettings } from "./router.ts";
export type { AddressRange, FilterRule } from "./router-filter.ts";
export { createStack, type Stack } from "./stack.ts";
export { StackMemory } from "./stack-memory.ts";
