"""ROPs on folders, messages and stores by an EMSMDB client in Impacket, their bytes written by hand from MS-OXCROPS.

The first phase makes folders, searches, messages and properties; the second, after the server was stopped and started again, finds them.
Prints one line for each thing that held; a thing that does not hold ends the program with a traceback. CAPTURE_FILE gets a pcap of the
conversation.

usage: rops.py HOST EMSMDB_PORT first|again CAPTURE_FILE
The server has a mailbox ada; ada's password is "secret".
"""

import struct
import sys

from checks import equal, held
from recording import record

HOST, PORT, PHASE = sys.argv[1], int(sys.argv[2]), sys.argv[3]

record(sys.argv[4], HOST)

from emsmdb import INTERFACE, NONE, Session  # noqa: E402
from impacket.dcerpc.v5 import rpcrt, transport  # noqa: E402

DN = "/o=Pushback/ou=Lab/cn=Recipients/cn=ada"
NULL_ID = b"\0" * 8

dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, PORT)).get_dce_rpc()
dce.set_credentials("ada", "secret", "PUSHBACK")
dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)
dce.connect()
dce.bind(INTERFACE)
session = Session(dce, DN, (5, 3144, 0))
rops = session.rops


def one(request, handles, wanted=b"", what=None):
    """The answer to one ROP after its return value, which must be 0; `wanted` is how it begins."""
    answer, handles = rops(request, handles)
    equal((answer[0], answer[2:6]), (request[0], b"\0" * 4), "RopId and return value of %02x" % request[0])
    equal(answer[6 : 6 + len(wanted)], wanted, "answer to %02x" % request[0])
    if what:
        held(what)
    return answer[6:], handles


def refused(request, handles, code, what):
    answer, _ = rops(request, handles)
    equal((answer[0], struct.unpack_from("<I", answer, 2)[0]), (request[0], code), what)
    held(what)
    return answer[6:]


def tag(value):
    return struct.pack("<I", value)


def set_properties(index, *values):
    body = struct.pack("<H", len(values)) + b"".join(values)
    return bytes([0x0A, 0, index]) + struct.pack("<H", len(body)) + body


def get_properties(index, *tags):
    return bytes([0x07, 0, index, 0, 0, 0, 0]) + struct.pack("<H", len(tags)) + b"".join(map(tag, tags))


def open_folder(fid, source, target):
    return bytes([0x02, 0, source, target]) + fid + b"\0"


answer, handles = rops(b"\xfe\0\0\x01" + struct.pack("<IIH", 0, 0, len(session.name)) + session.name, [NONE])
equal(answer[:7], b"\xfe\0\0\0\0\0\x01", "RopLogon")
FOLDERS = [answer[7 + 8 * i : 15 + 8 * i] for i in range(13)]
LOGON = handles[0]
INBOX = FOLDERS[4]
_, (LOGON, INBOX_HANDLE) = one(open_folder(INBOX, 0, 1), [LOGON, NONE], b"\0\0", "logon and Inbox")


def create_folder(name, kind, existing):
    return bytes([0x1C, 0, 0, 1, kind, 0, existing, 0]) + name + b"\0" + b"comment\0"


def rows(table, columns):
    """Rows of one table, as one bytes object each, all columns of fixed size or text with its NUL; every cell must have a value."""
    one(bytes([0x12, 0, 0, 0]) + struct.pack("<H", len(columns)) + b"".join(map(tag, columns)), [table], b"\0")
    body, _ = one(b"\x15\0\0\0\x01" + struct.pack("<H", 100), [table])
    origin, count = struct.unpack_from("<BH", body, 0)
    at, found = 3, []
    for _ in range(count):
        equal(body[at], 0, "a row with all its cells")
        at, cells = at + 1, []
        for column in columns:
            kind = column & 0xFFFF
            size = {0x0003: 4, 0x000B: 1, 0x0014: 8}.get(kind)
            if kind == 0x001E:
                size = body.index(b"\0", at) - at + 1
            cells.append(body[at : at + size])
            at += size
        found.append(cells)
    return found


def hierarchy(folder, depth=0x04):
    _, opened = one(bytes([0x04, 0, 0, 1, depth]), [folder, NONE])
    return [name[:-1] for (name,) in rows(opened[1], [0x3001001E])]


def subjects(folder, flags=0x10):
    _, opened = one(bytes([0x05, 0, 0, 1, flags]), [folder, NONE])
    return [name[:-1] for (name,) in rows(opened[1], [0x0037001E])]


