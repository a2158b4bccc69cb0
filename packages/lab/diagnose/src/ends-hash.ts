/** Hashes of the ends of flows and connections, for tables of their own: a Map needs several times as long for keys of more than 31 bits. */

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** Hash of a sender, a destination and a port. */
export function hashEnds(source: number, destination: number, port: number): number {
  return mix(Math.imul(source, 0x9e3779b1) ^ mix(destination ^ Math.imul(port, 0x85ebca6b)));
}

/** Hash of two endpoints; both directions have the same. */
export function hashBothEnds(a: number, portA: number, b: number, portB: number): number {
  return mix((mix(a ^ Math.imul(portA, 0x85ebca6b)) + mix(b ^ Math.imul(portB, 0x85ebca6b))) | 0);
}
