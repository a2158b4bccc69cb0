import type { Platform } from "@pushback/host";
import { wfwBoot, wfwGoingDown, wfwMail } from "./machine.ts";
import { tcpip32Personality } from "./personality.ts";

export const windows3x: Platform = {
  id: "windows-3x",
  title: "Windows 3.x",
  summary: "TCP/IP-32 is there only while Windows runs, not at the MS-DOS prompt",
  variants: [
    {
      id: "wfw-3.11",
      platform: "windows-3x",
      title: "Windows for Workgroups 3.11, TCP/IP-32 3.11b",
      personality: tcpip32Personality,
      boot: wfwBoot,
      goingDown: wfwGoingDown,
      mail: wfwMail,
      appearance: { skin: "windows-3", mailTitle: "Microsoft Exchange - Inbox" },
    },
  ],
};
