"""Impacket against the server at every authentication level and version of NTLM, and as a peer that asks what there is.

Written from public facts about the protocol and from nothing of this repository's code. Prints one line for each thing that held.

usage: levels.py HOST EPM_PORT EMSMDB_PORT
The server has a mailbox ada; its password is "Gr\u00f6\u00dfe 1", and bob with "x". It takes logons with an LM response alone.
"""

import socket
import struct
import sys

from checks import held

from impacket import ntlm, uuid
from impacket.dcerpc.v5 import epm, mgmt, rpcrt, transport

HOST, EPM_PORT, PORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
INTERFACE = uuid.uuidtup_to_bin(("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81"))
PASSWORD = "Gr\u00f6\u00dfe 1"


def open_dce(port, level=None, password=PASSWORD, user="ada"):
    dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, port)).get_dce_rpc()
    if level:
        dce.set_credentials(user, password, "PUSHBACK")
        dce.set_auth_level(level)
    dce.connect()
    return dce


def connect(dce, user="ada", name=b"Ada Lovelace"):
    dn = b"/o=Pushback/ou=Lab/cn=Recipients/cn=%s\0" % user.encode()
    stub = struct.pack("<III", len(dn), 0, len(dn)) + dn + b"\0" * (-len(dn) % 4)
    stub += struct.pack("<IIIIIII", 0, 0x0032B2A8, 0, 1252, 0x409, 0x409, 0xFFFFFFFF)
    stub += struct.pack("<HHHHI", 1, 4, 837, 0, 0)
    dce.call(0, stub)
    answer = dce.recv()
    assert name + b"\0" in answer, answer
    assert answer[-4:] == b"\0" * 4, answer
    return answer[:20]


for version in (1, 2):
    ntlm.USE_NTLMv2 = version == 2
    transport.DCERPCTransport.doesSupportNTLMv2 = lambda self: ntlm.USE_NTLMv2
    for level in (2, 4, 5, 6):
        dce = open_dce(PORT, level)
        dce.bind(INTERFACE)
        handle = connect(dce)
        # Enough calls to show that sequence numbers and cipher states go on.
        for _ in range(5):
            dce.call(6, b"")
            assert dce.recv() == b"\0" * 4
        connect(dce)
        dce.disconnect()
        held("NTLM version %d at level %d" % (version, level))
        try:
            dce = open_dce(PORT, level, "wrong")
            dce.bind(INTERFACE)
            connect(dce)
        except Exception:
            held("NTLM version %d at level %d, wrong password: refused" % (version, level))
        else:
            raise AssertionError("a wrong password was let in")

# An LM response alone, as Windows 95 sends. Impacket sends it where the server grants the LM session key.
negotiate = ntlm.getNTLMSSPType1


def negotiate_lm(*args, **more):
    auth = negotiate(*args, **more)
    auth["flags"] = auth["flags"] & ~ntlm.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | ntlm.NTLMSSP_NEGOTIATE_LM_KEY
    return auth


def lm_key(flags, base_key, lm_response, challenge, password, lm_hash, nt_hash, use_ntlmv2=False):
    """KXKEY of MS-NLMP 3.4.5.1; Impacket's own joins a number with bytes here."""
    owf, des = ntlm.LMOWFv1(password, lm_hash), getattr(ntlm, "__DES_block")
    return des(owf[:7], lm_response[:8]) + des(owf[7:8] + b"\xbd" * 6, lm_response[:8])


def seal_weakly(dce):
    """The weak sealing key of MS-NLMP 3.4.5.3, which Impacket computes and does not use without extended session security."""
    cipher = rpcrt.ARC4.new(ntlm.SEALKEY(dce._DCERPC_v5__flags, dce._DCERPC_v5__sessionKey))
    dce._DCERPC_v5__clientSealingHandle = dce._DCERPC_v5__serverSealingHandle = cipher.encrypt


def connect_by_lm(level, password):
    dce = open_dce(PORT, level, password, "bob")
    dce.bind(INTERFACE)
    nt, lm, _ = responses[-1]
    assert (len(nt), len(lm)) == (0, 24), (nt, lm)
    seal_weakly(dce)
    connect(dce, "bob", b"bob")
    return dce


