/** A line for bash that puts frames on a network card. */

const SENDER = `
import socket, struct, sys
card, path = sys.argv[1:]
frames = open(path, "rb").read()
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((card, 0))
at = 24
while at < len(frames):
    length = struct.unpack("<I", frames[at + 8 : at + 12])[0]
    wire.send(frames[at + 16 : at + 16 + length])
    at += 16 + length
`;

/** Sends the frames of a little-endian pcap file, one after the other. Needs python3 and root. `path` may be a variable of the shell. */
export function replay(card: string, path: string): string {
  return `python3 -c '${SENDER}' ${card} "${path}"`;
}
