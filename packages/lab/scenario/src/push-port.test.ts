import { describe, expect, it } from "vitest";
import { judgeClaims } from "./claims.ts";
import { indexFrames } from "./frame-index.ts";
import { MachineView } from "./machine-view.ts";
import type { Recording } from "./recording.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { loadScenario } from "./testing/gallery.ts";

const article = loadScenario("kb-q159302");
const record = (pushPort: "kept" | "moves") =>
  runScenario({ ...article, server: { ...article.server, pushPort } }, { variants: ["windows-95"], seed: "1" });

const isPortOfUdp = (type: string, event: object) => type.startsWith("port-") && "protocol" in event && event.protocol === "udp";

function brokenClaims(recording: Recording): string[] {
  const index = new RecordingIndex(recording);
  const [compared, ...others] = recording.machines.slice(1).map((machine) => new MachineView(index, machine));
  return judgeClaims(compared, others).flatMap(({ id, holds }) => (holds === false ? [id] : []));
}

describe("the port that push datagrams leave from (Q264035)", () => {
  const moving = record("moves");
  const server = moving.machines[0]?.name;
  const { datagrams } = indexFrames(moving.frames);

  it("moves between two datagrams of a session, and no claim breaks", () => {
    expect(datagrams.length).toBeGreaterThan(100);
    for (const [i, { srcPort }] of datagrams.entries()) if (i > 0) expect(srcPort).not.toBe(datagrams[i - 1]?.srcPort);
    expect(brokenClaims(moving)).toEqual([]);
  });

  it("is closed 1 s after its first datagram, when the next one is open", () => {
    const opened = [...moving.events].filter(({ machine, event }) => machine === server && isPortOfUdp(event.type, event));
    const [first] = datagrams;
    const ofFirst = opened.flatMap(({ atUs, event }) => ("port" in event && event.port === first?.srcPort ? [[event.type, atUs]] : []));
    expect(ofFirst).toContainEqual(["port-closed", (datagrams[0]?.timeUs ?? 0) + 1_000_000]);
    const open = new Set<number>();
    let most = 0;
    for (const { event } of opened) {
      if (event.type === "port-opened") open.add(event.port);
      else if (event.type === "port-closed") open.delete(event.port);
      most = Math.max(most, open.size);
    }
    expect(most - open.size).toBe(1);
  });

  it("refutes the claim where a datagram leaves from a port that was not open", () => {
    const events = [...moving.events].filter(({ machine, event }) => machine !== server || !isPortOfUdp(event.type, event));
    expect(brokenClaims({ ...moving, events })).toContain("notify");
  });

  it("is one port for the life of the server unless the scenario says that it moves", () => {
    expect(new Set(indexFrames(record("kept").frames).datagrams.map(({ srcPort }) => srcPort)).size).toBe(1);
  });
});
