import type { Platform, PlatformVariant } from "@pushback/host";
import { wfwBoot, wfwGoingDown, wfwMail, wfwRegistry } from "./machine.ts";
import { tcpip32Personality } from "./personality.ts";
import { realMode31Personality, windows31Boot, windows31GoingDown, windows31Mail } from "./windows-31.ts";

const wfw311: PlatformVariant = {
  id: "wfw-3.11",
  platform: "windows-3x",
  title: "Windows for Workgroups 3.11, TCP/IP-32 3.11b",
  personality: tcpip32Personality,
  boot: wfwBoot,
  goingDown: wfwGoingDown,
  mail: wfwMail,
  tcpRegistry: wfwRegistry,
  appearance: { skin: "wfw-3.11", mailTitle: "Microsoft Exchange - Inbox" },
};

/** Windows for Workgroups 3.11 with TCP/IP-32 3.11b (the default variant), or Windows 3.1 with the real-mode TCP/IP of Network Client 3.0. */
export const windows3x: Platform = {
  id: "windows-3x",
  title: "Windows 3.x",
  summary: "TCP/IP-32 is there only while Windows runs, not at the MS-DOS prompt",
  variants: [
    wfw311,
    {
      ...wfw311,
      id: "windows-3.1",
      title: "Windows 3.1, real-mode TCP/IP of Network Client 3.0",
      personality: realMode31Personality,
      boot: windows31Boot,
      goingDown: windows31GoingDown,
      mail: windows31Mail,
      appearance: { skin: "windows-3.1", mailTitle: "Microsoft Exchange - Inbox" },
    },
  ],
};
