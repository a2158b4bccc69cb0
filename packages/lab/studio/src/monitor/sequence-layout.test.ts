import { expect, it } from "vitest";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import { layOutSequence } from "./sequence-layout.ts";

const row = (frame: number, timeUs: number, source: string, destination: string, protocol = "UDP", info = ""): FrameRow => ({
  ...{ frame, timeUs, deltaUs: 0, source, destination, protocol, length: 60, info, frameClass: "udp", rule: null, comment: null },
});

it("gives each machine a column and each frame a step", () => {
  const diagram = layOutSequence([
    row(1, 0, "a", "Broadcast", "ARP", "Who has b? Tell a"),
    row(2, 10, "b", "a", "ARP", "b is at 1"),
    row(5, 60_000_010, "a", "b", "TCP", "1 → 2 [ACK] Seq=1 Ack=1 Win=8192 Len=0"),
  ]);
  expect(diagram.hosts).toEqual(["a", "b", "Broadcast"]);
  expect(diagram.steps.map((s) => [s.frame, s.from, s.to, s.pauseUs])).toEqual([
    [1, 0, 2, null],
    [2, 1, 0, null],
    [5, 0, 1, 60_000_000],
  ]);
  expect(diagram.steps[2].label).toBe("1 → 2 [ACK] Seq=1 Ack=1");
});

it('shows at most ten columns; the last one, "others", is for all further machines', () => {
  const diagram = layOutSequence(Array.from({ length: 30 }, (_, i) => row(i + 1, i, `h${i}`, "server")));
  expect(diagram.hosts).toHaveLength(10);
  expect(diagram.hosts.at(-1)).toBe("others");
  expect(diagram.steps[29]).toMatchObject({ from: 9, to: 9 });
});
