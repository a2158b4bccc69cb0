/** Seams for faults: a Host and a network card that change what passes through them. */

import type { Host, KeepAlive, NetworkCard, PlatformVariant, Scheduler, TcpEndCause, TcpHandlers, Timer, UdpSocket } from "@pushback/host";
import {
  ETHERTYPE_IPV4,
  getEtherType,
  getIcmpType,
  getIpv4HeaderLen,
  getIpv4Protocol,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
} from "@pushback/wire";
import type { MachinePlan } from "../machine-plan.ts";
import type { RunSeams } from "../run.ts";

/** One datagram that a program sends. */
export interface SentDatagram {
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly port: number;
  /** Counts the program's datagrams from 1. */
  readonly number: number;
  readonly nowUs: number;
}

/** What a fault does to the server's or a client's program. Everything left out passes unchanged. */
export interface HostFaults {
  /** Called instead of sending. It may call `send` any number of times, at once or later. */
  readonly onSend?: (datagram: SentDatagram, send: (bytes: Uint8Array, address: number, port: number) => void, host: Host) => void;
  /** Whether the program receives a datagram; `number` counts its received datagrams from 1. */
  readonly hears?: (number: number, nowUs: number) => boolean;
  /** Delay in microseconds before the program receives a datagram that has arrived. */
  readonly hearsLateUs?: number;
  /** Returns the delay that a timer gets in place of `delayUs`, in microseconds. */
  readonly timer?: (delayUs: number, nowUs: number) => number;
  /** Returns the keep-alive settings that a connection gets in place of `own`; `null` turns keep-alive off. */
  readonly keepAlive?: (own: KeepAlive | undefined) => KeepAlive | null | undefined;
  /** Whether bytes that the program sends over TCP are passed on; otherwise they are dropped. */
  readonly tcpSends?: (bytes: Uint8Array, nowUs: number) => boolean;
  /** Microseconds until the program learns that a connection ended; Infinity: never. */
  readonly closedLateUs?: number;
}

const NO_HANDLER = () => {};

