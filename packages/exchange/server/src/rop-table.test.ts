/** The table of calls and ROPs in docs/SERVE.md is the one that the declarations make. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withRopTable } from "./testing/rop-table.ts";

it("docs/SERVE.md has the table of this server; write it anew with `pnpm --filter @pushback/server document`", () => {
  const page = readFileSync(new URL("../../../../docs/SERVE.md", import.meta.url), "utf8");
  expect(withRopTable(page)).toBe(page);
});
