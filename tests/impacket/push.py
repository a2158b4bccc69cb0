"""A client of EMSMDB in Impacket, written from public facts about the protocol and from nothing of this repository's code.

Maps the endpoint, binds with NTLM, connects, logs on, registers a callback, and checks every byte that it gets and when. The order is that of a
real client. Prints one line for each thing that held; a thing that does not hold ends the program with a traceback.

usage: push.py HOST EPM_PORT SMTP_PORT INTERVAL_SECONDS NTLM_VERSION CAPTURE_FILE [OWN_ADDRESS]
The server has mailboxes ada and bob; ada's password is "Größe 1".
"""

import smtplib
import socket
import struct
import sys
import time

from checks import equal, held
from email.message import EmailMessage

HOST, EPM_PORT, SMTP_PORT, INTERVAL, NTLM_VERSION = (
    sys.argv[1],
    int(sys.argv[2]),
    int(sys.argv[3]),
    float(sys.argv[4]),
    int(sys.argv[5]),
)
# Where this program's datagrams come: the server's own address, unless it is on another computer.
OWN_ADDRESS = sys.argv[7] if len(sys.argv) > 7 else HOST


class Capture:
    """A pcap file of bare IP packets, made of what went over this program's sockets: needs no right to capture."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        self.sequence = {}

    def packet(self, protocol, transport_header, data):
        length = 20 + len(transport_header) + len(data)
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, protocol, 0, socket.inet_aton(HOST), socket.inet_aton(HOST))
        now = time.time()
        self.file.write(struct.pack("<IIII", int(now), int(now % 1 * 1e6), length, length) + head + transport_header + data)
        self.file.flush()

    def tcp(self, source, destination, data):
        for at in range(0, len(data), 16384):
            piece = data[at : at + 16384]
            there, back = self.sequence.get((source, destination), 1), self.sequence.get((destination, source), 1)
            header = struct.pack(">HHIIHHHH", source, destination, there, back, 0x5018, 65535, 0, 0)
            self.packet(6, header, piece)
            self.sequence[source, destination] = there + len(piece)

    def udp(self, source, destination, data):
        self.packet(17, struct.pack(">HHHH", source, destination, 8 + len(data), 0), data)


CAPTURE = Capture(sys.argv[6])


class RecordingSocket(socket.socket):
    def note(self, sent, data, peer=None):
        try:
            ends = (self.getsockname()[1], (peer or self.getpeername())[1])
        except OSError:
            return
        if data and ends[1] != SMTP_PORT:
            write = CAPTURE.tcp if self.type & socket.SOCK_STREAM else CAPTURE.udp
            write(*(ends if sent else ends[::-1]), data)

    def send(self, data, *rest):
        done = super().send(data, *rest)
        self.note(True, bytes(data[:done]))
        return done

    def sendall(self, data, *rest):
        super().sendall(data, *rest)
        self.note(True, bytes(data))

    def recv(self, *args):
        data = super().recv(*args)
        self.note(False, data)
        return data

    def recvfrom(self, *args):
        data, peer = super().recvfrom(*args)
        self.note(False, data, peer)
        return data, peer


socket.socket = RecordingSocket

from impacket import ntlm, uuid  # noqa: E402
from impacket.dcerpc.v5 import epm, rpcrt, transport  # noqa: E402

ntlm.USE_NTLMv2 = NTLM_VERSION == 2

INTERFACE = uuid.uuidtup_to_bin(("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81"))
DN = "/o=Pushback/ou=Lab/cn=Recipients/cn=%s"
PASSWORD = "Gr\u00f6\u00dfe 1"

CONNECT, DISCONNECT, RPC, REGISTER, DUMMY = 0, 1, 2, 4, 6


def open_dce(port, user=None, password=PASSWORD):
    dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, port)).get_dce_rpc()
    if user:
        dce.set_credentials(user, password, "PUSHBACK")
        dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)
    dce.connect()
    return dce


def call(dce, opnum, stub):
    dce.call(opnum, stub)
    return dce.recv()


def fails(what, wanted, run):
    try:
        run()
    except Exception as error:  # the classes differ from one cause to the next
        if wanted not in str(error):
            raise AssertionError("%s: failed with %r" % (what, str(error)))
        held(what)
        return
    raise AssertionError("%s: did not fail" % what)


def ndr_string(text):
    raw = text.encode("cp1252") + b"\0"
    raw = struct.pack("<III", len(raw), 0, len(raw)) + raw
    return raw + b"\0" * (-len(raw) % 4)


def connect_stub(user, link=0xFFFFFFFF, stamp=0):
    head = ndr_string(DN % user)
    fields = struct.pack("<IIIIIII", 0, 0x0032B2A8, 0, 1252, 0x409, 0x409, link)
    return head + fields + struct.pack("<HHHHI", 1, 4, 837, 0, stamp)


def take_string(stub, at):
    referent, most, offset, count = struct.unpack_from("<IIII", stub, at)
    assert referent != 0, "a string that is not there"
    equal((offset, most), (0, count), "counts of a string")
    text = stub[at + 16 : at + 16 + count]
    equal(text[-1:], b"\0", "end of a string")
    at += 16 + count
    return text[:-1].decode("cp1252"), at


def connect(dce, user, **more):
    """Every field of the answer; the context handle, the session's index, its time stamp."""
    stub = call(dce, CONNECT, connect_stub(user, **more))
    attributes, polls, retry, delay, index = struct.unpack_from("<I16xIIIH", stub, 0)
    equal((attributes, polls, retry, delay), (0, 60000, 6, 10000), "EcDoConnect: numbers")
    assert stub[4:20] != b"\0" * 16, "EcDoConnect: null handle"
    prefix, at = take_string(stub, 36)
    at += -at % 4
    equal(prefix, (DN % "").upper(), "EcDoConnect: szDNPrefix")
    name, at = take_string(stub, at)
    equal(name, {"ada": "Ada Lovelace", "bob": "bob"}[user], "EcDoConnect: szDisplayName")
    at += at % 2
    equal(stub[at : at + 12], bytes.fromhex("040045030000" "040045030000"), "EcDoConnect: versions")
    at += 12
    at += -at % 4
    stamp, code = struct.unpack_from("<II", stub, at)
    equal((len(stub), code), (at + 8, 0), "EcDoConnect: length and return value")
    assert abs(stamp - time.time()) < 60, "EcDoConnect: time stamp"
    return stub[:20], index, stamp


