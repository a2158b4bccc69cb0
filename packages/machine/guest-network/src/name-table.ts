/** The names that the lab answers for, and their addresses. */

import type { Ipv4Address } from "@pushback/host";

/** Names by which the guest finds the computers of its network. */
export interface NameTable {
  /** The domain of the names; lower case. */
  readonly domain: string;
  /** Addresses by host name, in lower case and without the domain. */
  readonly addresses: ReadonlyMap<string, Ipv4Address>;
}

/** The address of a name, with or without the domain; `null` where the lab does not know it. */
export function addressOfName({ domain, addresses }: NameTable, name: string): Ipv4Address | null {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const suffix = `.${domain}`;
  return addresses.get(wanted.endsWith(suffix) ? wanted.slice(0, -suffix.length) : wanted) ?? null;
}
