/** Services on well-known UDP and TCP ports (IANA's registry of service names and port numbers). */

export interface PortName {
  readonly name: string;
  /** Whether the service answers each query soon, and a client waits for the answer. */
  readonly answers: boolean;
  /** Answers can be much larger than the query, so that attackers abuse it to reflect traffic (US-CERT TA14-017A). */
  readonly amplifies?: boolean;
}

const PORTS: Readonly<Record<number, PortName>> = {
  7: { name: "echo", answers: true, amplifies: true },
  17: { name: "quote of the day", answers: true, amplifies: true },
  19: { name: "character generator", answers: true, amplifies: true },
  53: { name: "DNS", answers: true, amplifies: true },
  67: { name: "DHCP server", answers: true },
  68: { name: "DHCP client", answers: false },
  69: { name: "TFTP", answers: true, amplifies: true },
  88: { name: "Kerberos", answers: true },
  111: { name: "port mapper", answers: true, amplifies: true },
  123: { name: "NTP", answers: true, amplifies: true },
  137: { name: "NetBIOS name service", answers: true, amplifies: true },
  138: { name: "NetBIOS datagrams", answers: false },
  161: { name: "SNMP", answers: true, amplifies: true },
  162: { name: "SNMP traps", answers: false },
  389: { name: "LDAP", answers: true, amplifies: true },
  427: { name: "service location", answers: true, amplifies: true },
  443: { name: "QUIC", answers: false },
  500: { name: "IKE", answers: true },
  514: { name: "syslog", answers: false },
  520: { name: "RIP", answers: true, amplifies: true },
  1434: { name: "SQL Server browser", answers: true, amplifies: true },
  1645: { name: "RADIUS", answers: true },
  1812: { name: "RADIUS", answers: true },
  1813: { name: "RADIUS accounting", answers: true },
  1900: { name: "SSDP", answers: true, amplifies: true },
  2049: { name: "NFS", answers: true },
  3343: { name: "cluster heartbeat", answers: false },
  3478: { name: "STUN", answers: true },
  3702: { name: "web services discovery", answers: true, amplifies: true },
  4500: { name: "IKE through address translation", answers: false },
  5060: { name: "SIP", answers: true },
  5353: { name: "multicast DNS", answers: true, amplifies: true },
  5355: { name: "link-local name resolution", answers: true },
  8125: { name: "statsd", answers: false },
  11211: { name: "memcached", answers: true, amplifies: true },
};

/** The service that usually has this port; `null` for other ports. */
export function portName(port: number): PortName | null {
  return PORTS[port] ?? null;
}

/** "UDP port 514 (syslog)". */
export function describePort(port: number, protocol = "UDP"): string {
  const known = PORTS[port];
  return `${protocol} port ${port}${known ? ` (${known.name})` : ""}`;
}
