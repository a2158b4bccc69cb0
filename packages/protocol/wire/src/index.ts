export * from "./arp.ts";
export * from "./ethernet.ts";
export type * from "./fault.ts";
export * from "./icmp.ts";
export * from "./ipv4.ts";
export * from "./link-layer.ts";
export * from "./tcp.ts";
export * from "./tcp-options.ts";
export * from "./udp.ts";
