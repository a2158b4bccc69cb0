/** Run by `pnpm --filter @pushback/dissect document`. */

import { writeFileSync } from "node:fs";
import { STANDARD_PROTOCOLS } from "../index.ts";
import { protocolTable } from "./protocol-table.ts";

writeFileSync(new URL("../../../../../docs/PROTOCOLS.md", import.meta.url), protocolTable(STANDARD_PROTOCOLS));