def first():
    body, opened = one(create_folder(b"Calendar", 1, 0), [INBOX_HANDLE, NONE])
    calendar, calendar_handle = body[:8], opened[1]
    equal(body[8:], b"\0", "a folder that is new")
    held("1c CreateFolder")
    refused(create_folder(b"CALENDAR", 1, 0), [INBOX_HANDLE, NONE], 0x80040604, "1c CreateFolder: the name is taken")
    one(create_folder(b"Calendar", 1, 1), [INBOX_HANDLE, NONE], calendar + b"\x01\0\0", "1c CreateFolder: opened again")
    entry = b"\x01\x02\x03"
    one(
        set_properties(
            0,
            tag(0x36D00102) + struct.pack("<H", 3) + entry,
            tag(0x36E41102) + struct.pack("<IH", 2, 3) + entry + struct.pack("<H", 0),
            tag(0x36020003) + struct.pack("<I", 7),
        ),
        [INBOX_HANDLE],
        struct.pack("<HHII", 1, 2, 0x36020003, 0x8004011A),
        "0a SetProperties on a folder: lists, and a computed one refused",
    )
    # A message with a property of type PT_SVREID, a recipient, and a body by stream.
    _, opened = one(b"\x06\0\0\x01" + struct.pack("<H", 0x0FFF) + INBOX + b"\0", [LOGON, NONE], b"\0")
    message = opened[1]
    server_id = b"\x01" + INBOX + NULL_ID + b"\0" * 4
    values = (tag(0x0037001E) + b"RE: Lunch\0", tag(0x674000FB) + struct.pack("<H", 21) + server_id)
    one(set_properties(0, *values), [message], b"\0\0", "0a SetProperties: PT_SVREID")
    row = struct.pack("<H", 0x0018 | 3) + b"g@x.y\0Grace\0" + struct.pack("<HBI", 1, 0, 6)
    recipients = struct.pack("<HI", 1, 0x39000003) + struct.pack("<HIBH", 1, 0, 1, len(row)) + row
    one(b"\x0e\0\0" + recipients, [message], b"", "0e ModifyRecipients with a column")
    one(b"\x2b\0\0\x01" + tag(0x1000001E) + b"\x02", [message, NONE])
    _, opened = rops(b"\x2b\0\0\x01" + tag(0x1000001E) + b"\x02", [message, NONE])
    one(b"\x90\0\0" + struct.pack("<H", 8) + b"At noon?", [opened[1]], struct.pack("<H", 8), "90 WriteAndCommitStream")
    body, _ = one(b"\x0c\0\0\x01\0", [message, message], b"\x01")
    mid = body[1:9]
    held("0c SaveChangesMessage")
    opened_row = b"\x01" + struct.pack("<HHH", 1252, 0, len(row)) + row
    wanted = b"\0\x03RE: \0\x03Lunch\0" + struct.pack("<HHIB", 1, 1, 0x39000003, 1) + opened_row
    body, opened = one(b"\x03\0\0\x01" + struct.pack("<H", 0x0FFF) + INBOX + b"\x01" + mid, [LOGON, NONE], wanted)
    held("03 OpenMessage: texts of type 3, and the recipient with it")
    message = opened[1]
    # CopyTo and CopyProperties into a new message.
    _, opened = one(b"\x06\0\0\x01" + struct.pack("<H", 0x0FFF) + calendar + b"\0", [LOGON, NONE])
    copy = opened[1]
    one(b"\x39\0\0\x01\0\x01\0" + struct.pack("<H", 0), [message, copy], b"\0\0", "39 CopyTo")
    one(b"\x67\0\0\x01\0\0" + struct.pack("<HI", 1, 0x0037001E), [message, copy], b"\0\0", "67 CopyProperties")
    one(b"\x0c\0\0\x01\0", [copy, copy], b"\x01")
    equal(subjects(calendar_handle), [b"RE: Lunch"], "the copy")
    refused(b"\x39\0\0\x07\0\x01\0" + struct.pack("<H", 0), [message], 0x503, "39 CopyTo: no destination")
    # An associated message, in a table of its own.
    _, opened = one(b"\x06\0\0\x01" + struct.pack("<H", 0x0FFF) + INBOX + b"\x01", [LOGON, NONE])
    one(set_properties(0, tag(0x0037001E) + b"a view\0"), [opened[1]], b"\0\0")
    one(b"\x0c\0\0\x01\0", [opened[1], opened[1]], b"\x01")
    equal((subjects(INBOX_HANDLE), subjects(INBOX_HANDLE, 0x12)), ([b"RE: Lunch"], [b"a view"]), "tables")
    held("06 CreateMessage: an associated message, and its table")
    # A search folder.
    body, opened = one(create_folder(b"Found", 2, 0), [INBOX_HANDLE, NONE])
    found = opened[1]
    lunch = b"\x03" + struct.pack("<HHII", 1, 1, 0x0037001E, 0x0037001E) + b"LUNCH\0"
    criteria = struct.pack("<H", len(lunch)) + lunch + struct.pack("<H", 1) + INBOX + struct.pack("<I", 4)
    one(b"\x30\0\0" + criteria, [found], b"", "30 SetSearchCriteria")
    body, _ = one(b"\x31\0\0\0\x01\x01", [found], struct.pack("<H", len(lunch)) + lunch + b"\0" + struct.pack("<H", 1) + INBOX)
    held("31 GetSearchCriteria")
    equal(subjects(found), [b"RE: Lunch", b"RE: Lunch"], "what the search finds")
    # Copies and moves of folders.
    one(b"\x36\0\0\x01\0\x01\0" + calendar + b"Copy\0", [INBOX_HANDLE, INBOX_HANDLE], b"\0", "36 CopyFolder")
    one(b"\x35\0\0\x01\0\0" + calendar + b"Moved\0", [INBOX_HANDLE, INBOX_HANDLE], b"\0", "35 MoveFolder")
    equal(sorted(hierarchy(INBOX_HANDLE)), [b"Copy", b"Found", b"Moved"], "folders")
    one(b"\x20\0\0" + mid + struct.pack("<II", 5, 5), [INBOX_HANDLE], struct.pack("<I", 0), "20 SetMessageStatus")
    one(b"\x26\0\0" + INBOX + b"IPM.Task\0", [LOGON], b"", "26 SetReceiveFolder")
    rights = b"\x02" + struct.pack("<HIqII", 2, 0x66710014, 0, 0x66730003, 0x401)
    one(b"\x40\0\0\0" + struct.pack("<H", 1) + rights, [INBOX_HANDLE], b"", "40 ModifyPermissions")
    # A ROP that is refused alone, a type that there is not, and what follows them.
    unknown = b"\x0a\0\0" + struct.pack("<HHI", 10, 1, 0x00370001) + b"\0\0\0\0"
    answer, _ = rops(b"\x86\0\0" + b"\0" * 6 + unknown + b"\x7b\0\0", [LOGON])
    wanted = b"\x86\0" + struct.pack("<I", 0x80040102) + b"\x0a\0" + struct.pack("<I", 0x80040302) + b"\x7b\0" + b"\0" * 4
    equal(answer[: len(wanted)], wanted, "refused alone")
    held("86, and 0a with an unknown type: refused alone")
    # The public store.
    logon = b"\xfe\0\0\0" + struct.pack("<IIH", 2, 0, 1) + b"\0"
    answer, opened = rops(logon, [NONE])
    equal((answer[:7], len(answer)), (b"\xfe\0\0\0\0\0\0", 7 + 13 * 8 + 2 + 16 + 16), "public logon")
    held("fe Logon to the public store")
    subtree = answer[15:23]
    _, opened = one(open_folder(subtree, 0, 1), [opened[0], NONE])
    one(create_folder(b"News", 1, 0), [opened[1], NONE])
    held("1c CreateFolder in the public store")


