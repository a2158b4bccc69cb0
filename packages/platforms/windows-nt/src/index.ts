import type { Platform, PlatformVariant } from "@pushback/host";
import { nt40Boot, nt40GoingDown, nt40Mail, nt40Registry } from "./machine.ts";
import { nt40Sp6aBoot, nt40Sp6aGoingDown, nt40Sp6aMail, nt40Sp6aPersonality } from "./nt-40-sp6a.ts";
import { nt351Boot, nt351GoingDown, nt351Mail, nt351Personality } from "./nt-351.ts";
import { nt40Personality } from "./personality.ts";

const nt40: PlatformVariant = {
  id: "nt-4.0",
  platform: "windows-nt",
  title: "Windows NT 4.0 SP3",
  personality: nt40Personality,
  boot: nt40Boot,
  goingDown: nt40GoingDown,
  mail: nt40Mail,
  tcpRegistry: nt40Registry,
  appearance: { skin: "nt-4.0", mailTitle: "Inbox - Microsoft Exchange" },
};

/** Windows NT 4.0 SP3 (the default variant), 4.0 SP6a or 3.51. */
export const windowsNt: Platform = {
  id: "windows-nt",
  title: "Windows NT",
  summary: "TCP/IP starts with the system, before a user logs on",
  variants: [
    nt40,
    {
      ...nt40,
      id: "nt-4.0-sp6a",
      title: "Windows NT 4.0 SP6a",
      personality: nt40Sp6aPersonality,
      boot: nt40Sp6aBoot,
      goingDown: nt40Sp6aGoingDown,
      mail: nt40Sp6aMail,
    },
    {
      ...nt40,
      id: "nt-3.51",
      title: "Windows NT 3.51",
      personality: nt351Personality,
      boot: nt351Boot,
      goingDown: nt351GoingDown,
      mail: nt351Mail,
      appearance: { skin: "nt-3.51", mailTitle: "Microsoft Exchange - Inbox" },
    },
  ],
};
