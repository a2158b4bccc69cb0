"""A whole logon by Impacket, in the order of a genuine client that makes its profile: endpoint mapper, directory, store, Inbox.

Prints one line for each thing that held; a thing that does not hold ends the program with a traceback. With CAPTURE_FILE it writes a pcap of
the conversation.

usage: logon.py HOST EPM_PORT NAME USER PASSWORD [CAPTURE_FILE]
NAME is what the user types for the mailbox: a display name, its beginning, or an alias.
"""

import struct
import sys

from checks import equal, held
from recording import record

HOST, EPM_PORT, NAME, USER, PASSWORD = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]

if len(sys.argv) > 6:
    record(sys.argv[6], HOST)

from emsmdb import INTERFACE, NONE, Session  # noqa: E402
from impacket.dcerpc.v5 import epm, nspi, rpcrt, transport  # noqa: E402


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
dce = connect(port_of(INTERFACE), INTERFACE, rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)
session = Session(dce, dn, (4, 837, 0))
rops, raw = session.rops, session.name
held("EcDoConnect")
answer, (store,) = rops(b"\xfe\0\0\x01" + struct.pack("<IIH", 0x0C, 0, len(raw)) + raw, [NONE])
equal(answer[:7], b"\xfe\0\0\0\0\0\x01", "RopLogon")
inbox = answer[7 + 32 : 7 + 40]
answer, (store, folder) = rops(b"\x02\0\0\x01" + inbox + b"\0", [store, NONE])
equal(answer[:6], b"\x02\x01\0\0\0\0", "RopOpenFolder")
answer, _ = rops(b"\x07\0\0\0\0\0\0\x01\0" + struct.pack("<I", 0x36020003), [folder])
equal((answer[:6], answer[6]), (b"\x07\0\0\0\0\0", 0), "RopGetPropertiesSpecific")
held("logon; the Inbox has %d messages" % struct.unpack_from("<I", answer, 7))
rops(b"\x01\0\0" + b"\x01\0\1", [folder, store])
session.disconnect()
dce.disconnect()
print("done")
