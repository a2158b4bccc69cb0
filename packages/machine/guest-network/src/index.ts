/**
 * What a guest in an emulator finds on its network, as pure functions over bytes. Read `guest-services.ts` first: it takes the guest's frames and
 * answers DHCP, DNS and NetBIOS names with the functions of the other files.
 */
export { answerDhcp, type DhcpAnswer, type Lease } from "./dhcp-answer.ts";
export { answerDns, type NameAnswer } from "./dns-answer.ts";
export { GuestServices, labMac, type ServedFrame } from "./guest-services.ts";
export type { NameTable } from "./name-table.ts";
export { answerNetbios } from "./netbios-answer.ts";
