/** `pushback conform`. */

import { connect } from "node:net";
import { formatIpv4, parseIpv4 } from "@pushback/bytes";
import { type ConformSettings, caseIds, junitXml, type PlatformResults, runConformance, tapLine } from "@pushback/conform";
import { type Host, type PlatformVariant, valuesOf } from "@pushback/host";
import { createKernelHost, localAddressTowards } from "@pushback/live";
import { findVariant } from "@pushback/scenario";
import { DEFAULT_SETTINGS } from "@pushback/server/settings";
import { systemReason, UsageError } from "@pushback/usage-error";
import { type CredentialFlags, ntlmAuthenticators } from "../shared/credentials.ts";
import { mailboxDn } from "../shared/defaults.ts";
import { durationOption, variantsOption } from "../shared/options.ts";
import { OutputFile } from "../shared/output-file.ts";
import { deliverByCommand, deliverByHand, deliverBySmtp } from "./conform-delivery.ts";

export interface ConformFlags extends CredentialFlags {
  readonly target: string;
  readonly epmPort: string;
  readonly user?: string;
  readonly anonymous?: boolean;
  readonly mailbox: string;
  readonly platforms?: string;
  readonly platform?: string;
  readonly interval?: string;
  readonly firstWithin?: string;
  readonly datagrams: string;
  readonly keepaliveEnd?: string;
  readonly only?: string;
  readonly smtp?: string;
  readonly mailTo?: string;
  readonly deliverCommand?: string;
  readonly deliverByHand?: boolean;
  readonly junit?: string;
}

/** Time for the user to press a key, in milliseconds. */
const BY_HAND_MS = 15_000;
const FIRST_WITHIN_MS = 1000;
const PROBE_MS = 5000;

function portOf(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new UsageError(`${option} ${text}: takes a port from 1 to 65535`);
  return port;
}

function hostAndPort(option: string, text: string): { readonly address: number; readonly port: number | null } {
  const [host, port] = text.split(":");
  const address = host === "localhost" ? 0x7f000001 : parseIpv4(host);
  if (address === null) throw new UsageError(`${option} ${text}: takes an IPv4 address, as in 10.1.9.10 or 10.1.9.10:1032`);
  return { address, port: port === undefined ? null : portOf(option, port) };
}

function deliveryOf(flags: ConformFlags): () => Promise<void> {
  const alias = flags.mailbox.slice(flags.mailbox.lastIndexOf("=") + 1);
  if (flags.smtp !== undefined) {
    const { address, port } = hostAndPort("--smtp", flags.smtp);
    return deliverBySmtp(formatIpv4(address), port ?? 25, flags.mailTo ?? `${alias}@localhost`);
  }
  if (flags.deliverCommand !== undefined) return deliverByCommand(flags.deliverCommand);
  if (flags.deliverByHand) return deliverByHand(flags.mailbox);
  throw new UsageError(
    `the suite needs a way to put mail into ${flags.mailbox}: --smtp ADDRESS:PORT (and --mail-to ADDRESS), --deliver-command COMMAND, or --deliver-by-hand`,
  );
}

function authenticatorOf(flags: ConformFlags): ConformSettings["target"]["createAuthenticator"] {
  if (flags.anonymous) return () => null;
  if (flags.user === undefined) throw new UsageError("say who logs on with --user, or --anonymous");
  return ntlmAuthenticators(flags.user, flags, "--password-stdin");
}

/** Throws a UsageError if no server listens there: then the suite has nothing to judge. */
function mustAnswer(address: number, port: number, target: string): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect({ host: formatIpv4(address), port, timeout: PROBE_MS });
    const refuse = (why: string) => {
      socket.destroy();
      fail(new UsageError(`--target ${target}: no server answers on port ${port} (${why})`));
    };
    socket.on("error", (error) => refuse(systemReason(error)));
    socket.on("timeout", () => refuse("no answer"));
    socket.on("connect", () => {
      socket.destroy();
      done();
    });
  });
}

/** Dropping a TCP connection without a packet is a privilege of root on Linux (CAP_NET_ADMIN). */
function maySilence(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

/** A Host at this address that can be killed without a packet, as a computer whose power is cut. */
function vanishing(address: number): { readonly host: Host; kill(): void } {
  const host = createKernelHost({ address });
  return { host, kill: () => host.kill() };
}

/** The exit code: 0 when every case of every platform passed, 1 otherwise. */
export async function runConform(flags: ConformFlags): Promise<number> {
  const { address, port } = hostAndPort("--target", flags.target);
  const epmPort = portOf("--epm-port", flags.epmPort);
  const intervalMs = (durationOption("--interval", flags.interval, 200_000) ?? DEFAULT_SETTINGS.notificationIntervalUs) / 1000;
  const firstWithinUs = durationOption("--first-within", flags.firstWithin, 1000);
  const firstWithinMs = firstWithinUs === undefined ? (flags.deliverByHand ? BY_HAND_MS : FIRST_WITHIN_MS) : firstWithinUs / 1000;
  const staleDatagrams = /^\d{1,4}$/.test(flags.datagrams) ? Number(flags.datagrams) : 0;
  if (staleDatagrams < 2) throw new UsageError(`--datagrams ${flags.datagrams}: takes a whole number from 2 to 9999`);
  const only = flags.only?.split(",").map((start) => start.trim());
  const ids = caseIds(only);
  if (ids === null) throw new UsageError(`--only ${flags.only}: no case begins so; the cases are ${caseIds()?.join(", ")}`);
  const keepAliveUs = durationOption("--keepalive-end", flags.keepaliveEnd, 1_000_000);
  const variants = variantsOption(flags.platforms ?? flags.platform, undefined).map((id) => findVariant(id) as PlatformVariant);
  const createAuthenticator = authenticatorOf(flags);
  const deliver = deliveryOf(flags);
  const local = await localAddressTowards(address);
  if (local === null) throw new UsageError(`--target ${flags.target}: no route to it`);
  await mustAnswer(address, port ?? epmPort, flags.target);
  const junit = flags.junit === undefined ? null : new OutputFile(flags.junit, `--junit ${flags.junit}`);
  const host = createKernelHost({ address: local });
  const all: PlatformResults[] = [];
  process.stdout.write(`TAP version 13\n1..${variants.length * ids.length}\n`);
  process.stdout.write(
    `# against ${flags.target}, mailbox ${flags.mailbox}, interval ${intervalMs / 1000} s, ${variants.length} platforms, about ${Math.ceil((variants.length * (17 + staleDatagrams) * intervalMs) / 60_000)} minutes\n`,
  );
  try {
    let number = 0;
    for (const variant of variants) {
      const target = {
        host,
        address,
        port,
        epmPort,
        userDn: mailboxDn(flags.mailbox),
        habits: valuesOf(variant.mail),
        createAuthenticator,
      };
      const keepAlive =
        keepAliveUs === undefined || !maySilence() ? null : { endMs: keepAliveUs / 1000, vanishingHost: () => vanishing(local) };
      const settings = { target, intervalMs, firstWithinMs, staleDatagrams, deliver, keepAlive, ...(only && { only }) };
      const results = await runConformance(settings, (result) => {
        process.stdout.write(tapLine(++number, variant.id, result));
      });
      all.push({ platform: variant.id, results });
    }
  } catch (error) {
    junit?.discard();
    throw error;
  } finally {
    host.kill();
  }
  junit?.append(new TextEncoder().encode(junitXml(all)));
  junit?.commit();
  return all.some(({ results }) => results.some((r) => r.outcome === "failed")) ? 1 : 0;
}
