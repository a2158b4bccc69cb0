/** Reads a capture and prints the frames that a display filter selects: `read-and-filter.ts CAPTURE 'icmp.type == 3'`. */

import { readFileSync } from "node:fs";
import { readCapture } from "@pushback/capture";
import { compileFilter, FrameDissector, SummarySink } from "@pushback/dissect";

const [path, text = "icmp"] = process.argv.slice(2);
if (path === undefined) throw new Error("name a capture file");
const compiled = compileFilter(text);
if (!compiled.ok) throw new Error(`${text}: ${compiled.message} (column ${compiled.offset + 1})`);

const { filter } = compiled;
const sink = new SummarySink();
const dissector = new FrameDissector(sink);
const fault = readCapture(readFileSync(path), {
  packet(p) {
    // The dissector and the filter must see every packet, because streams and sequence numbers depend on earlier packets.
    sink.begin();
    dissector.dissect(p);
    if (!filter.matches(p)) return;
    const { source, destination, protocol, info } = sink.summary();
    console.log(`${p.number} ${source} → ${destination} ${protocol} ${info}`);
  },
});
if (fault !== null) console.error(`damaged: ${fault.kind}`);
