/** The fields of the call that deletes mail say what the client did and what the server answered. */

import { readCapture } from "@pushback/capture";
import { encodeCapture, parseScenario, runScenario } from "@pushback/scenario";
import { expect, it } from "vitest";
import { FrameDissector, type TreeNode, TreeSink } from "./index.ts";

const SCENARIO = `
title: T
duration: 5m
clients:
  - { name: anna, platform: windows-95 }
steps:
  - { at: 1s, logon: anna }
  - { at: 1m, deliver: { to: anna, subject: Lunch } }
  - { at: 2m, deliver: { to: anna, subject: Minutes } }
  - { at: 3m, delete: { machine: anna, message: all } }
`;

it("shows the folder that is opened, the messages that are moved into it, and the answers", () => {
  const parsed = parseScenario("t", SCENARIO);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
  const sink = new TreeSink();
  const dissector = new FrameDissector(sink);
  const ropsOf = (nodes: readonly TreeNode[]): string[] =>
    nodes.flatMap(({ children }) =>
      children[0]?.field.name === "emsmdb.rop" ? [children.map(({ show }) => show).join("; ")] : ropsOf(children),
    );
  const calls: string[][] = [];
  readCapture(encodeCapture(recording), {
    packet: (packet) => {
      sink.roots.length = 0;
      sink.begin(packet.bytes, packet.at);
      dissector.dissect(packet);
      const rops = ropsOf(sink.roots);
      if (rops.length > 0) calls.push(rops);
    },
  });
  const [deleted, ...others] = [...recording.events].flatMap(({ event }) => (event.type === "messages-deleted" ? [event] : []));
  expect(others).toEqual([]);
  // Deleted Items is the eighth folder of a mailbox's logon (MS-OXCROPS 2.2.3.1.2).
  const logon = calls.flat().find((rop) => rop.startsWith("Logon;") && rop.includes("folderIds")) ?? "";
  const deletedItems = /folderIds: ([^;]+)/.exec(logon)?.[1].split(", ")[7];
  const at = calls.findIndex((rops) => rops.some((rop) => rop.startsWith("MoveCopyMessages;")));
  const on = "logonId: 0; inputHandleIndex:";
  expect(deleted.mids).toHaveLength(2);
  expect(calls.slice(at, at + 2)).toEqual([
    [
      `OpenFolder; ${on} 1; outputHandleIndex: 2; folderId: ${deletedItems}; openModeFlags: 0`,
      `MoveCopyMessages; ${on} 0; destHandleIndex: 2; messageIds: ${deleted.mids.join(", ")}; wantAsync: 0; wantCopy: false`,
      `Release; ${on} 2`,
    ],
    ["OpenFolder; handleIndex: 2; hasRules: false", "MoveCopyMessages; handleIndex: 0; partialCompletion: false"],
  ]);
});
