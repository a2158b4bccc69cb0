/** A line for bash that puts frames on a network card. */

/** A capture is heard from the moment at which its socket is bound ("R" in /proc/net/packet) and its ring is there, which follows at once. */
const SENDER = `
import socket, struct, sys, time
card, path = sys.argv[1:]
def bound():
    return {columns[8] for columns in map(str.split, open("/proc/net/packet")) if columns[5] == "1"}
before = bound()
while True:
    time.sleep(0.2)
    now = bound()
    if before & now: break
    before = now
frames = open(path, "rb").read()
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((card, 0))
at = 24
while at < len(frames):
    length = struct.unpack("<I", frames[at + 8 : at + 12])[0]
    wire.send(frames[at + 16 : at + 16 + length])
    at += 16 + length
`;

/**
 * Waits for a capture in the namespace, and sends the frames of a little-endian pcap file, one after the other. Needs python3 and root. `path` may be a variable
 * of the shell.
 */
export function replay(card: string, path: string): string {
  return `python3 -c '${SENDER}' ${card} "${path}"`;
}
