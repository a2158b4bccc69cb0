// A server that holds idle TCP connections with keep-alive, on Node's net. Reports the memory of each.
// usage: node --expose-gc idle-server.mjs PORT N (PORT 0: any port, printed in the line "ready PORT")
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import process from "node:process";

const port = Number(process.argv[2]);
const N = Number(process.argv[3]);
const residentKb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
const settled = () => new Promise((done) => setTimeout(done, 500));

const connections = new Map();
let before = 0;
let startMs = 0;

async function report() {
  const accepted = (performance.now() - startMs) / 1e3;
  await settled();
  globalThis.gc?.();
  await settled();
  console.log(
    JSON.stringify({ peer: "idle-tcp-node-net", n: N, bytes_per_conn: ((residentKb() - before) * 1024) / N, accept_wall_s: accepted }),
  );
  process.exit(0);
}

const server = createServer({ keepAlive: true, keepAliveInitialDelay: 7200e3, noDelay: true }, (connection) => {
  if (connections.size === 0) startMs = performance.now();
  connections.set(connection.remotePort, connection);
  connection.on("error", () => {});
  connection.on("close", () => connections.delete(connection.remotePort));
  if (connections.size === N) report();
});
server.listen(port, "127.0.0.1", 4096, () => {
  globalThis.gc?.();
  before = residentKb();
  console.log(`ready ${server.address().port}`);
});
