/** Hosts that make a correct server look faulty: each one distorts one thing on its way to the network. */

import type { Host, TcpConnection } from "@pushback/host";

/** Sends a whole datagram. */
type Send = (b: Uint8Array, address: number, port: number) => void;

/** Wraps the UDP sockets of a Host. */
function withUdp(host: Host, spoil: (send: Send) => Send): Host {
  return {
    ...bound(host),
    openUdp(port, handlers) {
      const socket = host.openUdp(port, handlers);
      const send = spoil((b, address, to) => socket.send(b, address, to));
      return {
        send: (b, address, to, at = 0, len = b.length - at) => send(b.subarray(at, at + len), address, to),
        close: () => socket.close(),
      };
    },
  };
}

/** A plain object with the methods of a class instance, so that they can be spread. */
function bound(host: Host): Host {
  return {
    name: host.name,
    address: host.address,
    nowUs: () => host.nowUs(),
    wallClockMs: () => host.wallClockMs(),
    setTimer: (delayUs, run) => host.setTimer(delayUs, run),
    randomU32: () => host.randomU32(),
    listenTcp: (port, handlers) => host.listenTcp(port, handlers),
    connectTcp: (address, port, handlers) => host.connectTcp(address, port, handlers),
    openUdp: (port, handlers) => host.openUdp(port, handlers),
  };
}

/** Flips one bit of the context. */
export function wrongContext(host: Host): Host {
  return withUdp(host, (send) => (b, address, port) => {
    const spoilt = b.slice();
    spoilt[0] ^= 1;
    send(spoilt, address, port);
  });
}

/** Drops every second datagram to a port, which doubles the interval. */
export function wrongInterval(host: Host): Host {
  const counts = new Map<number, number>();
  return withUdp(host, (send) => (b, address, port) => {
    const count = counts.get(port) ?? 0;
    counts.set(port, count + 1);
    if (count % 2 === 0) send(b, address, port);
  });
}

/** Delays some of the datagrams to each port by `delayUs`. `numbers`: which ones, counted from 1 for each port. */
export function late(host: Host, delayUs: number, ...numbers: readonly number[]): Host {
  const counts = new Map<number, number>();
  return withUdp(host, (send) => (b, address, port) => {
    const number = (counts.get(port) ?? 0) + 1;
    counts.set(port, number);
    if (numbers.includes(number)) host.setTimer(delayUs, () => send(b.slice(), address, port));
    else send(b, address, port);
  });
}

/** Sends only the first `most` datagrams to a port. */
export function stopsAfter(host: Host, most: number): Host {
  const counts = new Map<number, number>();
  return withUdp(host, (send) => (b, address, port) => {
    const count = counts.get(port) ?? 0;
    counts.set(port, count + 1);
    if (count < most) send(b, address, port);
  });
}

export const stopsTooEarly = (host: Host): Host => stopsAfter(host, 2);

/** Sends nothing more to a port once an ICMP error has come from there. */
export function stopsOnIcmp(host: Host): Host {
  const dead = new Set<number>();
  const asking: Host = {
    ...bound(host),
    openUdp: (port, handlers) => host.openUdp(port, { ...handlers, onUnreachable: (_address, to) => void dead.add(to) }),
  };
  return withUdp(asking, (send) => (b, address, port) => {
    if (!dead.has(port)) send(b, address, port);
  });
}

/** Goes on sending datagrams after the server has stopped. */
export function neverStops(host: Host, intervalUs: number): Host {
  const timers = new Map<number, { cancel(): void }>();
  return withUdp(
    host,
    (send) =>
      function sendOn(b, address, port) {
        send(b, address, port);
        const copy = b.slice();
        timers.get(port)?.cancel();
        timers.set(
          port,
          host.setTimer(intervalUs * 1.3, () => sendOn(copy, address, port)),
        );
      },
  );
}

/** Replaces the return value at the end of an answer of this many bytes. */
export function wrongErrorCode(host: Host, answerBytes: number, from: number, to: number): Host {
  const spoil = (connection: TcpConnection): TcpConnection =>
    new Proxy(connection, {
      get(target, name) {
        if (name !== "send") {
          const value = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        }
        return (b: Uint8Array) => {
          const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
          const at = 24 + answerBytes - 4;
          if (b.length === 24 + answerBytes && view.getUint32(at, true) === from) view.setUint32(at, to, true);
          target.send(b);
        };
      },
    });
  return {
    ...bound(host),
    listenTcp: (port, handlers) => host.listenTcp(port, { ...handlers, onAccept: (connection) => handlers.onAccept(spoil(connection)) }),
  };
}
