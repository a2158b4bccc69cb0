import { expect, it } from "vitest";
import { createKernelHost } from "./index.ts";

it("a UDP socket reports that it is open after openUdp has returned, and can send from then on", async () => {
  const host = createKernelHost({ address: 0x7f000001 });
  const order: string[] = [];
  const payload = await new Promise<number[]>((done) => {
    const socket = host.openUdp(0, {
      onOpen: (port) => {
        order.push("open");
        socket.send(Uint8Array.of(1, 2, 3), 0x7f000001, port);
      },
      onDatagram: (b, at, len) => done([...b.slice(at, at + len)]),
    });
    order.push("returned");
  });
  host.kill();
  expect([order, payload]).toEqual([
    ["returned", "open"],
    [1, 2, 3],
  ]);
});
