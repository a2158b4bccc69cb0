/** How mail gets into the target's mailbox: by SMTP, by a command, or by hand. */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { UsageError } from "@pushback/usage-error";

const SMTP_MS = 15_000;

/** Sends each line when the one before has been answered. */
function converse(host: string, port: number, lines: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const rest = [...lines];
    const socket = connect(port, host);
    const refuse = (why: string) => {
      socket.destroy();
      fail(new UsageError(`--smtp ${host}:${port}: ${why}`));
    };
    socket.setTimeout(SMTP_MS, () => refuse("no answer"));
    socket.on("error", (error) => refuse(error.message));
    createInterface({ input: socket })
      .on("error", () => {})
      .on("line", (line) => {
        // More lines of the same answer follow.
        if (line[3] === "-") return;
        if (!/^[23]/.test(line)) return refuse(line);
        const next = rest.shift();
        if (next === undefined) {
          socket.destroy();
          done();
        } else socket.write(`${next}\r\n`);
      });
  });
}

export function deliverBySmtp(host: string, port: number, recipient: string): () => Promise<void> {
  return () => {
    const text = `From: <conform@localhost>\r\nTo: <${recipient}>\r\nSubject: Conformance\r\nMessage-ID: <${randomUUID()}@conform>\r\n\r\nA message.\r\n.`;
    return converse(host, port, ["EHLO localhost", "MAIL FROM:<conform@localhost>", `RCPT TO:<${recipient}>`, "DATA", text, "QUIT"]);
  };
}

/** Run by the shell; its exit code 0 says that the message is there. */
export function deliverByCommand(command: string): () => Promise<void> {
  return () =>
    new Promise((done, fail) => {
      const child = spawn(command, { shell: true, stdio: ["ignore", "ignore", "inherit"] });
      child.on("error", (error) => fail(new UsageError(`--deliver-command: ${error.message}`)));
      child.on("close", (code) => (code === 0 ? done() : fail(new UsageError(`--deliver-command ${command}: exit code ${code}`))));
    });
}

/** Asks the user to send the message, and to press Enter at the same moment. */
export function deliverByHand(mailbox: string): () => Promise<void> {
  return () =>
    new Promise((done) => {
      process.stderr.write(`Send a message to ${mailbox} now, and press Enter at the same moment: `);
      process.stdin.once("data", () => {
        process.stdin.pause();
        done();
      });
      process.stdin.resume();
    });
}