def again():
    equal(sorted(hierarchy(INBOX_HANDLE)), [b"Copy", b"Found", b"Moved"], "folders after the restart")
    held("folders are there")
    equal((subjects(INBOX_HANDLE), subjects(INBOX_HANDLE, 0x12)), ([b"RE: Lunch"], [b"a view"]), "messages after the restart")
    held("messages and the associated one are there")
    body, _ = one(get_properties(0, 0x36D00102, 0x36E41102), [INBOX_HANDLE])
    equal(body, b"\0" + b"\x03\0\x01\x02\x03" + struct.pack("<IH", 2, 3) + b"\x01\x02\x03\0\0", "properties of the folder")
    held("properties of the folder are there")
    _, opened = one(bytes([0x04, 0, 0, 1, 0]), [INBOX_HANDLE, NONE])
    fids = {name[:-1]: fid for fid, name in rows(opened[1], [0x67480014, 0x3001001E])}
    _, opened = one(open_folder(fids[b"Found"], 0, 1), [LOGON, NONE])
    equal(len(subjects(opened[1])), 3, "what the search finds after the restart")
    held("the search goes on")
    one(b"\x27\0\0IPM.Task.x\0", [LOGON], INBOX + b"IPM.Task\0", "27 GetReceiveFolder")
    one(b"\x1d\0\0\x05" + fids[b"Copy"], [INBOX_HANDLE], b"\0", "1d DeleteFolder")
    refused(b"\x1d\0\0\x05" + fids[b"Copy"], [INBOX_HANDLE], 0x8004010F, "1d DeleteFolder: it is gone")
    answer, opened = rops(b"\xfe\0\0\0" + struct.pack("<IIH", 2, 0, 1) + b"\0", [NONE])
    _, opened = one(open_folder(answer[15:23], 0, 1), [opened[0], NONE])
    equal(hierarchy(opened[1]), [b"News"], "the public store after the restart")
    held("the public store's folder is there")
    one(b"\x58\0\0\0\x01", [INBOX_HANDLE], b"\0", "58 EmptyFolder")
    equal((subjects(INBOX_HANDLE), hierarchy(INBOX_HANDLE)), ([], []), "an empty folder")


{"first": first, "again": again}[PHASE]()
session.disconnect()
print("done")
