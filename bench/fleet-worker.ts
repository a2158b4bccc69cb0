/**
 * One contestant of `fleet.ts` as a separate process: `run COUNT`, `stale COUNT`, `stream COUNT`, `memory COUNT`, then the scenario file unless it is
 * in this folder. Prints one line of JSON. Packets count each datagram and each ICMP error once; other frames of the machines are not counted.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PcapngWriter } from "@pushback/capture";
import { FleetTally, openScenario, parseScenario, type RunWatcher } from "@pushback/scenario";
import { inlineWidely } from "../apps/cli/src/scenario/engine.ts";

/** Interval of virtual time in which all clients are stale and no keep-alive is due. */
const STALE_FROM_US = 12 * 60_000_000;
const STALE_TO_US = 120 * 60_000_000;

const [mode, countText, file = join(import.meta.dirname, "stale-fleet.yaml")] = process.argv.slice(2);
const count = Number(countText);
const parsed = parseScenario("stale-fleet", readFileSync(file, "utf8"));
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const { scenario } = parsed;
const options = { variants: [], seed: "1", count };

/** Processor time and wall time since `start`, in seconds. */
interface Moment {
  readonly ms: number;
  readonly cpu: NodeJS.CpuUsage;
}

const moment = (): Moment => ({ ms: performance.now(), cpu: process.cpuUsage() });

function say(packets: number, start: Moment, end: Moment, more: object = {}): void {
  const maxRssMb = process.resourceUsage().maxRSS / 1024;
  const user_s = (end.cpu.user - start.cpu.user) / 1e6;
  const sys_s = (end.cpu.system - start.cpu.system) / 1e6;
  console.log(JSON.stringify({ count, packets, wall_s: (end.ms - start.ms) / 1000, user_s, sys_s, maxRssMb, ...more }));
}

/** The whole run, recorded in memory; the time between `from` and `to` is measured. */
function runKept(from: number, to: number): void {
  const start = moment();
  const run = openScenario(scenario, options);
  run.runUntil(from);
  const before = run.recording.frames.count;
  const startOfPart = from === 0 ? start : moment();
  run.runUntil(to);
  const end = moment();
  const { frames } = run.recording;
  let packets = 0;
  for (let n = (from === 0 ? 0 : before) + 1; n <= frames.count; n++) {
    const at = frames.offsetOf(n);
    const b = frames.bytesOf(n);
    const protocol = b[at + 23];
    if (b[at + 12] === 8 && b[at + 13] === 0 && (protocol === 17 || protocol === 1)) packets++;
  }
  say(packets, startOfPart, end);
}

/** The whole run, with the capture written to disk and totals counted during the run. */
function stream(): void {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const capture = openSync(join(folder, "fleet.pcapng"), "w");
  const writer = new PcapngWriter((chunk) => writeSync(capture, chunk), { application: "Pushback" });
  writer.addInterface();
  let packets = 0;
  const start = moment();
  const run = openScenario(scenario, {
    ...options,
    keep: false,
    watch: (machines, server): RunWatcher => {
      const tally = new FleetTally(machines, server);
      return {
        frame(timeUs, b, at, len) {
          writer.writePacket(0, timeUs, b, at, len);
          tally.frame(timeUs, b, at);
          if (b[at + 12] === 8 && b[at + 13] === 0 && b[at + 23] !== 6) packets++;
        },
        event: (atUs, machine, layer, event) => tally.event(atUs, machine, layer, event),
      };
    },
  });
  run.runUntil(scenario.duration);
  writer.end();
  closeSync(capture);
  say(packets, start, moment());
  rmSync(folder, { recursive: true });
}

/** Heap bytes per stale client, without the recording. */
function memory(): void {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error("start with --expose-gc");
  const bytesWith = (machines: number) => {
    collect();
    const before = process.memoryUsage();
    const run = openScenario(scenario, { ...options, count: machines, keep: false });
    run.runUntil(STALE_FROM_US);
    collect();
    const after = process.memoryUsage();
    return [after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers, run.nowUs] as const;
  };
  const start = moment();
  const [few] = bytesWith(count / 10);
  const [many] = bytesWith(count);
  say(count, start, moment(), { bytesEach: Math.round((many - few) / (count * 0.9)) });
}

inlineWidely(() => {
  if (mode === "run") runKept(0, scenario.duration);
  else if (mode === "stale") runKept(STALE_FROM_US, STALE_TO_US);
  else if (mode === "stream") stream();
  else memory();
});
