/** Which machines answer a closed port like this: read off the ICMP error alone, so several platforms may fit. */

import type { ErrorTraits } from "./datagram-flow.ts";

export interface PlatformGuess {
  readonly name: string;
  /** The traits of the error that fit the platform. */
  readonly why: string;
}

/** Initial TTLs in use. A received TTL is one of them minus the number of routers on the path. */
const INITIAL_TTLS = [32, 64, 128, 255] as const;

/** The smallest initial TTL that the received one can come from. */
function initialTtlOf(ttl: number): number {
  return INITIAL_TTLS.find((initial) => ttl <= initial) ?? 255;
}

/**
 * Platforms whose port unreachable has these traits, most specific first; empty if no known platform fits. The values come from nmap-os-db and
 * xprobe2.conf. If a small datagram is quoted whole, a limit of 64 bytes cannot be distinguished from no limit.
 */
export function guessPlatforms(traits: ErrorTraits): PlatformGuess[] {
  const ttl = initialTtlOf(traits.ttl);
  const quote = traits.quotedWhole ? `quotes the whole datagram (${traits.quotedBytes} bytes)` : `quotes ${traits.quotedBytes} bytes`;
  const why = `initial TTL ${ttl}, ${quote}`;
  if (ttl === 32 && traits.quotedBytes === 8 && traits.quotedChecksumZero) {
    return [{ name: "MS-DOS or Windows 3.1 with the real-mode stack", why: `${why}, with the quoted IP checksum zeroed` }];
  }
  if (ttl === 32 && traits.quotedBytes === 8) return [{ name: "Windows for Workgroups 3.11, Windows NT 3.51 or Windows 95", why }];
  if (ttl === 128 && traits.quotedBytes === 8) return [{ name: "Windows NT 4.0 or Windows 98", why }];
  if (ttl === 255 && traits.dontFragment && traits.quotedBytes > 8 && traits.quotedBytes <= 64) {
    return [{ name: "Macintosh with Open Transport", why: `${why}, DF set` }];
  }
  if (ttl === 64 && traits.quotedBytes === 8) return [{ name: "Macintosh with MacTCP, or another stack that starts at 60 or 64", why }];
  if (ttl === 64 && traits.tos === 0xc0) return [{ name: "Linux", why: `${why}, precedence 0xc0` }];
  return [];
}
