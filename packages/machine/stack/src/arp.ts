/** Address resolution (RFC 826, RFC 1122 section 2.3.2) and the announcement of this stack's address (Q120599). */

import { copyBytes, putU16be, putU32be } from "@pushback/bytes";
import { NO_EVENT } from "@pushback/host";
import {
  ARP_LEN,
  ARP_REPLY,
  ARP_REQUEST,
  checkArp,
  checkEthernet,
  ETHERNET_HEADER_LEN,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  getArpOperation,
  getArpSenderAddress,
  getArpSenderMac,
  getArpTargetAddress,
  getEthernetPayloadAt,
  getEthernetPayloadLen,
  getEtherType,
  MAC_BROADCAST,
  putMac,
} from "@pushback/wire";
import { MAC_ASKED, MAC_FORGOTTEN } from "./arp-table.ts";
import { ARP_SWEEP_AT, TX_IP } from "./core.ts";
import { addFragment, type HeldFrame } from "./held-frame.ts";
import type { Core, CoreArpRequest } from "./tcb.ts";

/**
 * Reads the topics of an ARP broadcast: sender, the hardware address that it claims, and target. Returns false for any other frame, and for an ARP
 * message that every machine must process.
 */
export function readArpTopics(b: Uint8Array, at: number, len: number, topics: { sender: number; claim: number; target: number }): boolean {
  if (checkEthernet(b, at, len) !== null || getEtherType(b, at) !== ETHERTYPE_ARP) return false;
  const arpAt = getEthernetPayloadAt(b, at);
  if (checkArp(b, arpAt, getEthernetPayloadLen(b, at, len)) !== null) return false;
  topics.sender = getArpSenderAddress(b, arpAt);
  topics.claim = getArpSenderMac(b, arpAt);
  topics.target = getArpTargetAddress(b, arpAt);
  return !isSenderGroup(b, arpAt);
}

/** A group address belongs to no single machine. */
function isSenderGroup(b: Uint8Array, at: number): boolean {
  return (b[at + 8] & 1) !== 0;
}

/**
 * Sends the `len` bytes of IP datagram (or fragment) at `at` of the transmit buffer to the machine `nextHop`. The 14 bytes before
 * it are overwritten with the Ethernet header. While the address is unresolved the latest datagrams wait, as many as the personality's
 * `arpQueue` says; an earlier one is dropped (RFC 1122 section 2.3.2.2). `more`: the bytes are a further
 * fragment of the datagram that waits already.
 */
export function transmitTo(core: Core, nextHop: number, at: number, len: number, more: boolean): void {
  const frameAt = at - ETHERNET_HEADER_LEN;
  const place = core.arp.find(core.arpOwner, nextHop, core.arpHint);
  const now = core.scheduler.nowUs();
  if (place >= 0 && core.arp.state(place) >= 0) {
    if (isFresh(core, nextHop, place, now)) {
      core.arp.setUsedAtUs(place, now);
      core.arpHint = place;
      core.arp.putMac(place, core.tx, frameAt);
      putSenderAndType(core, frameAt, ETHERTYPE_IPV4);
      core.transmit(core.tx, frameAt, len + ETHERNET_HEADER_LEN);
      return;
    }
    forget(core, nextHop, place);
  }
  if (core.arpOwner >= 0) wait(core, nextHop, frameAt, len + ETHERNET_HEADER_LEN, more, place, now);
}

/** Holds a frame of the transmit buffer until `nextHop` is resolved, and sends an ARP request unless one is under way. */
function wait(core: Core, nextHop: number, frameAt: number, len: number, more: boolean, place: number, now: number): void {
  putEthernetHeader(core, frameAt, 0, ETHERTYPE_IPV4);
  const frame = core.memory.held.hold(core.tx, frameAt, len);
  const asked = place >= 0 && core.arp.state(place) === MAC_ASKED ? core.arpRequests?.get(nextHop) : undefined;
  if (asked === undefined) {
    remember(core, place, nextHop, MAC_ASKED, now);
    const made: CoreArpRequest = { core, address: nextHop, waiting: [frame], replaced: 0, tries: 0, event: NO_EVENT };
    core.arpRequests ??= new Map();
    core.arpRequests.set(nextHop, made);
    request(made);
    return;
  }
  const { waiting } = asked;
  const latest = waiting.at(-1);
  if (more && latest !== undefined) {
    addFragment(latest, frame);
    return;
  }
  if (waiting.length >= core.personality.arpQueue) {
    const replaced = waiting.shift();
    if (replaced !== undefined) core.memory.held.release(replaced);
    asked.replaced++;
    core.rare.ipOutDiscards++;
  }
  waiting.push(frame);
}

