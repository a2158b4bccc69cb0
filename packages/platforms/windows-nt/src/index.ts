import type { Platform } from "@pushback/host";
import { nt40Boot, nt40GoingDown, nt40Mail } from "./machine.ts";
import { nt40Personality } from "./personality.ts";

export const windowsNt: Platform = {
  id: "windows-nt",
  title: "Windows NT",
  summary: "TCP/IP starts with the system, before anybody logs on",
  variants: [
    {
      id: "nt-4.0",
      platform: "windows-nt",
      title: "Windows NT 4.0 SP3",
      personality: nt40Personality,
      boot: nt40Boot,
      goingDown: nt40GoingDown,
      mail: nt40Mail,
      appearance: { skin: "windows-nt", mailTitle: "Inbox - Microsoft Exchange" },
    },
  ],
};
