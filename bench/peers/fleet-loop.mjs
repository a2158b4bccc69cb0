// A plain event loop in JavaScript that only builds and checks the bytes: the same scenario and packets as fleet.c, without stacks.
// usage: node fleet-loop.mjs N [style=data|closure] [queue=own|flatqueue]
import process from "node:process";

const N = Number(process.argv[2] ?? 1000);
const STYLE = process.argv[3] ?? "data";
const QUEUE = process.argv[4] ?? "own";

const INTERVAL_US = 60e6;
const END_US = 7200e6;
const LATENCY_US = 500;
const SERVER = 0x0a000001;
const FIRST_CLIENT = 0x0a010000;

// A binary heap in columns: times, sequence numbers (equal times in order of scheduling), events.
function ownQueue() {
  let capacity = 1024;
  let times = new Float64Array(capacity);
  let numbers = new Uint32Array(capacity);
  const events = new Array(capacity);
  let length = 0;
  let scheduled = 0;
  function grow() {
    capacity *= 2;
    const [longer, more] = [new Float64Array(capacity), new Uint32Array(capacity)];
    longer.set(times);
    more.set(numbers);
    times = longer;
    numbers = more;
    events.length = capacity;
  }
  function put(i, time, number, event) {
    times[i] = time;
    numbers[i] = number;
    events[i] = event;
  }
  return {
    push(time, event) {
      if (length === capacity) grow();
      const number = scheduled++;
      let i = length++;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (!(time < times[parent] || (time === times[parent] && number < numbers[parent]))) break;
        put(i, times[parent], numbers[parent], events[parent]);
        i = parent;
      }
      put(i, time, number, event);
    },
    pop() {
      const top = events[0];
      length--;
      const [time, number, event] = [times[length], numbers[length], events[length]];
      events[length] = undefined;
      if (length === 0) return top;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= length) break;
        const right = child + 1;
        if (right < length && (times[right] < times[child] || (times[right] === times[child] && numbers[right] < numbers[child])))
          child = right;
        if (!(times[child] < time || (times[child] === time && numbers[child] < number))) break;
        put(i, times[child], numbers[child], events[child]);
        i = child;
      }
      put(i, time, number, event);
      return top;
    },
    get length() {
      return length;
    },
  };
}

// The keys of FlatQueue are single numbers, so events that are due at the same time run in any order.
async function flatQueue() {
  const { default: FlatQueue } = await import("flatqueue");
  const queue = new FlatQueue();
  return {
    push: (time, event) => queue.push(event, time),
    pop: () => queue.pop(),
    get length() {
      return queue.length;
    },
  };
}

const startCpu = process.cpuUsage();
const startMs = performance.now();
const queue = QUEUE === "own" ? ownQueue() : await flatQueue();

function put16(b, at, value) {
  b[at] = value >> 8;
  b[at + 1] = value;
}
function put32(b, at, value) {
  b[at] = value >>> 24;
  b[at + 1] = value >>> 16;
  b[at + 2] = value >>> 8;
  b[at + 3] = value;
}
const get32 = (b, at) => ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
function sum(b, from, length, start) {
  let total = start;
  let at = from;
  const end = at + (length & ~1);
  for (; at < end; at += 2) total += (b[at] << 8) | b[at + 1];
  if (length & 1) total += b[at] << 8;
  return total;
}
function fold(total) {
  const once = (total & 0xffff) + (total >>> 16);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}
const pseudoHeader = (from, to, protocol, length) => (from >>> 16) + (from & 0xffff) + (to >>> 16) + (to & 0xffff) + protocol + length;

