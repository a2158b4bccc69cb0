import { describe, expect, it } from "vitest";
import { CLAIM_IDS, type ClaimId } from "./claim-texts.ts";
import { judgeClaims } from "./claims.ts";
import type { ClaimResult } from "./comparison-types.ts";
import { COUNTERPART_CLAIMS } from "./counterparts.ts";
import { indexFrames } from "./frame-index.ts";
import { FrameStore } from "./frame-store.ts";
import { MachineView } from "./machine-view.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { loadScenario } from "./testing/gallery.ts";

/** The companion scenario, in which a stale session is pushed to beside a new one. */
const BESIDE = runScenario(loadScenario("next-logon-beside-stale"), { variants: ["windows-95"], seed: "1" });

/** A genuine recording. Tests alter copies of it so that they contradict a claim, which must then be refuted. */
const TRUE = runScenario(loadScenario("kb-q159302"), { variants: ["windows-95"], seed: "1" });

function judge(recording: Recording): Map<ClaimId, ClaimResult> {
  const index = new RecordingIndex(recording);
  const [compared, ...others] = recording.machines.slice(1).map((machine) => new MachineView(index, machine));
  return new Map(judgeClaims(compared, others).map((result) => [result.id, result]));
}

/** The recording without the frames that `drop` selects, and with `copies`: each repeats a frame of the recording at another time. */
function withFrames(
  drop: (frame: number) => boolean,
  copies: readonly { frame: number; atUs: number }[] = [],
  recording: Recording = TRUE,
): Recording {
  const old = recording.frames;
  const all = Array.from({ length: old.count }, (_, i) => ({ frame: i + 1, atUs: old.timeOf(i + 1) })).filter(({ frame }) => !drop(frame));
  const frames = new FrameStore();
  for (const { frame, atUs } of [...all, ...copies].sort((a, b) => a.atUs - b.atUs)) {
    frames.add(atUs, old.bytesOf(frame), old.offsetOf(frame), old.lengthOf(frame), false);
  }
  return { ...recording, frames };
}

function withEvents(change: (events: readonly RecordedEvent[]) => RecordedEvent[], recording: Recording = TRUE): Recording {
  return { ...recording, events: change([...recording.events]) };
}

const index = indexFrames(TRUE.frames);
const pushes = index.datagrams;
const errors = index.unreachables;
const besides = indexFrames(BESIDE.frames).datagrams;
/** The first datagram with the context of the new session. */
const newPush = besides.find(({ payloadHex, timeUs }) => timeUs >= 420_000_000 && payloadHex !== besides[1].payloadHex);

describe("claims", () => {
  it("all hold in a true recording", () => {
    const results = judge(TRUE);
    expect([...results.keys()]).toEqual(CLAIM_IDS);
    const elsewhere: readonly ClaimId[] = ["next-logon", "inbox-changes", ...COUNTERPART_CLAIMS];
    for (const { id, holds } of results.values()) expect([id, holds]).toEqual([id, elsewhere.includes(id) ? null : true]);
    expect(judge(BESIDE).get("next-logon")).toMatchObject({ holds: true });
  });

  it.each<[string, ClaimId, Recording]>([
    ["the first datagram is missing", "notify", withFrames((f) => f === pushes[0].frame)],
    [
      "a repetition comes 20 s late",
      "continue-after-reboot",
      withFrames((f) => f === pushes[50].frame, [{ frame: pushes[50].frame, atUs: pushes[50].timeUs + 20_000_000 }]),
    ],
    ["a datagram follows the retrieval", "stop-on-retrieve", withFrames(() => false, [{ frame: pushes[0].frame, atUs: 65_000_000 }])],
    ["the datagrams stop with the reboot", "continue-after-reboot", withFrames((f) => pushes.slice(2, -1).some((d) => d.frame === f))],
    ["an error is missing", "port-unreachable", withFrames((f) => f === errors[7].frame)],
    ["an error quotes a datagram that was never sent", "port-unreachable", withFrames((f) => f === errors[7].datagram?.frame)],
    [
      "a datagram follows the session's end",
      "end-with-session",
      withFrames(() => false, [{ frame: pushes[9].frame, atUs: 7_300_000_000 }]),
    ],
    [
      "the probe comes five minutes late",
      "two-hours",
      withEvents((events) =>
        events.map((e) => (e.layer === "machine" && e.event.type === "keepalive-probe-sent" ? { ...e, atUs: e.atUs + 300_000_000 } : e)),
      ),
    ],
    ["the new session is not pushed", "next-logon", withFrames((f) => f === newPush?.frame, [], BESIDE)],
    [
      "the new session never fetches",
      "next-logon",
      withEvents(
        (events) => events.filter((e) => !(e.layer === "server" && e.event.type === "notifications-retrieved" && e.atUs > 400_000_000)),
        BESIDE,
      ),
    ],
    [
      "the mail client is told of the errors",
      "analyzer-only",
      withEvents((events) => [
        ...events,
        { atUs: 400_000_000, machine: "windows-9x", layer: "client", event: { type: "disconnected", cause: "unreachable" } },
      ]),
    ],
    [
      "the poller never polls",
      "tcp-ip-only",
      withEvents((events) => events.filter((e) => !(e.layer === "client" && e.event.type === "polled" && e.machine === "poller"))),
    ],
  ])("are refuted when %s", (_what, id, recording) => {
    expect(judge(recording).get(id)).toMatchObject({ holds: false });
  });

  it.each([
    ["translates addresses", { nat: {} }, []],
    ["drops datagrams", {}, [{ action: "drop", protocol: "udp", from: "server", to: "branch" }] as const],
  ])("say nothing of the next logon where a router %s, so that no datagram could reach it", (_, more, firewall) => {
    const scenario = loadScenario("next-logon-beside-stale");
    const segments = [{ name: "branch", latency: 150, jitter: 100, loss: 0, ...more }];
    const clients = scenario.clients.map((client) => ({ ...client, segment: "branch" }));
    const changed = { ...scenario, clients, network: { ...scenario.network, segments, firewall } } as typeof scenario;
    const results = judge(runScenario(changed, { variants: ["windows-95"], seed: "1" }));
    expect(results.get("next-logon")).toMatchObject({ holds: null, finding: "the router lets no datagram through to the machine" });
    expect([...results.values()].filter(({ holds }) => holds === false)).toEqual([]);
  });

  it("are not judged in a run without steps", () => {
    const quiet = runScenario({ ...loadScenario("kb-q159302"), steps: [] }, { variants: ["windows-95"], seed: "1" });
    for (const result of judge(quiet).values()) expect(result).toMatchObject({ holds: null });
  });
});