/** Sends a datagram whose hardware address needs no ARP: a broadcast or multicast. */
export function transmitToMac(core: Core, mac: number, at: number, len: number): void {
  const frameAt = at - ETHERNET_HEADER_LEN;
  putEthernetHeader(core, frameAt, mac, ETHERTYPE_IPV4);
  core.transmit(core.tx, frameAt, len + ETHERNET_HEADER_LEN);
}

function putEthernetHeader(core: Core, at: number, mac: number, etherType: number): void {
  putMac(core.tx, at, mac);
  putSenderAndType(core, at, etherType);
}

function putSenderAndType(core: Core, at: number, etherType: number): void {
  putU16be(core.tx, at + 6, core.macHigh);
  putU32be(core.tx, at + 8, core.macLow);
  putU16be(core.tx, at + 12, etherType);
}

/** An entry lives `arpUnusedUs` after it was last used or heard, and at most `arpUsedUs` after it was last heard (Q166750). */
function isFresh(core: Core, address: number, place: number, now: number): boolean {
  if (isWithinLife(core, place, now)) return true;
  // The wire does not deliver broadcasts that only confirm the entry, but they refresh its lifetime, too.
  const heardAtUs = core.card.broadcasts?.heardAtUs(address) ?? -1;
  if (heardAtUs <= core.arp.heardAtUs(place)) return false;
  core.arp.setHeardAtUs(place, heardAtUs);
  return isWithinLife(core, place, now);
}

function isWithinLife(core: Core, place: number, now: number): boolean {
  const heardAtUs = core.arp.heardAtUs(place);
  const since = Math.max(core.arp.usedAtUs(place), heardAtUs);
  return now - since < core.personality.arpUnusedUs && now - heardAtUs < core.personality.arpUsedUs;
}

/**
 * Adds a mapping, or fills the `place` of a forgotten one. When the number of entries has doubled since expired ones were last dropped, they are
 * dropped again.
 */
function remember(core: Core, place: number, address: number, mac: number, now: number): void {
  if (place >= 0) {
    core.arp.set(place, mac, now, now);
  } else {
    if (core.arpAddresses.length >= core.arpSweepAt) sweep(core, now);
    // `concat` keeps the exact length; `push` would over-allocate 16 slots per machine (docs/FLEET-PROFILE.md).
    if (core.arpAddresses.length < 4) core.arpAddresses = core.arpAddresses.concat(address);
    else core.arpAddresses.push(address);
    core.arp.add(core.arpOwner, address, mac, now);
  }
  core.card.broadcasts?.follow(address, mac);
}

function sweep(core: Core, now: number): void {
  const { arpOwner: owner, arpHint: hint } = core;
  core.arpAddresses = core.arpAddresses.filter((address) => {
    const place = core.arp.find(owner, address, hint);
    if (core.arp.state(place) >= 0 && !isFresh(core, address, place, now)) forget(core, address, place);
    if (core.arp.state(place) !== MAC_FORGOTTEN) return true;
    core.arp.remove(owner, address);
    return false;
  });
  core.arpSweepAt = Math.max(ARP_SWEEP_AT, 2 * core.arpAddresses.length);
}

function forget(core: Core, address: number, place: number): void {
  core.arp.setMac(place, MAC_FORGOTTEN);
  core.card.broadcasts?.unfollow(address);
}

