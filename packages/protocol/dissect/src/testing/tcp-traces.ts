/** TCP conversations drawn from a seed: lost, repeated and reordered segments, closed windows, probes, selective acknowledgments, reused ports. */

import { putU16be, putU32be } from "@pushback/bytes";
import { PcapWriter } from "@pushback/capture";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "@pushback/wire";

const HEADERS = 54;

/** A generator of integers from 0 to below `limit` (xorshift32). */
function randomOf(seed: number): (limit: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

interface End {
  readonly address: number;
  readonly port: number;
  next: number;
  /** The next sequence number that this end expects; its acknowledgments carry it. */
  received: number;
  window: number;
  readonly sent: (readonly [seq: number, len: number])[];
}

/** A capture with nanosecond times of `packets` segments between two machines, in up to three connections. */
export function tcpTrace(seed: number, packets: number): Uint8Array {
  const random = randomOf(seed);
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), { nanoseconds: true });
  let timeUs = 841_651_245_000_000;
  let id = 0;
  const write = (from: End, to: End, flags: number, seq: number, ack: number, len: number, options: readonly number[] = []): void => {
    const headerLen = 20 + options.length;
    const b = new Uint8Array(HEADERS + options.length + len);
    b.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0]);
    putU16be(b, 16, 20 + headerLen + len);
    putU16be(b, 18, id++ & 0xffff);
    b[22] = 64;
    b[23] = 6;
    putU32be(b, 26, from.address);
    putU32be(b, 30, to.address);
    putU16be(b, 34, from.port);
    putU16be(b, 36, to.port);
    putU32be(b, 38, seq >>> 0);
    putU32be(b, 42, flags & TCP_ACK ? ack >>> 0 : 0);
    putU16be(b, 46, (headerLen << 10) | flags);
    putU16be(b, 48, from.window);
    b.set(options, HEADERS);
    timeUs += [0, 3, 400, 2_500, 9_000, 30_000, 1_200_000][random(7)] + random(50);
    writer.writePacket(timeUs, b, 0, b.length, b.length, random(1000));
  };
  const isn = () => (random(4) === 0 ? 0xffffff00 + random(256) : random(0xffffffff)) >>> 0;
  let ends: [End, End] | null = null;
  for (let i = 0; i < packets; i++) {
    if (ends === null || random(120) === 0) ends = connect(random, isn, write);
    step(random, write, ends);
  }
  writer.end();
  const file = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

type Write = (from: End, to: End, flags: number, seq: number, ack: number, len: number, options?: readonly number[]) => void;

/** Opens a connection, with the handshake captured or not. */
function connect(random: (limit: number) => number, isn: () => number, write: Write): [End, End] {
  const port = 1024 + random(3);
  const client: End = { address: 0x0a010965, port, next: isn(), received: 0, window: 8192, sent: [] };
  const server: End = { address: 0x0a01090a, port: 5_000, next: isn(), received: 0, window: 4096, sent: [] };
  client.received = server.next;
  server.received = client.next;
  if (random(4) === 0) return [client, server];
  const scale = (shift: number) => (random(2) === 0 ? [1, 3, 3, shift] : []);
  const repeats = random(6) === 0 ? 2 : 1;
  const options = scale(random(4));
  for (let i = 0; i < repeats; i++) write(client, server, TCP_SYN, client.next, 0, 0, options);
  client.next = (client.next + 1) >>> 0;
  server.received = client.next;
  if (random(8) > 0) write(server, client, TCP_SYN | TCP_ACK, server.next, client.next, 0, scale(random(4)));
  server.next = (server.next + 1) >>> 0;
  client.received = server.next;
  if (random(8) > 0) write(client, server, TCP_ACK, client.next, server.next, 0);
  return [client, server];
}

function step(random: (limit: number) => number, write: Write, ends: readonly [End, End]): void {
  const side = random(2);
  const own = ends[side];
  const other = ends[1 - side];
  const acknowledge = (options: readonly number[] = []) => write(own, other, TCP_ACK, own.next, own.received, 0, options);
  switch (random(16)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const len = 1 + random(600);
      own.sent.push([own.next, len]);
      write(own, other, TCP_ACK | TCP_PSH, own.next, own.received, len);
      own.next = (own.next + len) >>> 0;
      if (random(5) > 0) other.received = own.next;
      return;
    }
    case 4: // A segment that the capture lacks.
      own.next = (own.next + 1 + random(900)) >>> 0;
      if (random(2) === 0) other.received = own.next;
      return;
    case 5:
    case 6: {
      const repeated = own.sent.at(-1 - random(Math.min(4, own.sent.length || 1)));
      if (repeated) write(own, other, TCP_ACK, repeated[0], own.received, repeated[1] - random(2));
      return;
    }
    case 7: // Duplicates, which may draw a fast retransmission.
      for (let i = random(4); i >= 0; i--) acknowledge();
      if (random(2) === 0) write(other, own, TCP_ACK, own.received, other.received, 1 + random(200));
      return;
    case 8: {
      const edge = (own.received + 100) >>> 0;
      const right = (edge + 400) >>> 0;
      const block = [edge, right].flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
      acknowledge([1, 1, 5, 10, ...block]);
      if (random(2) === 0) write(other, own, TCP_ACK, (other.next - random(300)) >>> 0, other.received, 1 + random(100));
      return;
    }
    case 9:
      own.window = random(3) === 0 ? 0 : 512 + random(4) * 512;
      acknowledge();
      return;
    case 10: // A window probe, and its answer.
      if (other.window > 0) return;
      write(own, other, TCP_ACK, own.next, own.received, 1);
      write(other, own, TCP_ACK, other.next, (other.received + random(2)) >>> 0, 0);
      return;
    case 11:
      write(own, other, TCP_ACK, (own.next - 1) >>> 0, own.received, random(2));
      if (random(3) > 0) write(other, own, TCP_ACK, other.next, other.received, 0);
      return;
    case 12: {
      // The segment fills the receiver's window as if the window were not scaled.
      const len = other.window % 1400;
      if (len === 0) return;
      write(own, other, TCP_ACK, other.received, own.received, len);
      return;
    }
    case 13:
      if (random(12) > 0) return;
      write(own, other, TCP_ACK | TCP_FIN, own.next, own.received, 0);
      own.next = (own.next + 1) >>> 0;
      return;
    case 14:
      if (random(20) === 0) write(own, other, TCP_RST | (random(2) === 0 ? TCP_ACK : 0), own.next, own.received, 0);
      return;
    default:
      acknowledge();
  }
}
