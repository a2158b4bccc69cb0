/** Test support: what a guest sends, written from the RFCs and not with the code that answers it. */

const bytesOf = (n: number, len: number) => Array.from({ length: len }, (_, i) => Math.floor(n / 256 ** (len - 1 - i)) % 256);

const GUEST_MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56] as const;

interface DhcpFields {
  /** DHCP message type (option 53); `null` for a BOOTP request, which has no such option. */
  readonly type: number | null;
  readonly broadcast?: boolean;
  readonly client?: number;
  readonly requested?: number;
  readonly server?: number;
}

/** RFC 2131 section 2. */
export function dhcpRequest({ type, broadcast = false, client = 0, requested, server }: DhcpFields): Uint8Array {
  const b = new Uint8Array(300);
  b.set([1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, broadcast ? 0x80 : 0, 0, ...bytesOf(client, 4)]);
  b.set(GUEST_MAC, 28);
  const options = [
    ...(type === null ? [] : [53, 1, type]),
    ...(requested === undefined ? [] : [50, 4, ...bytesOf(requested, 4)]),
    ...(server === undefined ? [] : [54, 4, ...bytesOf(server, 4)]),
    55,
    3,
    1,
    3,
    6,
  ];
  b.set([0x63, 0x82, 0x53, 0x63, ...options, 255], 236);
  return b;
}

/** RFC 1035 section 4.1. */
export function dnsQuery(name: string, type: number): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  return Uint8Array.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, ...bytesOf(type, 2), 0, 1]);
}

/** RFC 1002 section 4.2: a query (opcode 0), or a registration, refresh or release with an additional record for 10.77.0.2. */
export function netbiosRequest(name: string, opcode: number): Uint8Array {
  const octets = [...new TextEncoder().encode(name.padEnd(15)), 0x20];
  const encoded = octets.flatMap((octet) => [0x41 + (octet >> 4), 0x41 + (octet & 15)]);
  const additional = opcode === 0 ? [] : [0xc0, 0x0c, 0, 0x20, 0, 1, 0, 0, 0, 0, 0, 6, 0x60, 0, 10, 77, 0, 2];
  return Uint8Array.from([
    0x12,
    0x34,
    opcode << 3,
    0x10,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    opcode === 0 ? 0 : 1,
    32,
    ...encoded,
    0,
    0,
    0x20,
    0,
    1,
    ...additional,
  ]);
}

function checksum(b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < b.length; i += 2) sum += b[i] * 256 + (b[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An Ethernet frame of the guest with an IPv4 packet. */
function packet(
  toMac: readonly number[],
  source: readonly number[],
  destination: readonly number[],
  protocol: number,
  payload: readonly number[],
): Uint8Array {
  const head = [0x45, 0, ...bytesOf(20 + payload.length, 2), 0, 1, 0, 0, 128, protocol, 0, 0, ...source, ...destination];
  const [high, low] = bytesOf(checksum(head), 2);
  head.splice(10, 2, high, low);
  return Uint8Array.from([...toMac, ...GUEST_MAC, 8, 0, ...head, ...payload]);
}

/** A UDP datagram without a checksum (RFC 768). */
export function datagram(
  toMac: readonly number[],
  source: readonly number[],
  destination: readonly number[],
  ports: readonly [from: number, to: number],
  payload: Uint8Array,
): Uint8Array {
  const head = [...bytesOf(ports[0], 2), ...bytesOf(ports[1], 2), ...bytesOf(8 + payload.length, 2), 0, 0];
  return packet(toMac, source, destination, 17, [...head, ...payload]);
}

export function arpRequest(source: readonly number[], target: readonly number[]): Uint8Array {
  const all = new Array<number>(6).fill(0xff);
  return Uint8Array.from([...all, ...GUEST_MAC, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, ...GUEST_MAC, ...source, 0, 0, 0, 0, 0, 0, ...target]);
}

export function echoRequest(toMac: readonly number[], source: readonly number[], destination: readonly number[]): Uint8Array {
  const echo = [8, 0, 0, 0, 0, 7, 0, 1, ...new TextEncoder().encode("pushback guest!!")];
  const [high, low] = bytesOf(checksum(echo), 2);
  echo.splice(2, 2, high, low);
  return packet(toMac, source, destination, 1, echo);
}