def refused_connect(dce, user):
    stub = call(dce, CONNECT, connect_stub(user))
    equal(stub[:20], b"\0" * 20, "refused EcDoConnect: handle")
    equal(stub[36:44], b"\0" * 8, "refused EcDoConnect: strings")
    equal(len(stub), 64, "refused EcDoConnect: length")
    return struct.unpack("<I", stub[-4:])[0]


def rops(dce, handle, requests, handles, size=5632):
    """The ROPs of the answer, and its handle table."""
    rgb = struct.pack("<H", 2 + len(requests)) + requests + b"".join(struct.pack("<I", h) for h in handles)
    stub = handle + struct.pack("<III", size, 0, len(rgb)) + bytes(x ^ 0xA5 for x in rgb)
    stub += b"\0" * (-len(stub) % 2) + struct.pack("<HH", len(rgb), size)
    answer = call(dce, RPC, stub)
    equal(answer[:20], handle, "EcDoRpc: handle")
    most, offset, length = struct.unpack_from("<III", answer, 20)
    equal((most, offset), (size, 0), "EcDoRpc: counts")
    at = 32 + length
    at += at % 2
    equal(struct.unpack_from("<H", answer, at)[0], length, "EcDoRpc: pusLength")
    at += 2
    at += -at % 4
    equal((struct.unpack_from("<I", answer, at)[0], len(answer)), (0, at + 4), "EcDoRpc: return value and length")
    plain = bytes(x ^ 0xA5 for x in answer[32 : 32 + length])
    end = struct.unpack_from("<H", plain, 0)[0]
    table = [struct.unpack_from("<I", plain, i)[0] for i in range(end, len(plain), 4)]
    return plain[2:end], table


