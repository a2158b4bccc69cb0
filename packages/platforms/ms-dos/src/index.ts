import type { Platform } from "@pushback/host";
import { msDosBoot, msDosGoingDown, msDosMail, msDosRegistry } from "./machine.ts";
import { networkClient30Personality } from "./personality.ts";

export { networkClient30Personality };

/** MS-DOS with Microsoft Network Client 3.0, the only variant. */
export const msDos: Platform = {
  id: "ms-dos",
  title: "MS-DOS",
  summary: "The stack is resident programs: it answers once AUTOEXEC.BAT has loaded them",
  variants: [
    {
      id: "network-client-3.0",
      platform: "ms-dos",
      title: "MS-DOS, Microsoft Network Client 3.0",
      personality: networkClient30Personality,
      boot: msDosBoot,
      goingDown: msDosGoingDown,
      mail: msDosMail,
      tcpRegistry: msDosRegistry,
      appearance: { skin: "ms-dos", mailTitle: "Microsoft Exchange" },
    },
  ],
};
