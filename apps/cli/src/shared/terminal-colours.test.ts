/** Tables on a terminal with colours. The variable is read when the first text is styled. */

import { expect, it } from "vitest";
import { layOutTable, style } from "./terminal.ts";

process.env["FORCE_COLOR"] = "1";
delete process.env["NO_COLOR"];

it("styles do not count in the width of a cell, and stay while other control characters are escaped", () => {
  const bold = style("bold", "ab");
  expect(bold).toBe("\u001b[1mab\u001b[22m");
  expect(layOutTable([[bold, "x"]], 0)).toBe(`${bold}  x\n`);
  expect(layOutTable([[style("red", "a\u001b[2J"), "\u001b[8mx\n"]], 0)).toBe("\u001b[31ma\\u001b[2J\u001b[39m  \\u001b[8mx\\n\n");
});
