"""How long the directory takes for each kind of call, the first one of a kind included, by Impacket's NSPI client.

Prints "call NAME first MS median MS longest MS processor MS" for each kind: times on the wire, from the request's last byte to the
response's, and the most processor time that the server's main thread took for one of the calls.

usage: nspi_times.py HOST DIRECTORY_PORT SERVER_PROCESS_ID
The server has a mailbox and an account ada (password "secret"), and further mailboxes user0, user1, … ("User 0", …).
"""

import socket
import statistics
import sys
import time

from impacket.dcerpc.v5 import ndr, nspi, transport
from impacket.dcerpc.v5.dtypes import DWORD, NULL

HOST, PORT, PROCESS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
TIMES = 9

dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, PORT)).get_dce_rpc()
dce.set_credentials("ada", "secret", "PUSHBACK")
dce.set_auth_level(2)
dce.connect()
# Without it the first request waits 40 ms for the acknowledgement of the AUTH3 before it (Nagle's algorithm).
dce.get_rpc_transport().get_socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
dce.bind(nspi.MSRPC_UUID_NSPI)


def processor():
    """Milliseconds of processor time of the server's main thread (Linux, schedstat: nanoseconds)."""
    with open("/proc/%d/task/%d/schedstat" % (PROCESS, PROCESS)) as file:
        return int(file.read().split()[0]) / 1e6


def ask(opnum, body):
    """The response, milliseconds until it came, milliseconds of processor time."""
    before, start = processor(), time.monotonic()
    dce.call(opnum, body)
    response = dce.recv()
    end = time.monotonic()
    return response, 1000 * (end - start), processor() - before


def say(name, asked):
    wire = [ms for _, ms, _ in asked]
    print("call %s first %.2f median %.2f longest %.2f processor %.2f" % (name, wire[0], statistics.median(wire), max(wire), max(cpu for _, _, cpu in asked)))
    sys.stdout.flush()


def measure(name, opnum, body):
    say(name, [ask(opnum, body) for _ in range(TIMES)])


def stat(**fields):
    made = nspi.STAT()
    for name in ("SortType", "ContainerID", "CurrentRec", "Delta", "NumPos", "TotalRecs", "SortLocale", "TemplateLocale"):
        made[name] = 0
    made["CodePage"], made["SortLocale"] = 1252, 0x409
    for name, value in fields.items():
        made[name] = value
    return made


def conformant(request, field, values):
    for value in values:
        item = DWORD()
        item["Data"] = value
        request[field]["aulPropTag"].append(item)
    request[field]["cValues"] = len(values)
    array = request.fields[field]
    array = array if "aulPropTag" in array.fields else array.fields["Data"]
    array.fields["aulPropTag"].fields["MaximumCount"] = len(values) + 1


class GetSpecialTable(ndr.NDRCALL):
    """Impacket's own has a unique pointer to STAT, where the interface definition has a reference (MS-OXNSPI section 6)."""

    opnum = 12
    structure = (("hRpc", nspi.handle_t), ("dwFlags", DWORD), ("pStat", nspi.STAT), ("lpVersion", DWORD))


class GetProps(ndr.NDRCALL):
    """As above."""

    opnum = 9
    structure = (("hRpc", nspi.handle_t), ("dwFlags", DWORD), ("pStat", nspi.STAT), ("pPropTags", nspi.PPropertyTagArray_r))


class GetMatches(ndr.NDRCALL):
    opnum = 5
    structure = (
        ("hRpc", nspi.handle_t),
        ("Reserved1", DWORD),
        ("pStat", nspi.STAT),
        ("pReserved", nspi.PPropertyTagArray_r),
        ("Reserved2", DWORD),
        ("Filter", nspi.PRestriction_r),
        ("lpPropName", nspi.PPropertyName_r),
        ("ulRequested", DWORD),
        ("pPropTags", nspi.PPropertyTagArray_r),
    )


class ResortRestriction(ndr.NDRCALL):
    opnum = 6
    structure = (
        ("hRpc", nspi.handle_t),
        ("Reserved", DWORD),
        ("pStat", nspi.STAT),
        ("pInMIds", nspi.PropertyTagArray_r),
        ("ppOutMIds", nspi.PPropertyTagArray_r),
    )


def bind():
    request = nspi.NspiBind()
    request["pStat"]["CodePage"] = 1252
    request["pServerGuid"] = b"\0" * 16
    return ask(0, request.getData())


def handle_of(bound):
    return nspi.NspiBindResponse(bound[0])["contextHandle"]


binds = [bind() for _ in range(TIMES)]
say("bind", binds)
handle = handle_of(binds[0])


def special_table(flags):
    request = GetSpecialTable()
    request["hRpc"], request["dwFlags"], request["pStat"], request["lpVersion"] = handle, flags, stat(), 0
    return request.getData()


measure("special table", 12, special_table(0))
measure("creation table", 12, special_table(2))


