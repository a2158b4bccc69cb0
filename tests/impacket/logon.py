"""A whole logon by Impacket, in the order of a genuine client that makes its profile: endpoint mapper, directory, store, Inbox.

Prints one line for each thing that held; a thing that does not hold ends the program with a traceback. With CAPTURE_FILE it writes a pcap of
the conversation.

usage: logon.py HOST EPM_PORT NAME USER PASSWORD [CAPTURE_FILE]
NAME is what the user types for the mailbox: a display name, its beginning, or an alias.
"""

import struct
import sys

from recording import record

HOST, EPM_PORT, NAME, USER, PASSWORD = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]

if len(sys.argv) > 6:
    record(sys.argv[6], HOST)

from impacket import uuid  # noqa: E402
from impacket.dcerpc.v5 import epm, nspi, rpcrt, transport  # noqa: E402

EMSMDB = uuid.uuidtup_to_bin(("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81"))
NONE = 0xFFFFFFFF


def held(what):
    print("ok", what)
    sys.stdout.flush()


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: got %r, wanted %r" % (what, got, wanted))


def connect(port, interface, level=None):
    dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, port)).get_dce_rpc()
    if level is not None:
        dce.set_credentials(USER, PASSWORD, "PUSHBACK")
        dce.set_auth_level(level)
    dce.connect()
    if interface is not None:
        dce.bind(interface)
    return dce


def port_of(interface):
    mapper = connect(EPM_PORT, None)
    binding = epm.hept_map(HOST, interface, protocol="ncacn_ip_tcp", dce=mapper)
    mapper.disconnect()
    return int(binding[binding.index("[") + 1 : -1])


# The directory: refused without an account, then NTLM.
directory_port = port_of(nspi.MSRPC_UUID_NSPI)
dce = connect(directory_port, nspi.MSRPC_UUID_NSPI)
try:
    refused = nspi.hNspiBind(dce)["ErrorCode"]
except rpcrt.DCERPCException as error:
    refused = error.get_error_code()
equal(refused, 0x80040111, "NspiBind without an account")
dce.disconnect()
dce = connect(directory_port, nspi.MSRPC_UUID_NSPI, rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)
handle = nspi.hNspiBind(dce)["contextHandle"]
held("the directory is found, and binds with NTLM")

# NspiResolveNames, to the mailbox's DN and its home server.
names = nspi.NspiResolveNames()
names["hRpc"] = handle
names["pStat"]["CodePage"] = 1252
names["pStat"]["SortLocale"] = 0x409
for value in (0x3001001E, 0x3003001E, 0x8006001E):
    tag = nspi.DWORD()
    tag["Data"] = value
    names["pPropTags"]["aulPropTag"].append(tag)
names["pPropTags"]["cValues"] = 3
names.fields["pPropTags"].fields["Data"].fields["aulPropTag"].fields["MaximumCount"] = 4
one = nspi.LPSTR()
one["Data"] = NAME + "\0"
names["paStr"]["Strings"].append(one)
names["paStr"]["Count"] = 1
answer = dce.request(names)
equal([mid["Data"] for mid in answer["ppMIds"]["aulPropTag"]], [2], "one resolved name")
row = nspi.simplifyPropertyRowSet(answer["ppRows"])[0]
dn, server = str(row[0x3003001E]), str(row[0x8006001E])
equal("/cn=Servers/cn=" in server, True, "home database of %s" % dn)
equal(nspi.hNspiUnbind(dce, handle)["ErrorCode"], 1, "NspiUnbind")
dce.disconnect()
held("%s resolves to %s" % (NAME, dn))

# The store.
dce = connect(port_of(EMSMDB), EMSMDB, rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)


def call(opnum, stub):
    dce.call(opnum, stub)
    return dce.recv()


raw = dn.encode("cp1252") + b"\0"
stub = struct.pack("<III", len(raw), 0, len(raw)) + raw
stub += b"\0" * (-len(stub) % 4)
stub += struct.pack("<IIIIIIIHHHHI", 0, 0, 0, 1252, 0x409, 0x409, NONE, 1, 4, 837, 0, 0)
answer = call(0, stub)
equal(answer[-4:], b"\0" * 4, "EcDoConnect")
session = answer[:20]
held("EcDoConnect")


def rops(requests, handles, size=32767):
    rgb = struct.pack("<H", 2 + len(requests)) + requests + b"".join(struct.pack("<I", h) for h in handles)
    stub = session + struct.pack("<III", size, 0, len(rgb)) + bytes(x ^ 0xA5 for x in rgb)
    stub += b"\0" * (-len(stub) % 2) + struct.pack("<HH", len(rgb), size)
    answer = call(2, stub)
    equal(answer[-4:], b"\0" * 4, "EcDoRpc")
    (length,) = struct.unpack_from("<I", answer, 28)
    rgb = bytes(x ^ 0xA5 for x in answer[32 : 32 + length])
    (ropsize,) = struct.unpack_from("<H", rgb, 0)
    return rgb[2:ropsize], list(struct.unpack("<%dI" % ((length - ropsize) // 4), rgb[ropsize:]))


answer, (store,) = rops(b"\xfe\0\0\x01" + struct.pack("<IIH", 0x0C, 0, len(raw)) + raw, [NONE])
equal(answer[:7], b"\xfe\0\0\0\0\0\x01", "RopLogon")
inbox = answer[7 + 32 : 7 + 40]
answer, (store, folder) = rops(b"\x02\0\0\x01" + inbox + b"\0", [store, NONE])
equal(answer[:6], b"\x02\x01\0\0\0\0", "RopOpenFolder")
answer, _ = rops(b"\x07\0\0\0\0\0\0\x01\0" + struct.pack("<I", 0x36020003), [folder])
equal((answer[:6], answer[6]), (b"\x07\0\0\0\0\0", 0), "RopGetPropertiesSpecific")
held("logon; the Inbox has %d messages" % struct.unpack_from("<I", answer, 7))
rops(b"\x01\0\0" + b"\x01\0\1", [folder, store])
equal(call(1, session)[-4:], b"\0" * 4, "EcDoDisconnect")
dce.disconnect()
print("done")
