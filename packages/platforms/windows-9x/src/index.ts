import type { Platform, PlatformVariant } from "@pushback/host";
import { windows95Boot, windows95GoingDown, windows95Mail, windows95Registry } from "./machine.ts";
import { windows95Personality } from "./personality.ts";
import { windows98Boot, windows98GoingDown, windows98Mail, windows98Personality } from "./windows-98.ts";

const windows95: PlatformVariant = {
  id: "windows-95",
  platform: "windows-9x",
  title: "Windows 95",
  personality: windows95Personality,
  boot: windows95Boot,
  goingDown: windows95GoingDown,
  mail: windows95Mail,
  tcpRegistry: windows95Registry,
  appearance: { skin: "windows-95", mailTitle: "Inbox - Microsoft Exchange" },
};

/** Windows 95 (the default variant) or Windows 98. */
export const windows9x: Platform = {
  id: "windows-9x",
  title: "Windows 95/98",
  summary: "TCP/IP comes up with Windows; a host name over 15 characters costs it its push notifications",
  variants: [
    windows95,
    {
      ...windows95,
      id: "windows-98",
      title: "Windows 98",
      personality: windows98Personality,
      boot: windows98Boot,
      goingDown: windows98GoingDown,
      mail: windows98Mail,
      appearance: { skin: "windows-98", mailTitle: "Inbox - Microsoft Exchange" },
    },
  ],
};
