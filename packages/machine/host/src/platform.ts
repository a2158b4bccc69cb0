/**
 * A client platform: data and a few pure functions that say how the machine starts and stops, how its mail client talks, and how its screen looks.
 */

import type { Fact, Facts } from "./facts.ts";
import type { Personality } from "./personality.ts";

/** One step of the boot. */
export interface BootPhase {
  readonly id: string;
  /** What the machine does in this phase, in a few words. */
  readonly title: string;
  readonly durationUs: number;
  /** Lines on the screen during this phase. */
  readonly screen: readonly string[];
}

/**
 * When the TCP/IP stack is loaded. `after-phase`: from the end of a boot phase until the machine goes down. `on-demand`: only while a program has
 * it open.
 */
export type StackLifetime =
  | { readonly kind: "after-phase"; readonly phase: string }
  | { readonly kind: "on-demand"; readonly unloadAfterUs: number };

/** How a machine boots: its phases in order, and when its stack is loaded. */
export interface BootModel {
  readonly phases: readonly BootPhase[];
  readonly stack: StackLifetime;
  /** How far the length of a boot may vary from run to run, as a fraction: 0.05 is ±5 %. */
  readonly jitter: number;
}

/**
 * The ways in which a machine goes down. `shutdown`: the orderly way of the system. `warm-boot`: by the keyboard. `reset`: the button. `power-cut`:
 * the switch or the plug.
 */
export type WayDown = "shutdown" | "warm-boot" | "reset" | "power-cut";

/** Effect of a way of going down on the mail client and on open connections. */
export interface DownBehaviour {
  /** Whether the mail client gets the time to log off. */
  readonly logsOff: boolean;
  /** What happens to open TCP connections: no packet, FIN, or RST. */
  readonly connections: "silent" | "close" | "reset";
  /** Time from the command until the stack is gone, in microseconds. */
  readonly takesUs: number;
}

/** What a machine does to its connections for each way of going down. */
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
  /** Whether the client registers for push datagrams over TCP/IP. */
  readonly push: boolean;
  /** Whether the client asks the server's directory for the user's and the server's names before it logs on. */
  readonly directory: boolean;
  /** Longest name of the machine with which the client still finds TCP/IP, in characters; `null`: no limit (Q156711). */
  readonly hostNameLimit: number | null;
  /** Polling interval of an idle client that has push (Q156711), in microseconds. */
  readonly idlePollUs: number;
  /** Polling interval of a client without push, in microseconds. */
  readonly fallbackPollUs: number;
  /** Events for which the client subscribes: new mail alone, or every change of the Inbox. */
  readonly watches: "new-mail" | "inbox";
  /** The responses of an NTLM logon: LAN Manager's alone, or Windows NT's beside it. */
  readonly ntlmResponses: "lm" | "lm-and-nt";
  /** Size of the opaque context that the client registers, in bytes; at most 16. */
  readonly contextBytes: number;
  /** Windows code page number of the client's 8-bit text. */
  readonly codePage: number;
  readonly locale: number;
  /** The three version words of EcDoConnect: product major, build major, build minor. */
  readonly clientVersion: readonly [number, number, number];
}

/** How the screen looks. */
export interface Appearance {
  /** Which system's screen it is; the studio has a look for each. */
  readonly skin:
    | "ms-dos"
    | "windows-3.1"
    | "wfw-3.11"
    | "nt-3.51"
    | "nt-4.0"
    | "windows-95"
    | "windows-98"
    | "system-7"
    | "mac-os-8"
    | "mac-os-9";
  /** Text in the title bar of the mail client. */
  readonly mailTitle: string;
}

/** One version of a platform with all facts about it, such as Windows NT 4.0 with Service Pack 3. */
export interface PlatformVariant {
  /** Unique among all variants of all platforms. */
  readonly id: string;
  readonly platform: string;
  readonly title: string;
  readonly personality: Facts<Personality>;
  readonly boot: Facts<BootModel>;
  readonly goingDown: Facts<GoingDown>;
  readonly mail: Facts<MailHabits>;
  /** Whether a registry holds the parameters of TCP/IP, so that a scenario's step `registry` can change them. */
  readonly tcpRegistry: Fact<boolean>;
  readonly appearance: Appearance;
}

/** A client platform of the article, with its variants. */
export interface Platform {
  readonly id: string;
  readonly title: string;
  /** One sentence for lists. */
  readonly summary: string;
  /** The first variant is the default. */
  readonly variants: readonly [PlatformVariant, ...PlatformVariant[]];
}
