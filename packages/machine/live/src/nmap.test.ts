/** nmap, with the database that Debian ships, must identify each emulated machine and find the ports that its system holds. */

import { requireProgram } from "@pushback/judges";
import { describe, it, vi } from "vitest";
import { requireTap, startBench } from "./testing/bench.ts";
import { MACHINE_TEXT } from "./testing/bench-addresses.ts";

const FAMILY = "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95";

/** Ports that the system holds, as nmap prints them; none: a program listens on TCP 139, because nmap needs an open port. */
const NONE: readonly string[] = [];
const NETBIOS = ["137/udp", "139/tcp"];
const NT = ["135/tcp", ...NETBIOS];

/** Names in nmap's database of each variant that has an entry. MacTCP is only in nmap's first database, which nmap no longer ships. */
const EXPECTED: Readonly<Record<string, readonly [names: readonly string[], ports: readonly string[]]>> = {
  "network-client-3.0": [["Microsoft Network Client 3.0 for MS-DOS"], NONE],
  "windows-3.1": [["Microsoft Network Client 3.0 for MS-DOS"], NONE],
  "wfw-3.11": [[FAMILY], NETBIOS],
  "nt-4.0": [["Microsoft Windows NT 4.0 SP3"], NT],
  "nt-4.0-sp6a": [["Microsoft Windows NT 4.0 SP5 - SP6a"], NT],
  "nt-3.51": [[FAMILY], NT],
  "windows-95": [[FAMILY], NETBIOS],
  // The entries of Windows 98 and of its Second Edition overlap: the ISNs of one scan decide.
  "windows-98": [["Microsoft Windows 98", "Microsoft Windows 98 SE"], NETBIOS],
  "open-transport": [["Apple Mac OS 8.1 - 8.6"], NONE],
  "open-transport-9": [["Apple Mac OS 9.0.4 - 9.2"], NONE],
};

/**
 * A network whose delays vary by milliseconds, for Windows NT 4.0 alone. Its ISNs advance with a clock of 10 ms, and nmap takes six of them 100 ms apart:
 * on a cable without delays all differences are 100, and nmap divides by 100. The entry's GCD of 10 and its SP of 11 hex and more say that it was measured
 * where at least one of five differences was another. Without the delays a scan names the system only if nmap, which repeats its probes up to five times,
 * is late by chance: fingerprint-databases.test.ts shows both cases in virtual time.
 */
const LAN = { loss: 0, duplicate: 0, reorder: 0, heldUs: 0, jitterUs: 6000, seed: 1 };

/** Scans of each machine in a long run, on an idle computer: each must name the system. */
const SCANS = Number(process.env["PUSHBACK_NMAP_SCANS"] ?? 0);

/** Without SCANS, one of at most this many scans must name the system: on a busy computer, nmap's six probes for ISNs may be answered too late. */
const ATTEMPTS = 4;

// Each test starts two processes, the emulated machine and the program on the kernel's sockets; a CI machine may have two cores.
vi.setConfig({ maxConcurrency: 2 });

describe.concurrent("nmap -O", { timeout: 240_000 + SCANS * 60_000 }, () => {
  for (const [variant, [names, ports]] of Object.entries(EXPECTED)) {
    it(`identifies ${variant} as ${names.join(" or ")}`, async (test) => {
      requireTap(test);
      requireProgram(test, "nmap");
      const bench = await startBench(test, variant === "nt-4.0" ? { variant, impairment: LAN } : { variant });
      if (ports.length === 0) {
        bench.machine.tell({ do: "listen", port: 139 });
        await bench.machine.wait("listening");
      }
      const open = ports.length === 0 ? ["139/tcp"] : ports;
      const scan = async () => {
        const asked = ["-O", "-sS", "-sU", "-n", "-T4", "-p", "T:1-1023,U:135-139", MACHINE_TEXT];
        const output = await bench.run("nmap", asked, 90_000);
        const found = [...output.matchAll(/^(\d+\/\w+)\s+open /gm)].map(([, port]) => port);
        test.expect(found.sort()).toEqual([...open].sort());
        return /^OS details: (.*)$/m.exec(output)?.[1] ?? output;
      };
      let details = await scan();
      if (SCANS === 0) for (let i = 1; i < ATTEMPTS && !names.includes(details); i++) details = await scan();
      test.expect(names).toContain(details);
      for (let i = 1; i < SCANS; i++) test.expect(names).toContain(await scan());
    });
  }
});
