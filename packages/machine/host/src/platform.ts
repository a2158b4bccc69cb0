/** A client platform: data and a few pure functions. How the machine starts and stops, how its mail client talks, what it looks like. */

import type { Facts } from "./facts.ts";
import type { Personality } from "./personality.ts";

/** One step of the boot, as its screen shows it. */
export interface BootPhase {
  readonly id: string;
  /** What the machine does, in a few words. */
  readonly title: string;
  readonly durationUs: number;
  /** Lines on the screen while it lasts. */
  readonly screen: readonly string[];
}

/** When the TCP/IP stack is there: from the end of a boot phase until the machine goes down, or only while a program has it open. */
export type StackLifetime =
  | { readonly kind: "after-phase"; readonly phase: string }
  | { readonly kind: "on-demand"; readonly unloadAfterUs: number };

export interface BootModel {
  readonly phases: readonly BootPhase[];
  readonly stack: StackLifetime;
  /** How far a boot's length may vary from run to run, as a fraction: 0.05 is ±5 %. */
  readonly jitter: number;
}

/** The ways in which a machine goes down. `shutdown`: the system's own orderly way. `warm-boot`: by the keyboard. `reset`: the button. `power-cut`: the switch or the plug. */
export type WayDown = "shutdown" | "warm-boot" | "reset" | "power-cut";

/** What a way of going down does to the mail client and to open connections. */
export interface DownBehaviour {
  /** The mail client gets the time to log off. */
  readonly logsOff: boolean;
  /** What becomes of open TCP connections: nothing is sent, or FIN, or RST. */
  readonly connections: "silent" | "close" | "reset";
  /** From the command until the stack is gone. */
  readonly takesUs: number;
}

export interface GoingDown {
  readonly shutdown: DownBehaviour;
  readonly "warm-boot": DownBehaviour;
  readonly reset: DownBehaviour;
  readonly "power-cut": DownBehaviour;
  /** The usual way to reboot this machine without logging off. */
  readonly uncleanReboot: Exclude<WayDown, "shutdown">;
}

/** How the platform's mail client talks to its server. */
export interface MailHabits {
  /** Whether it registers for push datagrams over TCP/IP. */
  readonly push: boolean;
  /** The longest own host name with which it still finds TCP/IP; `null`: no limit (Q156711). */
  readonly hostNameLimit: number | null;
  /** Polling interval of an idle client that has push (Q156711). */
  readonly idlePollUs: number;
  /** Polling interval of a client without push. */
  readonly fallbackPollUs: number;
  /** Size of the opaque context that it registers, at most 16. */
  readonly contextBytes: number;
  /** Windows code page number of its 8-bit text. */
  readonly codePage: number;
  readonly locale: number;
  /** The three version words of EcDoConnect: product major, build major, build minor. */
  readonly clientVersion: readonly [number, number, number];
}

/** How its screen looks when it has booted. */
export interface Appearance {
  readonly skin: "text-80x25" | "windows-3" | "windows-nt" | "windows-95" | "system-7" | "platinum";
  /** The name in the mail client's title bar. */
  readonly mailTitle: string;
}

export interface PlatformVariant {
  /** Unique among all variants of all platforms. */
  readonly id: string;
  readonly platform: string;
  readonly title: string;
  readonly personality: Facts<Personality>;
  readonly boot: Facts<BootModel>;
  readonly goingDown: Facts<GoingDown>;
  readonly mail: Facts<MailHabits>;
  readonly appearance: Appearance;
}

export interface Platform {
  readonly id: string;
  readonly title: string;
  /** One sentence for lists. */
  readonly summary: string;
  /** First is the default. */
  readonly variants: readonly [PlatformVariant, ...PlatformVariant[]];
}