exchange, compute, responses = ntlm.KXKEY, ntlm.computeResponseNTLMv1, []
ntlm.USE_NTLMv2, ntlm.getNTLMSSPType1, ntlm.KXKEY = False, negotiate_lm, lm_key
ntlm.computeResponseNTLMv1 = lambda *args, **more: responses.append(compute(*args, **more)) or responses[-1]
for level in (2, 4, 5, 6):
    dce = connect_by_lm(level, "x")
    for _ in range(5):
        dce.call(6, b"")
        assert dce.recv() == b"\0" * 4
    dce.disconnect()
    held("LM alone at level %d" % level)
    try:
        connect_by_lm(level, "wrong")
    except AssertionError:
        raise
    except Exception:
        held("LM alone at level %d, wrong password: refused" % level)
    else:
        raise AssertionError("a wrong password was let in")
ntlm.USE_NTLMv2, ntlm.getNTLMSSPType1, ntlm.KXKEY, ntlm.computeResponseNTLMv1 = True, negotiate, exchange, compute

# A request whose signature is wrong ends the connection.
dce = open_dce(PORT, 5)
dce.bind(INTERFACE)
connect(dce)
dce._DCERPC_v5__sequence += 7
try:
    dce.call(6, b"")
    dce.recv()
except Exception:
    held("a wrong signature")
else:
    raise AssertionError("a wrong signature was taken")

# A second presentation context, and with it a second security context, on one connection (alter_context), at every level.
for level in (2, 4, 5, 6):
    first = open_dce(PORT, level)
    first.bind(INTERFACE)
    handle = connect(first)
    second = first.alter_ctx(mgmt.MSRPC_UUID_MGMT)
    for _ in range(3):
        assert mgmt.his_server_listening(second)["status"] == 0
        first.call(6, b"")
        assert first.recv() == b"\0" * 4
    third = second.alter_ctx(INTERFACE)
    connect(third)
    first.call(1, handle)
    assert first.recv() == b"\0" * 24
    first.disconnect()
    held("alter_context at level %s" % level)

# The endpoint mapper, without credentials and with them.
for level in (None, 2, 6):
    dce = open_dce(EPM_PORT, level)
    entries = epm.hept_lookup(None, dce=dce)
    assert any(epm.PrintStringBinding(entry["tower"]["Floors"]) == "ncacn_ip_tcp:%s[%d]" % (HOST, PORT) for entry in entries), entries
    held("ept_lookup at level %s" % level)
    dce.disconnect()

# The management interface.
for port in (EPM_PORT, PORT):
    dce = open_dce(port, 2)
    dce.bind(mgmt.MSRPC_UUID_MGMT)
    ids = mgmt.hinq_if_ids(dce)
    assert ids["if_id_vector"]["count"] == 2, ids
    stats = mgmt.hinq_stats(dce)
    assert stats["count"] == 4 and stats["status"] == 0, stats
    assert mgmt.his_server_listening(dce)["status"] == 0
    assert mgmt.hinq_princ_name(dce)["status"] == 1747
    held("the management interface")
    dce.disconnect()


def raw(data):
    with socket.create_connection((HOST, PORT), 5) as s:
        s.sendall(data)
        return s.recv(4096)


# A PDU of version 4, and a bind that names a group that was never made.
answer = raw(b"\x04\x00\x0b\x03\x10\0\0\0" + struct.pack("<HHI", 72, 0, 9) + b"\0" * 56)
assert answer == b"\x05\0\x0d\x03\x10\0\0\0" + struct.pack("<HHIH", 24, 0, 9, 4) + b"\x01\x05\0\0\0\0", answer
held("bind_nak for another version")
syntax = INTERFACE + uuid.uuidtup_to_bin(("8a885d04-1ceb-11c9-9fe8-08002b104860", "2.0"))
bind = b"\x05\0\x0b\x03\x10\0\0\0" + struct.pack("<HHI", 72, 0, 9) + struct.pack("<HHI", 5840, 5840, 0x1234)
bind += b"\x01\0\0\0" + struct.pack("<HBB", 0, 1, 0) + syntax
with socket.create_connection((HOST, EPM_PORT), 5) as s:
    s.sendall(bind)
    answer = s.recv(4096)
assert answer[2] == 13, answer
held("bind_nak for a made-up association group")
print("done")
