/** Every protocol that the lab dissects: one line each. */

import type { Protocol } from "../define-protocol.ts";
import { builtInProtocols } from "../protocols.ts";
import { AARP } from "./aarp.ts";
import { ARP } from "./arp.ts";
import { DATA } from "./data.ts";
import { DCERPC } from "./dcerpc.ts";
import { DDP } from "./ddp.ts";
import { DHCP } from "./dhcp.ts";
import { NSPI, RFR } from "./directory.ts";
import { DNS } from "./dns.ts";
import { ETHERNET } from "./ethernet.ts";
import { EXPERT, MALFORMED } from "./expert.ts";
import { FRAME } from "./frame.ts";
import { HTTP } from "./http.ts";
import { ICMP } from "./icmp.ts";
import { ICMPV6 } from "./icmpv6.ts";
import { IPV4 } from "./ipv4.ts";
import { IPV6 } from "./ipv6.ts";
import { IPX } from "./ipx.ts";
import { COOKED_LINK, NULL_LINK, RAW_LINK } from "./links.ts";
import { LLC } from "./llc.ts";
import { MAPI } from "./mapi.ts";
import { NBDGM } from "./nbdgm.ts";
import { NBNS } from "./nbns.ts";
import { NBSS } from "./nbss.ts";
import { NETBIOS_FRAMES } from "./netbios-frames.ts";
import { SMB } from "./smb.ts";
import { SPX } from "./spx.ts";
import { SRVLOC } from "./srvloc.ts";
import { TCP } from "./tcp.ts";
import { GRE, MPLS, PPP, PPPOE, QINQ } from "./tunnels.ts";
import { UDP } from "./udp.ts";
import { VLAN } from "./vlan.ts";

export const PROTOCOLS: readonly Protocol[] = [
  FRAME,
  ETHERNET,
  COOKED_LINK,
  NULL_LINK,
  RAW_LINK,
  VLAN,
  QINQ,
  MPLS,
  PPPOE,
  PPP,
  LLC,
  ARP,
  IPV4,
  IPV6,
  GRE,
  ICMP,
  ICMPV6,
  UDP,
  TCP,
  DNS,
  DHCP,
  NBNS,
  NBDGM,
  NBSS,
  SMB,
  SRVLOC,
  HTTP,
  DCERPC,
  MAPI,
  NSPI,
  RFR,
  IPX,
  SPX,
  DDP,
  AARP,
  NETBIOS_FRAMES,
  DATA,
  EXPERT,
  MALFORMED,
];

/** The set that dissectors and filters use unless they are given another. */
export const STANDARD_PROTOCOLS = builtInProtocols(PROTOCOLS);