def logon(dce, handle, user):
    dn = (DN % user).encode() + b"\0"
    request = struct.pack("<BBBBIIH", 0xFE, 0, 0, 1, 0x0C, 0, len(dn)) + dn
    answer, table = rops(dce, handle, request, [0xFFFFFFFF], 512)
    equal((len(answer), answer[:7].hex()), (166, "fe000000000001"), "RopLogon: head and length")
    fids = [answer[7 + 8 * i : 15 + 8 * i] for i in range(13)]
    equal((len(set(fids)), {f[:2] for f in fids}), (13, {b"\1\0"}), "RopLogon: folders")
    tail = answer[7 + 104 :]
    equal(tail[0] & 7, 7, "RopLogon: ResponseFlags")
    equal(tail[17:19], b"\1\0", "RopLogon: ReplId")
    equal(struct.unpack_from("<H", tail, 17 + 2 + 16 + 6)[0], time.gmtime().tm_year, "RopLogon: year")
    return table[0], fids[4]


def sockaddr(address, port, family=2):
    return struct.pack("<H", family) + struct.pack(">H", port) + socket.inet_aton(address) + b"\0" * 8


def register(dce, handle, context, callback):
    stub = handle + struct.pack("<II", 0, len(context)) + context
    stub += b"\xa5" * (-len(stub) % 2) + struct.pack("<H", len(context))
    stub += b"\xa5" * (-len(stub) % 4) + struct.pack("<II", 0xFFFFFFFF, len(callback)) + callback
    stub += b"\xa5" * (-len(stub) % 2) + struct.pack("<H", len(callback))
    if len(context) == 8 and len(callback) == 16:
        equal(len(stub), 66, "opnum 4: length of the request")
    answer = call(dce, REGISTER, stub)
    equal((len(answer), answer[:20], answer[20:24]), (28, handle, b"\0" * 4), "opnum 4: answer")
    return struct.unpack("<I", answer[24:])[0]


def deliver(subject):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Grace Hopper <grace@example.org>", "ada@lab", subject
    message.set_content("At noon?")
    with smtplib.SMTP(HOST, SMTP_PORT) as smtp:
        smtp.send_message(message)
    return time.monotonic()


def wait(udp, seconds):
    """The next datagram and when it came; None when there is none in time."""
    udp.settimeout(seconds)
    try:
        data, _ = udp.recvfrom(100)
        return data, time.monotonic()
    except socket.timeout:
        return None


def map_endpoint():
    dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, EPM_PORT)).get_dce_rpc()
    dce.connect()
    binding = epm.hept_map(HOST, INTERFACE, protocol="ncacn_ip_tcp", dce=dce)
    dce.disconnect()
    return int(binding[binding.index("[") + 1 : -1])


port = map_endpoint()
held("the endpoint mapper names a port")

fails("a bind without credentials is refused", "Authentication type not recognized", lambda: open_dce(port).bind(INTERFACE))

stranger = open_dce(port, "ada", "guess")
stranger.bind(INTERFACE)
fails("a wrong password opens nothing", "access_denied", lambda: call(stranger, DUMMY, b""))
stranger.disconnect()

dce = open_dce(port, "ada")
dce.bind(INTERFACE)
equal(call(dce, DUMMY, b""), b"\0" * 4, "EcDummyRpc")
held("NTLM version %d opens the association" % NTLM_VERSION)

equal(refused_connect(dce, "eve"), 0x000003EB, "EcDoConnect of nobody")
equal(refused_connect(dce, "bob"), 0x000003F2, "EcDoConnect of somebody else")
held("EcDoConnect refuses whom it must")

handle, index, stamp = connect(dce, "ada")
held("EcDoConnect answers field by field")

logon_handle, inbox = logon(dce, handle, "ada")
held("RopLogon answers field by field")

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((OWN_ADDRESS, 0))
udp_port = udp.getsockname()[1]
context = bytes.fromhex("d0273b0200e0fd7f")

equal(register(dce, handle, context + b"\0" * 9, sockaddr(OWN_ADDRESS, udp_port)), 0x80040305, "context of 17 bytes")
equal(register(dce, handle, context, sockaddr(OWN_ADDRESS, udp_port)[:15]), 0x80070057, "address of 15 bytes")
equal(register(dce, handle, context, sockaddr(OWN_ADDRESS, udp_port, 9)), 0x80070057, "unknown family")
equal(register(dce, handle, context, sockaddr(OWN_ADDRESS, 0)), 0x80070057, "port 0")
for address in ("224.0.0.1", "239.255.255.250", "255.255.255.255", "0.0.0.0"):
    equal(register(dce, handle, context, sockaddr(address, 53)), 0x80070057, address)
