"""A session with the store over an association that is bound to EMSMDB, its stubs written by hand (MS-OXCRPC 3.1.4, MS-OXCROPS 2.2.1)."""

import struct

from checks import equal
from impacket import uuid

INTERFACE = uuid.uuidtup_to_bin(("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81"))
# A handle of no object in the handle table of a ROP buffer; also ulIcxrLink of a session without a link.
NONE = 0xFFFFFFFF


def call(dce, opnum, stub):
    dce.call(opnum, stub)
    return dce.recv()


class Session:
    def __init__(self, dce, dn, version):
        """EcDoConnect for the user of this DN, in code page 1252; `version` is the three words of the client's version."""
        self.dce = dce
        self.name = dn.encode("cp1252") + b"\0"
        stub = struct.pack("<III", len(self.name), 0, len(self.name)) + self.name
        stub += b"\0" * (-len(stub) % 4)
        stub += struct.pack("<IIIIIIIHHHHI", 0, 0, 0, 1252, 0x409, 0x409, NONE, 1, *version, 0)
        answer = call(dce, 0, stub)
        equal(answer[-4:], b"\0" * 4, "EcDoConnect")
        self.handle = answer[:20]

    def rops(self, requests, handles, size=32767):
        """The bytes of the ROPs of the answer, and its handle table."""
        rgb = struct.pack("<H", 2 + len(requests)) + requests + b"".join(struct.pack("<I", h) for h in handles)
        stub = self.handle + struct.pack("<III", size, 0, len(rgb)) + bytes(x ^ 0xA5 for x in rgb)
        stub += b"\0" * (-len(stub) % 2) + struct.pack("<HH", len(rgb), size)
        answer = call(self.dce, 2, stub)
        equal(answer[-4:], b"\0" * 4, "EcDoRpc: return value")
        (length,) = struct.unpack_from("<I", answer, 28)
        rgb = bytes(x ^ 0xA5 for x in answer[32 : 32 + length])
        (ropsize,) = struct.unpack_from("<H", rgb, 0)
        return rgb[2:ropsize], list(struct.unpack("<%dI" % ((length - ropsize) // 4), rgb[ropsize:]))

    def disconnect(self):
        equal(call(self.dce, 1, self.handle)[-4:], b"\0" * 4, "EcDoDisconnect")
