/** Run by `pnpm --filter @pushback/server document`. */

import { readFileSync, writeFileSync } from "node:fs";
import { withRopTable } from "./rop-table.ts";

const page = new URL("../../../../../docs/SERVE.md", import.meta.url);
writeFileSync(page, withRopTable(readFileSync(page, "utf8")));
