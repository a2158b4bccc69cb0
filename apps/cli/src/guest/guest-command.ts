/** `pushback guest`: the network of a machine of the user's own, until Ctrl-C. */

import { hostname } from "node:os";
import { formatIpv4, parseIpv4 } from "@pushback/bytes";
import { GuestServices, type NameTable } from "@pushback/guest-network";
import type { Ipv4Address } from "@pushback/host";
import { LiveError } from "@pushback/live";
import { UsageError } from "@pushback/usage-error";
import { openCable } from "./guest-cable.ts";

export interface GuestOptions {
  readonly tap: string;
  readonly computer: string;
  readonly address: string;
  readonly hostName: string;
  readonly domain: string;
  readonly serverName?: string;
  readonly host: readonly string[];
  readonly cable: string;
  readonly record?: string;
}

const LEASE_SECONDS = 86_400;

function networkOption(text: string): { readonly address: Ipv4Address; readonly prefixLength: number; readonly netmask: Ipv4Address } {
  const [, host, length] = /^([^/]+)\/(\d{1,2})$/.exec(text) ?? [];
  const address = parseIpv4(host ?? "");
  const prefixLength = Number(length);
  if (address === null || prefixLength < 8 || prefixLength > 30)
    throw new UsageError(`--computer ${text}: write an address and the length of its network, as in 10.77.0.1/24`);
  return { address, prefixLength, netmask: (-1 << (32 - prefixLength)) >>> 0 };
}

/** An address of the network that is neither the computer's nor the network's first or last. */
function guestAddress(text: string, computer: Ipv4Address, netmask: Ipv4Address): Ipv4Address {
  const address = parseIpv4(text);
  const isInside = address !== null && ((address ^ computer) & netmask) === 0;
  const host = address === null ? 0 : (address & ~netmask) >>> 0;
  if (address === null || !isInside || address === computer || host === 0 || host === ~netmask >>> 0)
    throw new UsageError(`--address ${text}: not an address for a guest in the network of ${formatIpv4(computer)}`);
  return address;
}

function nameOption(option: string, text: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/i.test(text))
    throw new UsageError(`${option} ${text}: takes a name of at most 15 letters, digits and hyphens, which DNS and NetBIOS know alike`);
  return text;
}

function namesOf(options: GuestOptions, computer: Ipv4Address, serverName: string): NameTable {
  const { domain, host } = options;
  if (!/^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,7}$/i.test(domain) || domain.length > 63)
    throw new UsageError(`--domain ${domain}: takes a domain name, as in pushback.example`);
  const addresses = new Map([[serverName.toLowerCase(), computer]]);
  for (const text of host) {
    const [, name, where] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const address = parseIpv4(where ?? "");
    if (name === undefined || address === null) throw new UsageError(`--host ${text}: write a name and an address, as in PC2=10.77.0.3`);
    addresses.set(nameOption("--host", name).toLowerCase(), address);
  }
  return { domain: domain.toLowerCase(), addresses };
}

function portOption(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65534) throw new UsageError(`--cable ${text}: takes a port from 1 to 65534`);
  return port;
}

/** Runs until SIGINT or SIGTERM; the exit code is 0. Throws a UsageError when it cannot begin. */
export async function runGuest(options: GuestOptions): Promise<number> {
  const { address: computer, prefixLength, netmask } = networkOption(options.computer);
  const address = guestAddress(options.address, computer, netmask);
  const own = hostname().split(".")[0].slice(0, 15).replace(/-+$/, "");
  const serverName = nameOption("--server-name", options.serverName ?? own).toUpperCase();
  const names = namesOf(options, computer, serverName);
  const port = portOption(options.cable);
  const hostName = nameOption("--host-name", options.hostName);
  const services = new GuestServices({ address, netmask, computer, hostName, domain: names.domain, seconds: LEASE_SECONDS }, names);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  let cable: { close(): void };
  try {
    cable = await openCable({
      tap: options.tap,
      computer: { address: computer, prefixLength },
      port,
      record: options.record ?? null,
      services,
      onNote: say,
      onGuest: () => say("the guest is plugged in"),
    });
  } catch (error) {
    throw error instanceof LiveError ? new UsageError(`--tap ${options.tap}: ${error.message}`) : error;
  }
  const [us, guest] = [formatIpv4(computer), formatIpv4(address)];
  say(`${options.tap}: this computer is ${us}/${prefixLength}, the guest gets ${guest} by DHCP, with ${us} as its DNS and WINS server`);
  say(
    `guest:   qemu-system-i386 … -netdev socket,id=lab,udp=127.0.0.1:${port},localaddr=127.0.0.1:${port + 1} -device ne2k_pci,netdev=lab`,
  );
  say(`server:  pushback serve --users users.yaml --listen ${us}`);
  say(`profile: Microsoft Exchange Server ${serverName}, mailbox: an alias of the users file`);
  say(`watch:   pushback diagnose -i ${options.tap}`);
  return new Promise((resolve) => {
    const end = () => {
      cable.close();
      resolve(0);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
  });
}
