/** The options of `pushback serve`, checked. */

import { parseIpv4 } from "@pushback/bytes";
import type { KeepAlive } from "@pushback/host";
import type { MaildirSettings, SmtpSettings } from "@pushback/mail-intake";
import {
  type AddressRange,
  DEFAULT_EXCHANGE_VERSION,
  DEFAULT_SETTINGS,
  EXCHANGE_VERSIONS,
  type ExchangeVersionName,
  isExchangeVersion,
  LIVE_LIMITS,
  type ServerLimits,
} from "@pushback/server";
import { UsageError } from "@pushback/usage-error";
import { windowsNt } from "@pushback/windows-nt";
import { DEFAULT_DOMAIN, DEFAULT_EPM_PORT } from "../shared/defaults.ts";
import { durationOption } from "../shared/options.ts";
import { NAME_PATTERN } from "./users-file.ts";

/** The parsed options of `serve`, as Commander returns them. */
export interface ServeFlags {
  readonly listen: string;
  readonly port: string;
  readonly epmPort: string;
  readonly data?: string;
  readonly users?: string;
  readonly control?: string;
  readonly interval?: string;
  readonly keepalive?: string;
  readonly keepaliveInterval?: string;
  readonly keepaliveProbes?: string;
  readonly allowAnonymous?: boolean;
  /** `--no-ntlmv1` makes it false. */
  readonly ntlmv1: boolean;
  /** `--no-lm` makes it false. */
  readonly lm: boolean;
  readonly domain?: string;
  readonly directoryPort?: string;
  readonly exchangeVersion?: string;
  readonly allowCallback: readonly string[];
  readonly maxConnections?: string;
  readonly maxPerAddress?: string;
  readonly maxDatagrams?: string;
  readonly bindTimeout?: string;
  readonly idleTimeout?: string;
  readonly smtp?: string;
  readonly mailDomain: readonly string[];
  readonly postmaster?: string;
  readonly quota?: string;
  readonly maildir: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export interface ServeSettings {
  /** Address to listen on, as an unsigned 32-bit integer; 0 for every address of the computer. */
  readonly listen: number;
  readonly port: number;
  /** TCP port of the endpoint mapper; `null` to offer none. */
  readonly epmPort: number | null;
  /** TCP port of the directory; `null` to offer none. */
  readonly directoryPort: number | null;
  readonly exchangeVersion: ExchangeVersionName;
  readonly intervalUs: number;
  readonly keepAlive: KeepAlive;
  readonly domain: string;
  readonly callbackRanges: readonly AddressRange[];
  readonly limits: ServerLimits;
  readonly smtp: SmtpSettings | null;
  readonly maildirs: readonly MaildirSettings[];
}

const MIB = 1024 * 1024;

/** Keep-alive settings of the default server, as the platform has them: Exchange Server 4.0 runs on Windows NT. */
const DEFAULT_KEEP_ALIVE: KeepAlive = windowsNt.variants[0].personality.keepAlive.value;

function numberOption(option: string, text: string | undefined, least: number, most: number, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) throw new UsageError(`${option} ${text}: takes a number from ${least} to ${most}`);
  return value;
}

function addressOption(option: string, text: string): number {
  const address = text === "localhost" ? 0x7f000001 : parseIpv4(text);
  if (address === null)
    throw new UsageError(`${option} ${text}: not an IPv4 address; 127.0.0.1 is this computer alone, 0.0.0.0 is every network`);
  return address;
}

function rangeOption(text: string): AddressRange {
  const [head, tail, ...more] = text.split("/");
  const address = parseIpv4(head);
  const prefixLength = tail === undefined ? 32 : /^\d{1,2}$/.test(tail) ? Number(tail) : 99;
  if (address === null || prefixLength > 32 || more.length > 0)
    throw new UsageError(`--allow-callback ${text}: takes an address or a network, as in 10.1.0.0/16`);
  return { address, prefixLength };
}

