/** nmap, with the database that Debian ships, names the system that each emulated machine is. */

import { requireProgram } from "@pushback/judges";
import { describe, it, vi } from "vitest";
import { requireTap, startBench } from "./testing/bench.ts";
import { MACHINE_TEXT } from "./testing/bench-addresses.ts";

/** The name in nmap's database of each variant that it has an entry for. MacTCP is in its first database only, which it no longer ships. */
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

/** A network whose delays vary by milliseconds, as those did that the database was measured on: on a cable without, a clock of 10 ms ticks evenly under nmap's 100. */
const LAN = { loss: 0, duplicate: 0, reorder: 0, heldUs: 0, jitterUs: 6000, seed: 1 };

/** A scan measures six sequence numbers, so now and then it sees too few; nmap itself tries as often. */
const SCANS = 4;

// A machine and a kernel's side are two processes; the computers that run this may have two cores.
vi.setConfig({ maxConcurrency: 2 });

describe.concurrent("nmap -O", { timeout: 90_000 }, () => {
  for (const [variant, name] of Object.entries(NAMES)) {
    it(`takes ${variant} for ${name}`, async (test) => {
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
