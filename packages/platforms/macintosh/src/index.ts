import type { Platform } from "@pushback/host";
import { openTransportBoot, openTransportGoingDown, openTransportMail } from "./machine.ts";
import { openTransportPersonality } from "./personality.ts";

export const macintosh: Platform = {
  id: "macintosh",
  title: "Macintosh",
  summary: "Open Transport quotes 64 bytes of an offending datagram, where the Microsoft stacks quote 8",
  variants: [
    {
      id: "open-transport",
      platform: "macintosh",
      title: "Macintosh, Open Transport 1.x (Mac OS 7.5.2-8.6)",
      personality: openTransportPersonality,
      boot: openTransportBoot,
      goingDown: openTransportGoingDown,
      mail: openTransportMail,
      appearance: { skin: "platinum", mailTitle: "Microsoft Exchange" },
    },
  ],
};