def resolve(name):
    request = nspi.NspiResolveNames()
    request["hRpc"], request["pStat"], request["pPropTags"] = handle, stat(), NULL
    value = nspi.LPSTR()
    value["Data"] = name + "\0"
    request["paStr"]["Strings"].append(value)
    request["paStr"]["Count"] = 1
    return request.getData()


for name in ("lovelace", "user", "=user77", "/o=Pushback/ou=Lab/cn=Recipients/cn=user7", "nothing like it"):
    measure("resolve " + name, 19, resolve(name))


def rows(count, tags=None, **fields):
    request = nspi.NspiQueryRows()
    request["hRpc"], request["pStat"], request["Count"] = handle, stat(**fields), count
    request["lpETable"], request["dwETableCount"] = NULL, 0
    if tags:
        conformant(request, "pPropTags", tags)
    else:
        request["pPropTags"] = NULL
    return request.getData()


# Each language has an order of its own: English, German, Swedish, Czech, Russian, Turkish.
for lcid in (0x409, 0x407, 0x41D, 0x405, 0x419, 0x41F):
    measure("query 50 rows of the middle, locale %x" % lcid, 3, rows(50, CurrentRec=1, NumPos=1, TotalRecs=2, SortLocale=lcid))
SHOWN = [0x3001001E, 0x3003001E, 0x39FE001E, 0x0FFF0102, 0x0FFE0003]
measure("query 50 rows of 5 columns", 3, rows(50, SHOWN))


def seek(text, lcid):
    request = nspi.NspiSeekEntries()
    request["hRpc"], request["pStat"], request["lpETable"], request["pPropTags"] = handle, stat(SortLocale=lcid), NULL, NULL
    request["pTarget"]["ulPropTag"] = 0x3001001F
    request["pTarget"]["Value"]["tag"] = 0x1F
    request["pTarget"]["Value"]["lpszW"] = text + "\0"
    return request.getData()


for lcid in (0x409, 0x40C, 0x415):
    measure("seek, locale %x" % lcid, 4, seek("User 77", lcid))


def matches(kind, tag, text=""):
    request = GetMatches()
    request["hRpc"], request["pStat"], request["ulRequested"] = handle, stat(), 50000
    request["pReserved"] = request["lpPropName"] = request["pPropTags"] = NULL
    request["Filter"]["rt"] = kind
    request["Filter"]["res"]["tag"] = kind
    if kind == 8:
        request["Filter"]["res"]["resExist"]["ulPropTag"] = tag
        return request.getData()
    condition = request["Filter"]["res"]["resProperty" if kind == 4 else "resContent"]
    condition["relop" if kind == 4 else "ulFuzzyLevel"] = 4 if kind == 4 else 0x00010001
    condition["ulPropTag"] = condition["lpProp"]["ulPropTag"] = tag
    binary = tag & 0xFFFF == 0x102
    condition["lpProp"]["Value"]["tag"] = 0x102 if binary else 0x1E
    if binary:
        condition["lpProp"]["Value"]["bin"]["cValues"] = len(text)
        condition["lpProp"]["Value"]["bin"]["lpb"] = [bytes([octet]) for octet in text.encode()]
    else:
        condition["lpProp"]["Value"]["lpszA"] = text + "\0"
    return request.getData()


measure("match an ambiguous name", 5, matches(4, 0x360C001E, "user 77"))
answer = nspi.hNspiQueryColumns(dce, handle)
columns = sorted(int(tag["Data"]) for tag in answer["ppColumns"]["aulPropTag"])
for tag in columns:
    kind = tag & 0xFFFF
    if kind in (0x1E, 0x1F):
        measure("match a part of %08x" % tag, 5, matches(3, tag & 0xFFFF0000 | 0x1E, "SER 77"))
    elif kind == 0x102:
        measure("match the value %08x" % tag, 5, matches(4, tag, "none"))
    else:
        measure("match what has %08x" % tag, 5, matches(8, tag))

answer = nspi.hNspiDNToMId(dce, handle, ["/o=Pushback/ou=Lab/cn=Recipients/cn=user%d" % i for i in range(0, 1000, 2)])
mids = [int(mid["Data"]) for mid in answer["ppOutMIds"]["aulPropTag"]]
request = ResortRestriction()
request["hRpc"], request["pStat"], request["ppOutMIds"] = handle, stat(), NULL
conformant(request, "pInMIds", mids)
measure("sort %d anew" % len(mids), 6, request.getData())
request = GetProps()
request["hRpc"], request["dwFlags"], request["pStat"] = handle, 1, stat(CurrentRec=mids[0])
conformant(request, "pPropTags", SHOWN)
measure("properties of one", 9, request.getData())


def unbind(handle):
    request = nspi.NspiUnbind()
    request["contextHandle"], request["Reserved"] = handle, 0
    return ask(1, request.getData())


say("unbind", [unbind(handle_of(bound)) for bound in binds])
dce.disconnect()
print("done")
