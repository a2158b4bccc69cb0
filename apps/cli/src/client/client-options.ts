/** Checks the options of `pushback client`. */

import { lookup } from "node:dns/promises";
import { parseIpv4, parseMac } from "@pushback/bytes";
import type { ClientAuthenticator } from "@pushback/dcerpc";
import type { Ipv4Address, MailHabits, PlatformVariant } from "@pushback/host";
import { findVariant, unknownPlatform } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { type CredentialFlags, ntlmAuthenticators } from "../shared/credentials.ts";
import { mailboxDn } from "../shared/defaults.ts";
import { outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";

export interface ClientOptions extends CredentialFlags {
  readonly server: string;
  readonly mailbox: string;
  readonly directory?: string;
  readonly user?: string;
  readonly tap?: string;
  readonly address?: string;
  readonly gateway?: string;
  readonly mac?: string;
  readonly bridge?: string;
  readonly computer?: string;
  readonly record?: string;
  readonly name?: string;
  readonly bootSpeed?: string;
  readonly fastBoot?: boolean;
  readonly json?: boolean;
}

/** Default of `--ntlm` by the NTLM responses that the platform's client sends. */
const NTLM_OF = { lm: "lm", "lm-and-nt": "1" } as const satisfies Record<MailHabits["ntlmResponses"], string>;

interface Subnet {
  readonly address: Ipv4Address;
  readonly prefixLength: number;
}

interface TapOptions {
  readonly tap: string;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address | null;
  readonly mac: Uint8Array;
  readonly bridge?: string;
  readonly computer?: Subnet;
}

export interface CheckedClientOptions {
  readonly variant: PlatformVariant;
  readonly name: string;
  readonly serverAddress: Ipv4Address;
  readonly serverPort: number | null;
  /** TCP port of the directory; `null` to ask the endpoint mapper. */
  readonly directoryPort: number | null;
  readonly userDn: string;
  /** Credentials; without them the client binds without authentication. */
  readonly createAuthenticator?: () => ClientAuthenticator;
  readonly bootSpeed: number;
  /** Settings of the emulated machine; `null` if the client runs on this computer's sockets. */
  readonly tap: TapOptions | null;
  readonly record: string | null;
}

function subnetOption(option: string, text: string): Subnet {
  const [, host, length] = /^([^/]+)\/(\d{1,2})$/.exec(text) ?? [];
  const address = parseIpv4(host ?? "");
  const prefixLength = Number(length);
  if (address === null || prefixLength < 1 || prefixLength > 30)
    throw new UsageError(`${option} ${text}: write an address and the length of its network, as in 10.1.9.101/24`);
  return { address, prefixLength };
}

function addressOption(option: string, text: string): Ipv4Address {
  const address = parseIpv4(text);
  if (address === null) throw new UsageError(`${option} ${text}: not an IPv4 address, as in 10.1.9.1`);
  return address;
}

/** A unicast hardware address, six bytes. The default is a locally administered one that contains the IPv4 address. */
function macOption(text: string | undefined, address: Ipv4Address): Uint8Array {
  if (text === undefined) return Uint8Array.of(2, 0, address >>> 24, address >>> 16, address >>> 8, address);
  const mac = parseMac(text);
  if (mac === null || mac[0] & 1) throw new UsageError(`--mac ${text}: not a network card's address, as in 02:00:0a:01:09:65`);
  return mac;
}

function tapOptions(options: ClientOptions): TapOptions | null {
  const { tap, address: addressText, gateway: gatewayText, mac, bridge, computer } = options;
  if (tap === undefined) {
    for (const name of ["address", "gateway", "mac", "bridge", "computer", "record"] as const)
      if (options[name] !== undefined) throw new UsageError(`--${name} needs --tap: without it the client runs on this computer's sockets`);
    return null;
  }
  if (addressText === undefined) throw new UsageError("--tap needs --address: the machine's address, as in --address 10.1.9.101/24");
  const { address, prefixLength } = subnetOption("--address", addressText);
  const netmask = (-1 << (32 - prefixLength)) >>> 0;
  const gateway = gatewayText === undefined ? null : addressOption("--gateway", gatewayText);
  if (gateway !== null && ((gateway ^ address) & netmask) !== 0)
    throw new UsageError(`--gateway ${gatewayText}: not in the network of ${addressText}`);
  return {
    tap,
    address,
    netmask,
    gateway,
    mac: macOption(mac, address),
    ...(bridge !== undefined && { bridge }),
    ...(computer !== undefined && { computer: subnetOption("--computer", computer) }),
  };
}

async function serverOption(text: string): Promise<{ serverAddress: Ipv4Address; serverPort: number | null }> {
  const [, host, port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65535)
    throw new UsageError(`--server ${text}: write an address or a name, and a port where it has no endpoint mapper, as in 10.1.9.10:5000`);
  const serverPort = port === undefined ? null : Number(port);
  const address = parseIpv4(host);
  if (address !== null) return { serverAddress: address, serverPort };
  try {
    const found = await lookup(host, { family: 4 });
    return { serverAddress: parseIpv4(found.address) ?? 0, serverPort };
  } catch {
    throw new UsageError(`--server ${host}: no such host; write its IPv4 address`);
  }
}

function directoryOption(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new UsageError(`--directory ${text}: takes the directory's port, a number from 1 to 65535`);
  return port;
}

/** Checks the options. Throws a UsageError that names the option at fault. */
export async function checkClientOptions(platform: string, options: ClientOptions): Promise<CheckedClientOptions> {
  const variant = findVariant(platform);
  if (!variant) throw new UsageError(unknownPlatform(platform));
  const bootSpeed = options.fastBoot ? Number.POSITIVE_INFINITY : Number(options.bootSpeed ?? 1);
  if (!(bootSpeed > 0)) throw new UsageError(`--boot-speed ${options.bootSpeed}: takes a number above 0; 10 boots in a tenth of the time`);
  const tap = tapOptions(options);
  requireDistinctOutputs([options.passwordFile], outputTo("--record", options.record));
  const name = options.name ?? variant.platform.toUpperCase();
  const { user } = options;
  if (user === undefined && (options.password ?? options.passwordFile) !== undefined)
    throw new UsageError("a password needs --user: the account that it belongs to");
  return {
    variant,
    name,
    ...(user !== undefined && {
      createAuthenticator: ntlmAuthenticators(
        user,
        options,
        "--password-file or --password",
        name,
        NTLM_OF[variant.mail.ntlmResponses.value],
      ),
    }),
    ...(await serverOption(options.server)),
    directoryPort: directoryOption(options.directory),
    // A DN begins with a slash; anything else is the alias of a mailbox of `pushback serve`.
    userDn: mailboxDn(options.mailbox),
    bootSpeed,
    tap,
    record: options.record ?? null,
  };
}