function request(asked: CoreArpRequest): void {
  const { core } = asked;
  asked.tries++;
  sendArp(core, MAC_BROADCAST, ARP_REQUEST, core.mac, core.address, 0, asked.address);
  asked.event = core.scheduler.schedule(core.personality.arpRetryUs, onRetry, asked);
}

function onRetry(asked: CoreArpRequest): void {
  const { core, address, waiting } = asked;
  asked.event = NO_EVENT;
  if (!core.running || core.arpRequests?.get(address) !== asked) return;
  if (asked.tries < core.personality.arpTries) {
    request(asked);
    return;
  }
  core.arpRequests.delete(address);
  forget(core, address, core.arp.find(core.arpOwner, address, core.arpHint));
  const dropped = asked.replaced + waiting.length;
  core.rare.ipOutDiscards += waiting.length;
  core.tell({ type: "arp-resolve-failed", address, dropped });
  for (const frame of waiting) {
    core.onUnresolved?.(frame.bytes);
    core.memory.held.release(frame);
  }
}

function sendArp(
  core: Core,
  destination: number,
  operation: number,
  senderMac: number,
  senderAddress: number,
  targetMac: number,
  targetAddress: number,
): void {
  putEthernetHeader(core, 0, destination, ETHERTYPE_ARP);
  emitArp({ operation, senderMac, senderAddress, targetMac, targetAddress }, core.tx, TX_IP);
  core.transmit(core.tx, 0, ETHERNET_HEADER_LEN + ARP_LEN);
}

/**
 * Subscribes to broadcasts about this stack's address and starts the announcements of a starting stack. Until the wait after the last
 * announcement ends, an answer means that another machine has the address.
 */
export function startArp(core: Core): void {
  if (core.arpOwner < 0) core.arpOwner = core.arp.takeOwner();
  const { broadcasts } = core.card;
  if (broadcasts) {
    broadcasts.follow(core.address, -1);
    broadcasts.onUnplug = () => noteHeard(core);
  }
  const waitsUs = core.personality.arpAnnouncementWaitsUs;
  if (waitsUs.length === 0) return;
  core.announcementsLeft = waitsUs.length;
  core.probingUntilUs = core.scheduler.nowUs() + waitsUs.reduce((sum, waitUs) => sum + waitUs, 0);
  announceNext(core);
}

function announceNext(core: Core): void {
  core.announcementEvent = 0;
  if (!core.running) return;
  announce(core, core.mac);
  core.tell({ type: "arp-announced", address: core.address });
  core.announcementsLeft--;
  if (core.announcementsLeft > 0) {
    const waitsUs = core.personality.arpAnnouncementWaitsUs;
    core.announcementEvent = core.scheduler.schedule(waitsUs[waitsUs.length - core.announcementsLeft - 1], announceNext, core);
  }
}

function announce(core: Core, senderMac: number): void {
  const target = core.personality.arpAnnouncementTarget === "broadcast" ? MAC_BROADCAST : 0;
  sendArp(core, MAC_BROADCAST, ARP_REQUEST, senderMac, core.address, target, core.address);
}

/** Handles an ARP message. Returns false if it shows that another machine owns this stack's address, so that the stack must stop. */
export function arpInput(core: Core, b: Uint8Array, at: number, len: number): boolean {
  if (checkArp(b, at, len) !== null) return true;
  const operation = getArpOperation(b, at);
  const senderAddress = getArpSenderAddress(b, at);
  const senderMac = getArpSenderMac(b, at);
  if (isSenderGroup(b, at) || senderMac === core.mac) return true;
  const forUs = getArpTargetAddress(b, at) === core.address;
  if (senderAddress === 0) {
    // The sender of an ARP probe (source 0.0.0.0) has no address yet: there is no mapping to learn.
    if (forUs && operation === ARP_REQUEST && core.personality.arpAnswersProbe) {
      sendArp(core, senderMac, ARP_REPLY, core.mac, core.address, senderMac, 0);
    }
    return true;
  }
  if (senderAddress === core.address) return onOwnAddress(core, operation, senderMac);
  merge(core, senderAddress, senderMac, forUs);
  if (forUs && operation === ARP_REQUEST) sendArp(core, senderMac, ARP_REPLY, core.mac, core.address, senderMac, senderAddress);
  return true;
}

