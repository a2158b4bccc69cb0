/** Test support: runs a scenario of one client, and returns what its mail client shows and how the run is judged. */

import { judgeClaims } from "../claims.ts";
import { describeEvent } from "../event-text.ts";
import { MachineView } from "../machine-view.ts";
import type { RecordedEvent } from "../recorded-event.ts";
import { RecordingIndex } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";

interface InboxRun {
  readonly events: readonly RecordedEvent[];
  /** The Inbox at the end, the oldest message first. */
  readonly inbox: readonly { readonly subject: string; readonly read: boolean }[];
  /** Descriptions of the events of the mail client and of the steps that failed. */
  readonly texts: readonly string[];
  /** Verdict of each claim, by its id: null if it cannot be shown. */
  readonly claims: ReadonlyMap<string, boolean | null>;
}

/** Runs `steps`, a line of YAML each, for 20 minutes. `client`: the client's line; its name is anna. */
export function runInbox(steps: readonly string[], client = "{ name: anna, platform: windows-95 }"): InboxRun {
  const text = `title: T\nduration: 20m\nclients:\n  - ${client}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
  const events = [...recording.events];
  const index = new RecordingIndex(recording);
  const views = recording.machines.filter(({ role }) => role !== "server").map((machine) => new MachineView(index, machine));
  let inbox: InboxRun["inbox"] = [];
  for (const { event } of events) if (event.type === "inbox-shown") inbox = [...inbox.slice(0, event.kept), ...event.rows];
  const texts = events.flatMap((e) => (e.machine === "anna" && e.layer !== "machine" ? (describeEvent(e) ?? []) : []));
  return { events, inbox, texts, claims: new Map(judgeClaims(views[0], views).map(({ id, holds }) => [id, holds])) };
}
