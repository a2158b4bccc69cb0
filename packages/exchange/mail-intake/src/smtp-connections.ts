/** Applies `SmtpLimits` to the connections of a server. */

import type { Server, Socket } from "node:net";
import type { SmtpLimits } from "./limits.ts";

function refuse(socket: Socket, reply: string): void {
  socket.write(`${reply}\r\n`);
  socket.destroySoon();
}

/** Applies the limits to each connection of a server, for as long as the server listens. */
export function limitSmtpConnections(server: Server, limits: SmtpLimits): void {
  const byAddress = new Map<string, number>();
  server.prependListener("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const open = (byAddress.get(address) ?? 0) + 1;
    byAddress.set(address, open);
    const timer = setTimeout(() => refuse(socket, "421 4.4.2 The dialogue takes too long"), limits.dialogueMs);
    socket.once("close", () => {
      clearTimeout(timer);
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    });
    if (open > limits.connectionsPerAddress) refuse(socket, "421 4.7.0 Too many connections from your address");
  });
}
