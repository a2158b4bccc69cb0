/** A captured Ethernet frame from its bytes, for tests without a capture file. */

import { type CapturedPacket, LINKTYPE_ETHERNET } from "@pushback/capture";

export function packetOf(bytes: Uint8Array, number = 1, timeUs = 0): CapturedPacket {
  return {
    bytes,
    at: 0,
    len: bytes.length,
    origLen: bytes.length,
    timeUs,
    timeNs: 0,
    timed: true,
    interfaceIndex: 0,
    capturedOn: null,
    linkType: LINKTYPE_ETHERNET,
    comment: null,
    number,
    offset: 0,
  };
}