function faultyHost(host: Host, faults: HostFaults): Host {
  let sent = 0;
  let heard = 0;
  const timed = (delayUs: number) => faults.timer?.(delayUs, host.nowUs()) ?? delayUs;
  const setTimer = (delayUs: number, run: () => void): Timer => {
    const timer = host.setTimer(timed(delayUs), run);
    return { cancel: () => timer.cancel(), again: (us) => timer.again(timed(us)) };
  };
  const connection = <C extends ReturnType<Host["connectTcp"]>>(own: C): C =>
    new Proxy(own, {
      get(target, name) {
        if (name === "setKeepAlive" && faults.keepAlive) {
          return (settings?: KeepAlive | null) => target.setKeepAlive(settings === null ? null : faults.keepAlive?.(settings));
        }
        if (name === "send" && faults.tcpSends) {
          return (b: Uint8Array, at = 0, len = b.length - at) => {
            if (faults.tcpSends?.(b.subarray(at, at + len), host.nowUs())) target.send(b, at, len);
          };
        }
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const handlers = (own: TcpHandlers): TcpHandlers => {
    if (faults.closedLateUs === undefined) return own;
    const lateUs = faults.closedLateUs;
    return {
      onConnected: () => own.onConnected?.(),
      onData: (b, at, len) => own.onData(b, at, len),
      onEnd: () => own.onEnd?.(),
      onDrained: () => own.onDrained?.(),
      onClosed: (cause: TcpEndCause) => {
        if (lateUs !== Number.POSITIVE_INFINITY) host.setTimer(lateUs, () => own.onClosed(cause));
      },
    };
  };
  return {
    name: host.name,
    address: host.address,
    nowUs: () => host.nowUs(),
    wallClockMs: () => host.wallClockMs(),
    randomU32: () => host.randomU32(),
    setTimer,
    listenTcp: (port, own) =>
      host.listenTcp(port, {
        onListening: own.onListening?.bind(own) ?? NO_HANDLER,
        onAccept: (accepted) => handlers(own.onAccept(connection(accepted))),
        onFailed: own.onFailed?.bind(own) ?? NO_HANDLER,
      }),
    connectTcp: (address, port, own) => connection(host.connectTcp(address, port, handlers(own))),
    openUdp: (port, own) => {
      const socket = host.openUdp(port, {
        ...own,
        onOpen: (localPort) => own.onOpen?.(localPort),
        onFailed: (fault) => own.onFailed?.(fault),
        onDatagram: (b, at, len, from, fromPort) => {
          if (faults.hears && !faults.hears(++heard, host.nowUs())) return;
          if (faults.hearsLateUs === undefined) {
            own.onDatagram(b, at, len, from, fromPort);
            return;
          }
          const copy = b.slice(at, at + len);
          host.setTimer(faults.hearsLateUs, () => own.onDatagram(copy, 0, len, from, fromPort));
        },
      });
      const send: UdpSocket["send"] = (b, address, toPort, at = 0, len = b.length - at) => {
        if (!faults.onSend) {
          socket.send(b, address, toPort, at, len);
          return;
        }
        const datagram = { bytes: b.slice(at, at + len), address, port: toPort, number: ++sent, nowUs: host.nowUs() };
        faults.onSend(datagram, (bytes, to, port) => socket.send(bytes, to, port), host);
      };
      return { send, close: () => socket.close() };
    },
  };
}

type FrameKind = "push" | "error" | "segment" | "arp" | "other";

function kindOf(b: Uint8Array): FrameKind {
  if (getEtherType(b, 0) === 0x0806) return "arp";
  if (getEtherType(b, 0) !== ETHERTYPE_IPV4) return "other";
  switch (getIpv4Protocol(b, 14)) {
    case IP_PROTOCOL_UDP:
      return "push";
    case IP_PROTOCOL_TCP:
      return "segment";
    case IP_PROTOCOL_ICMP:
      return getIcmpType(b, 14 + getIpv4HeaderLen(b, 14)) === 3 ? "error" : "other";
    default:
      return "other";
  }
}

/** One frame that a stack sends, a copy that the fault may change. */
export interface SentFrame {
  readonly bytes: Uint8Array;
  readonly kind: FrameKind;
  /** Counts the machine's frames of that kind from 1. */
  readonly number: number;
  readonly nowUs: number;
}

export interface CardFaults {
  /** Replaces sending. May call `send` any number of times; a frame leaves at once, or `lateUs` microseconds later. */
  readonly onSend?: (frame: SentFrame, send: (bytes: Uint8Array, lateUs?: number) => void) => void;
  /** Whether a frame from the wire reaches the stack. */
  readonly hears?: (frame: SentFrame) => boolean;
}

function faultyCard(card: NetworkCard, scheduler: Scheduler, faults: CardFaults): NetworkCard {
  const counts = new Map<FrameKind, number>();
  const frameOf = (b: Uint8Array, at: number, len: number): SentFrame => {
    const bytes = b.slice(at, at + len);
    const kind = kindOf(bytes);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return { bytes, kind, number: counts.get(kind) ?? 0, nowUs: scheduler.nowUs() };
  };
  return {
    mac: card.mac,
    mtu: card.mtu,
    broadcasts: card.broadcasts,
    transmit(b, at, len) {
      const frame = frameOf(b, at, len);
      const send = (bytes: Uint8Array, lateUs = 0) => {
        if (lateUs === 0) card.transmit(bytes, 0, bytes.length);
        else scheduler.schedule(lateUs, () => card.transmit(bytes, 0, bytes.length), null);
      };
      if (faults.onSend) faults.onSend(frame, send);
      else send(frame.bytes);
    },
    setReceiver(receiver) {
      const { hears } = faults;
      if (receiver === null || !hears) card.setReceiver(receiver);
      else
        card.setReceiver({
          receiveFrame(b, at, len) {
            if (hears(frameOf(b, at, len))) receiver.receiveFrame(b, at, len);
          },
        });
    },
  };
}

/** Faults of the parts of a run. Everything left out is as it should be. */
export interface Faults {
  readonly server?: HostFaults;
  readonly client?: HostFaults;
  /** Machines beside the compared ones. */
  readonly others?: HostFaults;
  readonly serverCard?: CardFaults;
  readonly clientCard?: CardFaults;
  /** The router's cards, the one on the server's segment first. */
  readonly routerCards?: readonly (CardFaults | null)[];
  readonly router?: NonNullable<RunSeams["router"]>;
  readonly mail?: NonNullable<RunSeams["mail"]>;
  readonly shown?: NonNullable<RunSeams["shown"]>;
  /** Replaces the platform variant of the compared machines, and of the machines for which `isMeant` returns true. */
  readonly variant?: (variant: PlatformVariant) => PlatformVariant;
  readonly isMeant?: (plan: MachinePlan) => boolean;
  readonly plan?: NonNullable<RunSeams["plan"]>;
}

const isCompared = ({ recorded }: MachinePlan) => recorded.role === "compared";

/** Applies the fault's `plan` and `variant` to the plans of the machines that it is for. */
function changedPlan({ variant, plan, isMeant = isCompared }: Faults): NonNullable<RunSeams["plan"]> {
  return (own) => {
    if (!isMeant(own)) return own;
    const changed = plan?.(own) ?? own;
    return variant === undefined ? changed : { ...changed, variant: variant(changed.variant) };
  };
}

/** The router's settings with faulty cards. */
function changedRouter({ router, routerCards = [] }: Faults, scheduler: Scheduler): NonNullable<RunSeams["router"]> {
  return (settings) => {
    const changed = router?.(settings) ?? settings;
    const interfaces = changed.interfaces.map((own, i) => {
      const card = routerCards[i];
      return card ? { ...own, card: faultyCard(own.card, scheduler, card) } : own;
    });
    return { ...changed, interfaces };
  };
}

/** Seams that put faults into the server, into every compared client, into the router, or several of them. */
export function seamsOf(faults: Faults): (scheduler: Scheduler) => RunSeams {
  return (scheduler) => ({
    host: ({ role }, host) => {
      const own = role === "server" ? faults.server : role === "compared" ? faults.client : faults.others;
      return own ? faultyHost(host, own) : host;
    },
    card: ({ role }, card) => {
      const own = role === "server" ? faults.serverCard : role === "compared" ? faults.clientCard : undefined;
      return own ? faultyCard(card, scheduler, own) : card;
    },
    router: changedRouter(faults, scheduler),
    plan: changedPlan(faults),
    ...(faults.mail && { mail: faults.mail }),
    ...(faults.shown && { shown: faults.shown }),
  });
}
