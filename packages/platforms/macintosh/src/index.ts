import type { Platform, PlatformVariant } from "@pushback/host";
import { macintoshRegistry, openTransportBoot, openTransportGoingDown, openTransportMail } from "./machine.ts";
import { macTcpBoot, macTcpGoingDown, macTcpMail, macTcpPersonality } from "./mactcp.ts";
import { openTransport9Boot, openTransport9GoingDown, openTransport9Mail, openTransport9Personality } from "./open-transport-9.ts";
import { openTransportPersonality } from "./personality.ts";

const openTransport: PlatformVariant = {
  id: "open-transport",
  platform: "macintosh",
  title: "Macintosh, Open Transport 1.x (Mac OS 7.5.2-8.6)",
  personality: openTransportPersonality,
  boot: openTransportBoot,
  goingDown: openTransportGoingDown,
  mail: openTransportMail,
  tcpRegistry: macintoshRegistry,
  appearance: { skin: "mac-os-8", mailTitle: "Microsoft Exchange" },
};

/** Macintosh with Open Transport 1.x (the default variant), Open Transport 2.x of Mac OS 9, or MacTCP 2.0.6 of System 7. */
export const macintosh: Platform = {
  id: "macintosh",
  title: "Macintosh",
  summary: "Open Transport quotes 64 bytes of an offending datagram, where the Microsoft stacks quote 8",
  variants: [
    openTransport,
    {
      ...openTransport,
      id: "open-transport-9",
      title: "Macintosh, Open Transport 2.x (Mac OS 9)",
      personality: openTransport9Personality,
      boot: openTransport9Boot,
      goingDown: openTransport9GoingDown,
      mail: openTransport9Mail,
      appearance: { skin: "mac-os-9", mailTitle: "Microsoft Exchange" },
    },
    {
      ...openTransport,
      id: "mactcp",
      title: "Macintosh, MacTCP 2.0.6 (System 7)",
      personality: macTcpPersonality,
      boot: macTcpBoot,
      goingDown: macTcpGoingDown,
      mail: macTcpMail,
      appearance: { skin: "system-7", mailTitle: "Microsoft Exchange" },
    },
  ],
};
