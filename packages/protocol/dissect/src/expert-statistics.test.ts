/** What `show -z expert` and the studio list; show-options.test.ts compares it with tshark. */

import { expect, it } from "vitest";
import { compileFilter, ExpertCount } from "./index.ts";
import { EXPERT_MESSAGE, MALFORMED } from "./protocols/expert.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { TreeNode } from "./sink.ts";

function node(name: string, children: TreeNode[] = [], show = ""): TreeNode {
  const field = [...STANDARD_PROTOCOLS.fields, EXPERT_MESSAGE, MALFORMED.field].find((each) => each.name === name);
  if (!field) throw new Error(name);
  return { field, show, at: 0, len: 0, children };
}

const remark = (item: string, message: string) => node("_ws.expert", [node(item), node("_ws.expert.message", [], message)]);

it("counts remarks that say the same, the gravest first", () => {
  const experts = new ExpertCount();
  const reset = () => node("tcp", [remark("tcp.connection.rst", "Connection reset (RST)")]);
  experts.packet(3, [node("frame"), node("ip"), node("tcp", [remark("tcp.connection.fin", "Connection finish (FIN)")])]);
  experts.packet(4, [node("ip"), reset(), reset()]);
  experts.packet(7, [node("ip"), reset()]);
  // The remark is counted for the protocol in front of it, DNS.
  experts.packet(9, [node("ip"), node("dns"), node("_ws.malformed", [remark("_ws.malformed.expert", "Malformed Packet")])]);
  experts.packet(10, [node("frame", [remark("frame.comment.expert", 'a "quoted" \\ word\n')]), node("ip")]);
  expect(experts.rows().map(({ severity, group, protocol, count, firstFrame }) => [severity, group, protocol, count, firstFrame])).toEqual([
    ["error", "malformed", "DNS", 1, 9],
    ["warning", "sequence", "TCP", 3, 4],
    ["chat", "sequence", "TCP", 1, 3],
    ["comment", "comment", "Frame", 1, 10],
  ]);
  for (const { filter } of experts.rows()) expect(compileFilter(filter).ok, filter).toBe(true);
  expect(experts.left).toBe(0);
});
