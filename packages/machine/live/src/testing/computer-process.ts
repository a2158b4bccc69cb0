/**
 * The computer's side of a test bench: programs on the kernel's TCP and UDP in the machine's namespace. Commands are JSON lines on standard
 * input, reports are JSON lines on standard output. The process ends when its standard input does.
 */

import { createSocket } from "node:dgram";
import { createInterface } from "node:readline";
import type { TcpConnection } from "@pushback/host";
import { createMailServer, type MailServer } from "@pushback/server";
import { createKernelHost } from "../kernel-host.ts";
import { COMPUTER_ADDRESS, MACHINE_ADDRESS, MACHINE_TEXT } from "./bench-addresses.ts";
import { ByteStream } from "./byte-stream.ts";

export type ComputerCommand =
  | { readonly do: "connect-stream"; readonly port: number; readonly total: number }
  | { readonly do: "listen-stream"; readonly port: number; readonly total: number }
  | { readonly do: "listen"; readonly port: number }
  /** Connects, with keep-alive if seconds are given. */
  | { readonly do: "connect"; readonly port: number; readonly keepAliveSeconds?: number }
  /** Sends a byte on the latest connection of `connect` or `listen`. */
  | { readonly do: "send" }
  /** Sends a datagram from a connected UDP socket and reports the error that comes back. */
  | { readonly do: "connected-udp"; readonly port: number }
  | { readonly do: "serve"; readonly intervalUs: number; readonly keepAliveSeconds: number }
  | { readonly do: "deliver" };

function report(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const host = createKernelHost({ address: COMPUTER_ADDRESS, name: "COMPUTER" });
let latest: TcpConnection | null = null;
let mailServer: MailServer | null = null;

const witness = { onData() {}, onClosed: (cause: string) => report({ type: "closed", cause }) };

function run(command: ComputerCommand): void {
  switch (command.do) {
    case "connect-stream": {
      const stream = new ByteStream(command.total, 0, (result) => report({ type: "stream", ...result }));
      stream.connection = host.connectTcp(MACHINE_ADDRESS, command.port, stream);
      break;
    }
    case "listen-stream":
    case "listen":
      host.listenTcp(command.port, {
        onListening: (port) => report({ type: "listening", port }),
        onAccept: (connection) => {
          latest = connection;
          report({ type: "accepted", remotePort: connection.remotePort });
          return command.do === "listen"
            ? witness
            : new ByteStream(command.total, 1, (result) => report({ type: "stream", ...result })).begin(connection);
        },
      });
      break;
    case "connect":
      latest = host.connectTcp(MACHINE_ADDRESS, command.port, { ...witness, onConnected: () => report({ type: "connected" }) });
      if (command.keepAliveSeconds !== undefined)
        latest.setKeepAlive({ idleUs: command.keepAliveSeconds * 1e6, intervalUs: 1e6, probes: 2 });
      break;
    case "send":
      latest?.send(Uint8Array.of(1));
      break;
    case "connected-udp": {
      const socket = createSocket("udp4");
      const fail = (error: NodeJS.ErrnoException) => {
        report({ type: "udp-error", code: error.code });
        socket.close();
      };
      socket.once("error", fail);
      socket.connect(command.port, MACHINE_TEXT, () => socket.send("x"));
      break;
    }
    case "serve": {
      host.setKeepAliveDefaults({ idleUs: command.keepAliveSeconds * 1e6, intervalUs: 1e6, probes: 5 });
      mailServer = createMailServer(host, { notificationIntervalUs: command.intervalUs }, (event) =>
        report({ ...event, type: `server ${event.type}`, atUs: host.nowUs() }),
      );
      report({ type: "mailbox", userDn: mailServer.addMailbox({ alias: "user", displayName: "User" }) });
      break;
    }
    case "deliver":
      mailServer?.deliver("user", { subject: "Lunch", body: "At noon", from: "Sender" });
      break;
  }
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => run(JSON.parse(line) as ComputerCommand));
lines.on("close", () => process.exit(0));
report({ type: "ready" });