/** A port, or address and port. */
function smtpOption({ smtp: text, mailDomain, postmaster: named }: ServeFlags): SmtpSettings | null {
  const postmaster = named ?? null;
  if (text === undefined) return null;
  const [bad] = mailDomain.filter((domain) => !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(domain));
  if (bad !== undefined) throw new UsageError(`--mail-domain ${bad}: takes a domain, as in example.org`);
  if (postmaster !== null && !NAME_PATTERN.test(postmaster))
    throw new UsageError(`--postmaster ${postmaster}: takes the name of a mailbox`);
  const colon = text.lastIndexOf(":");
  const host = colon < 0 ? "127.0.0.1" : text.slice(0, colon);
  addressOption("--smtp", host);
  return {
    host: host === "localhost" ? "127.0.0.1" : host,
    port: numberOption("--smtp", text.slice(colon + 1), 0, 65535, 0),
    domains: mailDomain.map((domain) => domain.toLowerCase()),
    postmaster,
  };
}

function maildirOption(text: string): MaildirSettings {
  const at = text.indexOf("=");
  const [alias, folder] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || folder === "" || !NAME_PATTERN.test(alias)) throw new UsageError(`--maildir ${text}: takes MAILBOX=FOLDER`);
  return { alias, folder };
}

function versionOption(text: string): ExchangeVersionName {
  if (isExchangeVersion(text)) return text;
  throw new UsageError(`--exchange-version ${text}: takes one of ${Object.keys(EXCHANGE_VERSIONS).join(", ")}`);
}

const DOMAIN_PATTERN = /^[A-Za-z0-9_-]{1,15}$/;

/** `fileDomain` is the users file's. Throws a UsageError that names the option. */
export function serveSettings(flags: ServeFlags, fileDomain?: string): ServeSettings {
  const limit = (option: string, text: string | undefined, otherwise: number) => numberOption(option, text, 1, 1_000_000, otherwise);
  const domain = flags.domain ?? fileDomain ?? DEFAULT_DOMAIN;
  if (!DOMAIN_PATTERN.test(domain))
    throw new UsageError(`${flags.domain === undefined ? "domain:" : "--domain"} ${domain}: takes up to 15 letters, digits and dashes`);
  return {
    listen: addressOption("--listen", flags.listen),
    port: numberOption("--port", flags.port, 0, 65535, 0),
    epmPort: flags.epmPort === "none" ? null : numberOption("--epm-port", flags.epmPort, 0, 65535, DEFAULT_EPM_PORT),
    directoryPort: flags.directoryPort === "none" ? null : numberOption("--directory-port", flags.directoryPort, 0, 65535, 0),
    exchangeVersion: versionOption(flags.exchangeVersion ?? DEFAULT_EXCHANGE_VERSION),
    intervalUs: durationOption("--interval", flags.interval, 100_000) ?? DEFAULT_SETTINGS.notificationIntervalUs,
    keepAlive: {
      idleUs: durationOption("--keepalive", flags.keepalive, 1_000_000) ?? DEFAULT_KEEP_ALIVE.idleUs,
      intervalUs: durationOption("--keepalive-interval", flags.keepaliveInterval, 1_000_000) ?? DEFAULT_KEEP_ALIVE.intervalUs,
      probes: numberOption("--keepalive-probes", flags.keepaliveProbes, 1, 100, DEFAULT_KEEP_ALIVE.probes),
    },
    domain: domain.toUpperCase(),
    callbackRanges: flags.allowCallback.map(rangeOption),
    limits: {
      ...LIVE_LIMITS,
      associations: limit("--max-connections", flags.maxConnections, LIVE_LIMITS.associations),
      associationsPerAddress: limit("--max-per-address", flags.maxPerAddress, LIVE_LIMITS.associationsPerAddress),
      datagramsPerSecond: limit("--max-datagrams", flags.maxDatagrams, LIVE_LIMITS.datagramsPerSecond),
      mailboxBytes: MIB * numberOption("--quota", flags.quota, 1, 1_000_000, LIVE_LIMITS.mailboxBytes / MIB),
      bindTimeoutUs: durationOption("--bind-timeout", flags.bindTimeout, 1_000_000) ?? LIVE_LIMITS.bindTimeoutUs,
      idleTimeoutUs: durationOption("--idle-timeout", flags.idleTimeout, 1_000_000) ?? LIVE_LIMITS.idleTimeoutUs,
    },
    smtp: smtpOption(flags),
    maildirs: flags.maildir.map(maildirOption),
  };
}
