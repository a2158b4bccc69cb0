/** nmap, with the database that Debian ships, must identify each emulated machine. */

import { requireProgram } from "@pushback/judges";
import { describe, it, vi } from "vitest";
import { requireTap, startBench } from "./testing/bench.ts";
import { MACHINE_TEXT } from "./testing/bench-addresses.ts";

/** Name in nmap's database of each variant that has an entry. MacTCP is only in nmap's first database, which nmap no longer ships. */
const NAMES = {
  "network-client-3.0": "Microsoft Network Client 3.0 for MS-DOS",
  "windows-3.1": "Microsoft Network Client 3.0 for MS-DOS",
  "wfw-3.11": "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95",
  "nt-4.0": "Microsoft Windows NT 4.0 SP3",
  "nt-4.0-sp6a": "Microsoft Windows NT 4.0 SP5 - SP6a",
  "nt-3.51": "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95",
  "windows-95": "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95",
  "windows-98": "Microsoft Windows 98",
  "open-transport": "Apple Mac OS 8.1 - 8.6",
  "open-transport-9": "Apple Mac OS 9.0.4 - 9.2",
};

/**
 * A network whose delays vary by milliseconds, like the networks that the database was measured on. Without jitter, a clock that ticks every 10 ms
 * would divide nmap's 100 ms interval evenly.
 */
const LAN = { loss: 0, duplicate: 0, reorder: 0, heldUs: 0, jitterUs: 6000, seed: 1 };

/** A scan takes six sequence numbers and now and then draws too few; nmap itself repeats a scan as often. */
const SCANS = 4;

// Each test starts two processes, the emulated machine and the program on the kernel's sockets; a CI machine may have two cores.
vi.setConfig({ maxConcurrency: 2 });

describe.concurrent("nmap -O", { timeout: 240_000 }, () => {
  for (const [variant, name] of Object.entries(NAMES)) {
    it(`identifies ${variant} as ${name}`, async (test) => {
      requireTap(test);
      requireProgram(test, "nmap");
      const bench = await startBench(test, { variant, impairment: LAN });
      bench.machine.tell({ do: "listen", port: 139 });
      await bench.machine.wait("listening");
      let details = "";
      for (let scan = 0; scan < SCANS && details !== name; scan++) {
        const output = await bench.run("nmap", ["-O", "-n", "-T4", "-p", "139,7", MACHINE_TEXT], 60_000);
        details = /^OS details: (.*)$/m.exec(output)?.[1] ?? output;
      }
      test.expect(details).toBe(name);
    });
  }
});