for address in ("192.0.2.7", "127.0.0.2"):
    equal(register(dce, handle, context, sockaddr(address, 53)), 0x80070005, address)
held("bad callbacks are refused")

equal(register(dce, handle, context, sockaddr(OWN_ADDRESS, udp_port)), 0, "opnum 4")
held("opnum 4 answers field by field")

subscribe = struct.pack("<BBBBHB", 0x29, 0, 0, 1, 0x0002, 0) + inbox + b"\0" * 8
answer, table = rops(dce, handle, subscribe, [logon_handle, 0xFFFFFFFF])
equal(answer, bytes.fromhex("290100000000"), "RopRegisterNotification")
subscription = table[1]
equal(wait(udp, INTERVAL / 2), None, "a datagram before there is mail")
held("registration alone draws nothing")

start = deliver("Lunch")
first = wait(udp, 1)
assert first, "no datagram within a second"
equal(first[0], context, "datagram")
held("the datagram is exactly the context, within a second")

before = first[1]
for _ in range(2):
    again = wait(udp, INTERVAL * 1.5)
    assert again, "not repeated"
    equal(again[0], context, "repeated datagram")
    assert abs(again[1] - before - INTERVAL) < 0.3, "repeated after %.3f s" % (again[1] - before)
    before = again[1]
held("it is repeated every interval")

answer, _ = rops(dce, handle, b"", [])
equal(answer[:8], b"\x2a" + struct.pack("<I", subscription) + b"\0" + b"\x02\x80", "RopNotify: head")
equal(answer[8:16], inbox, "RopNotify: folder")
mid = answer[16:24]
equal(answer[24:38], struct.pack("<I", 0) + b"\0" + b"IPM.Note\0", "RopNotify: flags and class")
equal(answer[38:], b"\x6e" + struct.pack("<H", index), "RopPending")
held("EcDoRpc brings the notification")

equal(wait(udp, INTERVAL * 2.5), None, "a datagram after retrieval")
equal(rops(dce, handle, b"", [])[0], b"", "nothing pending")
held("no more datagrams after that")

tags = [0x0037001E, 0x0C1A001E, 0x1000001E]
request = struct.pack("<BBBBH", 0x03, 0, 0, 1, 0x0FFF) + inbox + b"\0" + mid
request += struct.pack("<BBBHHH", 0x07, 0, 1, 0, 0, len(tags)) + b"".join(struct.pack("<I", t) for t in tags)
answer, _ = rops(dce, handle, request, [logon_handle, 0xFFFFFFFF])
assert answer.endswith(b"\x07\x01\0\0\0\0\0Lunch\0Grace Hopper\0At noon?\r\n\0"), answer
held("the message is the one that was sent")

other = open_dce(port, "ada")
other.bind(INTERFACE)
fails("a handle of another association is none", "context_mismatch", lambda: rops(other, handle, b"", []))
linked, linked_index, _ = connect(other, "ada", link=index, stamp=stamp)
assert linked_index != index and linked != handle
deliver("Linked")
answer, _ = rops(other, linked, b"", [])
equal(answer, b"\x6e" + struct.pack("<H", index), "RopPending of a linked session")
held("a linked session tells which session has something")
other.disconnect()

fails("opnums beyond the last are faults", "op_rng_error", lambda: call(dce, 11, b"\0" * 24))
fails("a stub that is cut short is a fault", "bad_stub_data", lambda: call(dce, REGISTER, handle + b"\xff"))

equal(call(dce, DISCONNECT, handle), b"\0" * 24, "EcDoDisconnect")
fails("a closed handle is none", "context_mismatch", lambda: rops(dce, handle, b"", []))
while wait(udp, 0.1):
    pass
deliver("Nobody there")
equal(wait(udp, INTERVAL * 1.5), None, "a datagram after EcDoDisconnect")
held("EcDoDisconnect ends it all")
print("done")
