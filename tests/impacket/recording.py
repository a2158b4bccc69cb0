"""Records the TCP conversations of a test program as a pcap file."""

import socket
import struct
import time


class Capture:
    """A pcap file of bare IP packets, made of what went over this program's socket."""

    def __init__(self, path, host):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        self.sequence = {}
        self.address = socket.inet_aton(host)

    def tcp(self, source, destination, data):
        there, back = self.sequence.get((source, destination), 1), self.sequence.get((destination, source), 1)
        segment = struct.pack(">HHIIHHHH", source, destination, there, back, 0x5018, 65535, 0, 0) + data
        length = 20 + len(segment)
        now = time.time()
        self.file.write(struct.pack("<IIII", int(now), int(now % 1 * 1e6), length, length))
        self.file.write(struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 6, 0, self.address, self.address) + segment)
        self.file.flush()
        self.sequence[source, destination] = there + len(data)


def record(path, host):
    """Makes every socket of this program write to the capture at `path`; to be called before Impacket is imported."""
    capture = Capture(path, host)

    class RecordingSocket(socket.socket):
        def note(self, data, sent):
            ends = (self.getsockname()[1], self.getpeername()[1])
            if data:
                capture.tcp(*(ends if sent else ends[::-1]), bytes(data))

        def send(self, data, *rest):
            done = super().send(data, *rest)
            self.note(data[:done], True)
            return done

        def sendall(self, data, *rest):
            super().sendall(data, *rest)
            self.note(data, True)

        def recv(self, *args):
            data = super().recv(*args)
            self.note(data, False)
            return data

    socket.socket = RecordingSocket