/** RFC 826: any message updates an existing entry; only a message whose target is this stack creates one. */
function merge(core: Core, address: number, mac: number, forUs: boolean): void {
  const place = core.arp.find(core.arpOwner, address, core.arpHint);
  const state = place < 0 ? MAC_FORGOTTEN : core.arp.state(place);
  const now = core.scheduler.nowUs();
  if (state === MAC_FORGOTTEN) {
    if (forUs) remember(core, place, address, mac, now);
    return;
  }
  if (state === MAC_ASKED || core.arp.mac(place) !== mac) {
    core.card.broadcasts?.unfollow(address);
    core.card.broadcasts?.follow(address, mac);
  }
  core.arp.set(place, mac, now, state === MAC_ASKED ? now : core.arp.usedAtUs(place));
  if (state === MAC_ASKED) sendWaiting(core, address, mac);
}

/** The address is resolved: sends the datagrams that waited for it. */
function sendWaiting(core: Core, address: number, mac: number): void {
  const asked = core.arpRequests?.get(address);
  if (asked === undefined) return;
  core.arpRequests?.delete(address);
  core.scheduler.cancel(asked.event);
  for (const first of asked.waiting) {
    for (let frame: HeldFrame | null = first; frame !== null; frame = frame.next) {
      copyBytes(frame.bytes, 0, core.tx, 0, frame.len);
      putMac(core.tx, 0, mac);
      core.transmit(core.tx, 0, frame.len);
    }
    core.memory.held.release(first);
  }
}

function onOwnAddress(core: Core, operation: number, mac: number): boolean {
  const now = core.scheduler.nowUs();
  if (operation === ARP_REPLY && now < core.probingUntilUs) {
    core.tell({ type: "arp-conflict", mac, defended: false });
    // The machine that announced itself later repairs the ARP caches that it changed: it broadcasts the older machine's mapping (Q120599).
    if (core.personality.arpConflict === "correct-and-stop") announce(core, mac);
    return false;
  }
  if (operation === ARP_REQUEST) {
    sendArp(core, mac, ARP_REPLY, core.mac, core.address, mac, core.address);
    // The machine that came later may not correct the ARP caches of the others, so this one announces its address again (Q120599, NT 4.0 SP3).
    if (core.personality.arpConflict === "stop") announce(core, core.mac);
    core.tell({ type: "arp-conflict", mac, defended: true });
  }
  return true;
}

/** The cable is being pulled: broadcasts that are missed from now on must not count as heard. */
function noteHeard(core: Core): void {
  for (const address of core.arpAddresses) {
    const place = core.arp.find(core.arpOwner, address, core.arpHint);
    const heardAtUs = core.card.broadcasts?.heardAtUs(address) ?? -1;
    if (core.arp.state(place) >= 0 && heardAtUs > core.arp.heardAtUs(place)) core.arp.setHeardAtUs(place, heardAtUs);
  }
}

/** Removes all entries and timers. */
export function stopArp(core: Core): void {
  if (core.arpOwner < 0) return;
  const { broadcasts } = core.card;
  const { arpOwner: owner } = core;
  const followed = broadcasts !== undefined && broadcasts.onUnplug !== null;
  core.scheduler.cancel(core.announcementEvent);
  core.announcementEvent = 0;
  for (const asked of core.arpRequests?.values() ?? []) core.scheduler.cancel(asked.event);
  core.arpRequests = null;
  for (const address of core.arpAddresses) {
    if (followed && core.arp.state(core.arp.find(owner, address, 0)) !== MAC_FORGOTTEN) broadcasts.unfollow(address);
    core.arp.remove(owner, address);
  }
  core.arpAddresses = [];
  core.arp.freeOwner(owner);
  core.arpOwner = -1;
  if (!followed) return;
  broadcasts.unfollow(core.address);
  broadcasts.onUnplug = null;
}
