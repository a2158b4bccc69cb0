/** The protocol hierarchy of frames with more messages than protocols may nest. */

import { expect, it } from "vitest";
import { MAX_NESTED_PROTOCOLS } from "./dissection.ts";
import { ProtocolHierarchy } from "./index.ts";
import type { TreeNode } from "./sink.ts";

it("ends at the deepest level at which protocols are dissected", () => {
  const hierarchy = new ProtocolHierarchy();
  const message = { field: { name: "dcerpc" }, children: [] } as unknown as TreeNode;
  hierarchy.packet(1_000_000, Array<TreeNode>(50_000).fill(message));
  hierarchy.packet(60, [message, message]);
  const rows = hierarchy.rows();
  expect(rows).toHaveLength(MAX_NESTED_PROTOCOLS);
  expect(rows.slice(0, 3)).toEqual([
    { name: "dcerpc", depth: 0, frames: 2, bytes: 1_000_060 },
    { name: "dcerpc", depth: 1, frames: 2, bytes: 1_000_060 },
    { name: "dcerpc", depth: 2, frames: 1, bytes: 1_000_000 },
  ]);
});
