/** Test support: acts as an emulator's guest on the cable of `pushback guest`: sends requests one by one, waits for each response, and prints it. */

import { createSocket } from "node:dgram";
import { arpRequest, datagram, dhcpRequest, dnsQuery, echoRequest, netbiosRequest } from "./guest-frames.ts";

const LAB_PORT = 4477;
const OWN_PORT = 4478;
const EVERYONE = new Array<number>(6).fill(0xff);
const NOWHERE = [0, 0, 0, 0];
const EVERYWHERE = [255, 255, 255, 255];
const LAB = [10, 77, 0, 1];
const GUEST = [10, 77, 0, 2];
/** Offset of the payload: after the headers of Ethernet, IPv4 and UDP. */
const PAYLOAD_AT = 42;

const socket = createSocket("udp4");
await new Promise<void>((done) => socket.bind(OWN_PORT, "127.0.0.1", done));
let heard: (frame: Buffer) => void = () => {};
socket.on("message", (frame) => heard(frame));

/** Sends a frame again and again until one comes that `read` understands. */
async function ask(frame: Uint8Array, read: (answer: Uint8Array) => string | null): Promise<void> {
  for (let n = 0; n < 40; n++) {
    const found = await new Promise<string | null>((done) => {
      const timer = setTimeout(() => done(null), 500);
      heard = (answer) => {
        const text = read(answer);
        if (text === null) return;
        clearTimeout(timer);
        done(text);
      };
      socket.send(frame, LAB_PORT, "127.0.0.1");
    });
    if (found !== null) return void process.stdout.write(`${found}\n`);
  }
  throw new Error("no answer");
}

const dotted = (b: Uint8Array, at: number) => [...b.subarray(at, at + 4)].join(".");
const isUdpFrom = (b: Uint8Array, port: number) => b[12] === 8 && b[13] === 0 && b[23] === 17 && b[34] * 256 + b[35] === port;
const dhcp = (type: number, name: string) => (b: Uint8Array) =>
  isUdpFrom(b, 67) && b[PAYLOAD_AT + 242] === type ? `${name} ${dotted(b, PAYLOAD_AT + 16)}` : null;
const toDhcp = (payload: Uint8Array) => datagram(EVERYONE, NOWHERE, EVERYWHERE, [68, 67], payload);

await ask(toDhcp(dhcpRequest({ type: 1 })), dhcp(2, "offer"));
await ask(toDhcp(dhcpRequest({ type: 3, requested: 0x0a4d0002, server: 0x0a4d0001 })), dhcp(5, "ack"));
let labMac: readonly number[] = EVERYONE;
await ask(arpRequest(GUEST, LAB), (b) => {
  if (b[12] !== 8 || b[13] !== 6 || b[21] !== 2) return null;
  labMac = [...b.subarray(22, 28)];
  return `arp ${dotted(b, 28)}`;
});
await ask(echoRequest(labMac, GUEST, LAB), (b) => (b[12] === 8 && b[13] === 0 && b[23] === 1 && b[34] === 0 ? "echo reply" : null));
for (const name of ["exchange1.pushback.example", "pc2"]) {
  const query = datagram(labMac, GUEST, LAB, [1025, 53], dnsQuery(name, 1));
  await ask(query, (b) => (isUdpFrom(b, 53) ? `dns ${dotted(b, b.length - 4)}` : null));
}
await ask(datagram(labMac, GUEST, LAB, [137, 137], netbiosRequest("EXCHANGE1", 0)), (b) =>
  isUdpFrom(b, 137) ? `wins ${dotted(b, b.length - 4)}` : null,
);
await ask(datagram(labMac, GUEST, LAB, [137, 137], netbiosRequest("NOTHERE", 0)), (b) =>
  isUdpFrom(b, 137) && (b[PAYLOAD_AT + 3] & 15) === 3 ? "wins not known" : null,
);
socket.close();