let ipId = 0;
function packet(length, from, to, protocol) {
  const b = new Uint8Array(34 + length);
  b[0] = 2;
  put32(b, 2, to);
  b[6] = 2;
  put32(b, 8, from);
  b[12] = 8;
  b[14] = 0x45;
  put16(b, 16, 20 + length);
  ipId = (ipId + 1) & 0xffff;
  put16(b, 18, ipId);
  b[22] = 128;
  b[23] = protocol;
  put32(b, 26, from);
  put32(b, 30, to);
  put16(b, 24, fold(sum(b, 14, 20, 0)));
  return b;
}
function udpTo(client, number) {
  const to = FIRST_CLIENT + client;
  const b = packet(24, SERVER, to, 17);
  put16(b, 34, 1055);
  put16(b, 36, 1100 + (client & 1023));
  put16(b, 38, 24);
  put32(b, 42, client);
  put32(b, 46, number);
  put16(b, 40, fold(sum(b, 34, 24, pseudoHeader(SERVER, to, 17, 24))) || 0xffff);
  return b;
}
function icmpAbout(datagram, client) {
  const b = packet(36, FIRST_CLIENT + client, SERVER, 1);
  b[34] = 3;
  b[35] = 3;
  for (let i = 0; i < 28; i++) b[42 + i] = datagram[14 + i];
  put16(b, 36, fold(sum(b, 34, 36, 0)));
  return b;
}
function tcp(from, to, srcPort, dstPort, seq, ack, flags) {
  const b = packet(20, from, to, 6);
  put16(b, 34, srcPort);
  put16(b, 36, dstPort);
  put32(b, 38, seq);
  put32(b, 42, ack);
  b[46] = 0x50;
  b[47] = flags;
  put16(b, 48, 8760);
  put16(b, 50, fold(sum(b, 34, 20, pseudoHeader(from, to, 6, 20))));
  return b;
}
function isSound(b) {
  if (fold(sum(b, 14, 20, 0)) !== 0) return false;
  const length = ((b[16] << 8) | b[17]) - 20;
  return fold(sum(b, 34, length, b[23] === 1 ? 0 : pseudoHeader(get32(b, 26), get32(b, 30), b[23], length))) === 0;
}

const counts = { udp: 0, icmp: 0, tcp: 0, bad: 0, events: 0, bytes: 0 };
const sent = new Uint32Array(N);

function datagramFor(client) {
  counts.udp++;
  counts.bytes += 58;
  return udpTo(client, ++sent[client]);
}
function probeFor(client) {
  counts.tcp++;
  counts.bytes += 54;
  return tcp(SERVER, FIRST_CLIENT + client, 135, 1055, 999, 5000, 0x10);
}
function answerAt(client, b) {
  if (!isSound(b)) counts.bad++;
  const isDatagram = b[23] === 17;
  const answer = isDatagram ? icmpAbout(b, client) : tcp(FIRST_CLIENT + client, SERVER, 1055, 135, 5000, 0, 4);
  counts[isDatagram ? "icmp" : "tcp"]++;
  counts.bytes += answer.length;
  return answer;
}
function arriveAtServer(client, b) {
  if (!isSound(b) || (b[23] === 1 && get32(b, 58) !== FIRST_CLIENT + client)) counts.bad++;
}

const firstAt = (client) => (client * INTERVAL_US) / N + INTERVAL_US;
let now = 0;

function runData() {
  const [TICK, AT_CLIENT, AT_SERVER, PROBE] = [0, 1, 2, 3];
  const at = (time, type, client, b) => queue.push(time, { time, type, client, b });
  for (let client = 0; client < N; client++) {
    at(firstAt(client), TICK, client, null);
    at(END_US + firstAt(client), PROBE, client, null);
  }
  while (queue.length > 0) {
    const event = queue.pop();
    counts.events++;
    now = event.time;
    const { client, b } = event;
    if (event.type === TICK) {
      at(now + LATENCY_US, AT_CLIENT, client, datagramFor(client));
      if (now + INTERVAL_US < END_US + INTERVAL_US) {
        event.time = now + INTERVAL_US;
        queue.push(event.time, event);
      }
    } else if (event.type === PROBE) at(now + LATENCY_US, AT_CLIENT, client, probeFor(client));
    else if (event.type === AT_CLIENT) at(now + LATENCY_US, AT_SERVER, client, answerAt(client, b));
    else arriveAtServer(client, b);
  }
}

// Closures, as most hand-written simulators use.
function runClosures() {
  const at = (time, run) => queue.push(time, { time, run });
  const toClient = (client, b) =>
    at(now + LATENCY_US, () => {
      const answer = answerAt(client, b);
      at(now + LATENCY_US, () => arriveAtServer(client, answer));
    });
  const tick = (client) => {
    toClient(client, datagramFor(client));
    if (now + INTERVAL_US < END_US + INTERVAL_US) at(now + INTERVAL_US, () => tick(client));
  };
  for (let client = 0; client < N; client++) {
    at(firstAt(client), () => tick(client));
    at(END_US + firstAt(client), () => toClient(client, probeFor(client)));
  }
  while (queue.length > 0) {
    const event = queue.pop();
    counts.events++;
    now = event.time;
    event.run();
  }
}

if (STYLE === "data") runData();
else runClosures();

const { user, system } = process.cpuUsage(startCpu);
const packets = counts.udp + counts.icmp + counts.tcp;
console.log(
  JSON.stringify({
    peer: `js-${QUEUE}-${STYLE}`,
    n: N,
    ...counts,
    packets,
    wall_s: (performance.now() - startMs) / 1e3,
    user_s: user / 1e6,
    sys_s: system / 1e6,
    max_rss_kb: process.resourceUsage().maxRSS,
  }),
);
