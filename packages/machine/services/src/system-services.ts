/**
 * The ports that a system holds, and what it answers there at the first exchange. A service is opened when something asks for its port, so a fleet
 * of machines that are never asked has none.
 */

import { EPM_PORT } from "@pushback/dcerpc";
import type { Host, SystemServiceName, SystemServices } from "@pushback/host";
import { openEndpointMapper } from "./endpoint-mapper.ts";
import { openNameService } from "./name-service.ts";
import { openSessionService } from "./session-service.ts";

/** RFC 1001 section 17.3 and RFC 1002 section 6 name these ports. */
const NETBIOS_NAME_PORT = 137;
const NETBIOS_DATAGRAM_PORT = 138;
const NETBIOS_SESSION_PORT = 139;

type Open = (host: Host, mac: number) => void;

/** The datagram service delivers to programs of the machine, of which there are none: it takes datagrams and sends nothing (RFC 1002 section 5.3). */
const openDatagramService: Open = (host) => void host.openUdp(NETBIOS_DATAGRAM_PORT, { onDatagram() {} });

const TCP: Readonly<Record<SystemServiceName, ReadonlyMap<number, Open>>> = {
  "endpoint-mapper": new Map([[EPM_PORT, (host: Host) => openEndpointMapper(host, EPM_PORT)]]),
  netbios: new Map([[NETBIOS_SESSION_PORT, (host: Host) => openSessionService(host, NETBIOS_SESSION_PORT)]]),
};

const UDP: Readonly<Record<SystemServiceName, ReadonlyMap<number, Open>>> = {
  "endpoint-mapper": new Map(),
  netbios: new Map<number, Open>([
    [NETBIOS_NAME_PORT, (host, mac) => openNameService(host, NETBIOS_NAME_PORT, mac)],
    [NETBIOS_DATAGRAM_PORT, openDatagramService],
  ]),
};

/** The services with these names, for any number of machines; `null` if there are none. */
export function createSystemServices(names: readonly SystemServiceName[]): SystemServices | null {
  if (names.length === 0) return null;
  const tcp = new Map(names.flatMap((name) => [...TCP[name]]));
  const udp = new Map(names.flatMap((name) => [...UDP[name]]));
  return {
    open(host, protocol, port, mac) {
      const open = (protocol === "tcp" ? tcp : udp).get(port);
      if (open === undefined) return false;
      open(host, mac);
      return true;
    },
  };
}
