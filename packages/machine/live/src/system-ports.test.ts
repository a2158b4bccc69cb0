/** Impacket asks the ports that Windows NT holds: an independent judge of NetBIOS and of the endpoint mapper. */

import { requireProgram } from "@pushback/judges";
import { expect, it } from "vitest";
import { requireTap, startBench } from "./testing/bench.ts";
import { MACHINE_TEXT } from "./testing/bench-addresses.ts";

/** Prints the answers as one JSON object. */
const ASK = `
import json, sys, traceback
sys.excepthook = lambda *e: print(json.dumps({"error": "".join(traceback.format_exception(*e))}))
from impacket import nmb, uuid
from impacket.dcerpc.v5 import epm, transport
from impacket.dcerpc.v5.rpcrt import DCERPCException
host = sys.argv[1]
answers = {}
answers["names"] = [[n["NAME"].decode().strip(), n["TYPE"]] for n in nmb.NetBIOS().getnodestatus("*", host, timeout=5)]
nmb.NetBIOSTCPSession("ANNA", "LIVE", host, remote_type=nmb.TYPE_SERVER, sess_port=139, timeout=5)
try:
    nmb.NetBIOSTCPSession("ANNA", "OTHER", host, remote_type=nmb.TYPE_SERVER, sess_port=139, timeout=5)
except nmb.NetBIOSError as error:
    answers["refused"] = str(error)
rpc = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[135]" % host).get_dce_rpc()
rpc.connect()
rpc.bind(epm.MSRPC_UUID_PORTMAP)
try:
    epm.hept_map(host, uuid.uuidtup_to_bin(("A4F1DB00-CA47-1067-B31F-00DD010662DA", "0.81")), protocol="ncacn_ip_tcp", dce=rpc)
except DCERPCException as error:
    answers["map"] = str(error)
print(json.dumps(answers))
`;

it("Impacket finds names, a session and an empty endpoint map on Windows NT 4.0", async (test) => {
  requireTap(test);
  requireProgram(test, "python3");
  const bench = await startBench(test, { variant: "nt-4.0" });
  const output = await bench.run("/usr/bin/python3", ["-c", ASK, MACHINE_TEXT], 60_000);
  expect(JSON.parse(output || "{}")).toEqual({
    names: [
      ["LIVE", 0x00],
      ["LIVE", 0x20],
    ],
    refused: "Cannot request session (Called Name:OTHER)",
    map: expect.stringContaining("0x16c9a0d6"),
  });
});
