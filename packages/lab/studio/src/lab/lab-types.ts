/** Messages between the page and the lab in its worker: plain data. */

import type { Evidence, PLATFORMS, PlatformRow, RecordedEvent, RecordedMachine, ScenarioStep } from "@pushback/scenario";

export interface GalleryEntry {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly durationUs: number;
  /** Whether the scenario has a machine of every platform. */
  readonly isCompared: boolean;
}

/** Identifies a run: its scenario by name or text, and whether the scenario's steps are played (`play: "scenario"`) or the user acts instead (`"free"`). */
export interface LabSettings {
  readonly scenario: string;
  /** Text of the scenario file; left out for a scenario of the gallery. */
  readonly text?: string;
  readonly play: "scenario" | "free";
  readonly seed: string;
  readonly variants?: readonly string[];
  readonly keepAliveUs?: number;
  readonly intervalUs?: number;
}

/** Which system's screen a machine has. */
export type Skin = (typeof PLATFORMS)[number]["variants"][number]["appearance"]["skin"];

export interface LabMachine extends RecordedMachine {
  readonly platform: string;
  readonly skin: Skin;
  readonly mailTitle: string;
  /** Number of phases in a boot. */
  readonly phaseCount: number;
}

/** Whether the machine is a client, which a person uses; not the server or a router. */
export function isClient(machine: Pick<RecordedMachine, "role">): boolean {
  return machine.role !== "server" && machine.role !== "router";
}

export interface LabInfo {
  readonly settings: LabSettings;
  readonly title: string;
  readonly about: string;
  readonly durationUs: number;
  readonly epochMs: number;
  readonly keepAliveUs: number;
  readonly notificationIntervalUs: number;
  readonly machines: readonly LabMachine[];
  /** Time at which all machines that are switched on at the start have booted. */
  readonly readyUs: number;
}

export type OpenResult = { readonly ok: true; readonly info: LabInfo } | { readonly ok: false; readonly message: string };

/** A frame as the lanes show it. Addresses are unsigned 32-bit integers. */
export interface FrameMark {
  readonly frame: number;
  readonly timeUs: number;
  readonly kind: "push" | "icmp" | "tcp" | "arp";
  /** Source IP address; in ARP, the sender protocol address. */
  readonly source: number;
  /** Destination IP address; in ARP, the target protocol address. */
  readonly destination: number;
  /** 0 in a frame without ports. */
  readonly srcPort: number;
  readonly dstPort: number;
  /** Number of the frame that an ICMP error quotes; `null` for other frames. */
  readonly answers: number | null;
}

/** The server's KeepAliveTime from a moment on. */
export interface KeepAliveSetting {
  readonly atUs: number;
  readonly keepAliveUs: number;
}

/** Events and frames since the last update; with `restart`, the whole recording, because its past has changed. */
export interface LabUpdate {
  readonly restart: boolean;
  readonly nowUs: number;
  readonly events: readonly RecordedEvent[];
  readonly marks: readonly FrameMark[];
  readonly frameCount: number;
  /** Every setting so far, in order of time; the first one holds from the start. */
  readonly keepAlives: readonly KeepAliveSetting[];
}

/** A step that a person took, with its time. */
export interface PersonAction {
  readonly atUs: number;
  readonly step: ScenarioStep;
}

/** A time of a run that a person has marked. */
export interface Bookmark {
  readonly atUs: number;
  readonly label: string;
}

/** State of the page that a saved file has besides the run's settings and actions. */
export interface RunPlace {
  readonly bookmarks: readonly Bookmark[];
  /** The playhead. */
  readonly timeUs: number;
  /** Name of the view. */
  readonly view: string;
}

export interface LiveRow {
  readonly machine: string;
  readonly row: PlatformRow;
  /** Evidence by metric; a metric that is not counted in frames has no entry. */
  readonly evidence: Readonly<Record<string, Evidence>>;
}

/** How a second run differs from the first: other settings, another scenario, or a run that was kept. */
export type RunChange = Partial<Pick<LabSettings, "seed" | "variants" | "keepAliveUs" | "intervalUs" | "scenario" | "text">> & {
  readonly kept?: PlayedRun;
};

/** A run with a person in it: together they give the same recording again. */
export interface PlayedRun {
  readonly settings: LabSettings;
  readonly actions: readonly PersonAction[];
}

export type BesideResult = { readonly ok: true; readonly rows: readonly LiveRow[] } | { readonly ok: false; readonly message: string };

export interface WhatIfSettings {
  readonly keepAliveUs: number;
  readonly intervalUs: number;
  /** Time at which all clients log on again; `null` if they do not. */
  readonly relogonUs: number | null;
  /** Whether the server drops a push registration as soon as one of its datagrams is answered by an ICMP port unreachable. */
  readonly honourIcmp: boolean;
}

/** One run of the what-if: the settings and the ICMP errors per machine. */
export interface WhatIfPoint {
  readonly settings: WhatIfSettings;
  readonly icmp: Readonly<Record<string, number>>;
  readonly sessionEndedUs: Readonly<Record<string, number | null>>;
}
