"""The directory by Impacket's NSPI and referral clients: found by the endpoint mapper, refused without an account, then every call.

Prints one line for each thing that held; a thing that does not hold ends the program with a traceback. CAPTURE_FILE gets a pcap of the
conversation.

usage: nspi.py HOST EPM_PORT ENTRIES CAPTURE_FILE
The server has the mailboxes ada ("Ada Lovelace", password "secret") and bob ("Bób Größe"), and further ones named user0, user1, … ("User 0", …)
up to ENTRIES in all.
"""

import struct
import sys

from checks import equal, held
from recording import record

HOST, EPM_PORT, ENTRIES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

record(sys.argv[4], HOST)

from impacket import uuid  # noqa: E402
from impacket.dcerpc.v5 import epm, ndr, nspi, oxabref, rpcrt, transport  # noqa: E402
from impacket.dcerpc.v5.dtypes import DWORD, NULL, ULONG  # noqa: E402

DN = "/o=Pushback/ou=Lab/cn=Recipients/cn=%s"
SERVERS = "/o=Pushback/ou=Lab/cn=Configuration/cn=Servers/cn="

DCERPCSessionError = nspi.DCERPCSessionError


class GetSpecialTable(ndr.NDRCALL):
    """Impacket's own has a unique pointer to STAT, where the interface definition has a reference (MS-OXNSPI section 6)."""

    opnum = 12
    structure = (("hRpc", nspi.handle_t), ("dwFlags", DWORD), ("pStat", nspi.STAT), ("lpVersion", DWORD))


class GetSpecialTableResponse(nspi.NspiGetSpecialTableResponse):
    pass


class GetProps(ndr.NDRCALL):
    """As above."""

    opnum = 9
    structure = (("hRpc", nspi.handle_t), ("dwFlags", DWORD), ("pStat", nspi.STAT), ("pPropTags", nspi.PPropertyTagArray_r))


class GetPropsResponse(nspi.NspiGetPropsResponse):
    pass


def special_table(flags, version):
    request = GetSpecialTable()
    request["hRpc"], request["dwFlags"], request["pStat"], request["lpVersion"] = handle, flags, stat(), version
    return dce.request(request)


def fails(code, call, *args, **more):
    """The call's return value, or the status of its fault, is `code`."""
    try:
        got = call(*args, **more)["ErrorCode"]
    except rpcrt.DCERPCException as error:
        # Impacket gives the faults that it knows by name alone.
        got = error.get_error_code() or next(code for code, name in rpcrt.rpc_status_codes.items() if name == error.error_string)
    equal(got, code, "%s%r" % (call.__name__, args[2:]))


def connect(port):
    return transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, port)).get_dce_rpc()


# The endpoint mapper, by ept_map and by ept_lookup.
ports = {}
for interface, name in ((nspi.MSRPC_UUID_NSPI, "NSPI"), (oxabref.MSRPC_UUID_OXABREF, "RFR")):
    mapper = connect(EPM_PORT)
    mapper.connect()
    binding = epm.hept_map(HOST, interface, protocol="ncacn_ip_tcp", dce=mapper)
    ports[name] = int(binding[binding.index("[") + 1 : -1])
    mapper.disconnect()
mapper = connect(EPM_PORT)
mapper.connect()
entries = epm.hept_lookup(HOST, dce=mapper)
listed = {uuid.bin_to_string(entry["tower"]["Floors"][0]["InterfaceUUID"]).lower() for entry in entries}
for wanted in ("f5cc5a18-4264-101a-8c59-08002b2f8426", "1544f5e0-613c-11d1-93df-00c04fd7bd09", "a4f1db00-ca47-1067-b31f-00dd010662da"):
    equal(wanted in listed, True, wanted)
# As a genuine client asks: the entry of one interface. Impacket binds for each inquiry, which a server takes once.
mapper.disconnect()
mapper = connect(EPM_PORT)
mapper.connect()
entries = epm.hept_lookup(HOST, inquiry_type=epm.RPC_C_EP_MATCH_BY_IF, ifId=nspi.MSRPC_UUID_NSPI, dce=mapper)
equal([uuid.bin_to_string(entry["tower"]["Floors"][0]["InterfaceUUID"]).lower() for entry in entries], ["f5cc5a18-4264-101a-8c59-08002b2f8426"], "by interface")
mapper.disconnect()
held("the endpoint mapper maps and lists NSPI, referrals and the store")
PORT = ports["NSPI"]

# Anonymous: the association is made, NspiBind refuses.
anonymous = connect(PORT)
anonymous.connect()
anonymous.bind(nspi.MSRPC_UUID_NSPI)
fails(0x80040111, nspi.hNspiBind, anonymous)
fails(0x1C00001A, nspi.hNspiQueryColumns, anonymous, nspi.handle_t())
anonymous.disconnect()
held("NspiBind without an account is refused with 0x80040111")

# Every level of authentication.
for level in (2, 4, 5, 6):
    dce = connect(PORT)
    dce.set_credentials("ada", "secret", "PUSHBACK")
    dce.set_auth_level(level)
    dce.connect()
    dce.bind(nspi.MSRPC_UUID_NSPI)
    answer = nspi.hNspiBind(dce)
    equal(nspi.hNspiUnbind(dce, answer["contextHandle"])["ErrorCode"], 1, "NspiUnbind")
    fails(0x1C00001A, nspi.hNspiQueryColumns, dce, answer["contextHandle"])
    dce.disconnect()
    held("level %d: bind, unbind, and the handle is gone" % level)

dce = connect(PORT)
dce.set_credentials("ada", "secret", "PUSHBACK")
dce.set_auth_level(2)
dce.connect()
dce.bind(nspi.MSRPC_UUID_NSPI)
request = nspi.NspiBind()
request["pStat"]["CodePage"] = 1252
request["pServerGuid"] = b"\0" * 16
answer = dce.request(request)
handle = answer["contextHandle"]
equal(len(answer["pServerGuid"]), 16, "pServerGuid")
equal(handle.isNull(), False, "handle")
for page, code in ((nspi.CP_WINUNICODE, 0x8004011E), (12345, 0x8004011E)):
    stat = nspi.STAT()
    stat["CodePage"] = page
    fails(code, nspi.hNspiBind, dce, stat)
held("bind, and code pages that are none are refused")


def stat(**fields):
    made = nspi.STAT()
    for name in ("SortType", "ContainerID", "CurrentRec", "Delta", "NumPos", "TotalRecs", "SortLocale", "TemplateLocale"):
        made[name] = 0
    made["CodePage"] = 1252
    made["SortLocale"] = 0x409
    for name, value in fields.items():
        made[name] = value
    return made


equal(len(nspi.hNspiGetSpecialTable(dce, handle)["ppRows"]["aRow"]), 1, "containers, as Impacket asks for them")
rows = nspi.simplifyPropertyRowSet(special_table(0, 0)["ppRows"])
equal(len(rows), 1, "containers")
equal(rows[0][0xFFFD0003], 0, "container id")
equal(rows[0][0x36000003] & 1, 1, "container flags")
answer = special_table(0, 0)
version = answer["lpVersion"]
equal(answer["ErrorCode"], 0, "NspiGetSpecialTable")
equal(len(special_table(0, version)["ppRows"]["aRow"]), 0, "rows of a known version")
held("the hierarchy has the global address list")

rows = nspi.simplifyPropertyRowSet(special_table(2, 0)["ppRows"])
equal(rows[0][0x3002001E], "SMTP", "kind of address")
template = str(rows[0][0x0FFF0102])
held("the address creation table has Internet addresses")
for dn in (NULL, template):
    row = nspi.simplifyPropertyRow(nspi.hNspiGetTemplateInfo(dce, handle, dn, 0x409, 0, 1252, 1)["ppData"])
    data = row[0x00010102]
    kind, count = struct.unpack_from("<II", data)
    equal(kind, 1, "TRowSet")
    for i in range(count):
        at = struct.unpack_from("<9I", data, 8 + 36 * i)[8]
        equal(0 in data[at:], True, "text of control %d" % i)
fails(0x8004010F, nspi.hNspiGetTemplateInfo, dce, handle, "/o=none", 0x409, 0, 1252, 1)
held("templates of windows")

answer = nspi.hNspiUpdateStat(dce, handle, stat(), 0)
equal(answer["pStat"]["TotalRecs"], ENTRIES, "entries")
first = answer["pStat"]["CurrentRec"]
equal(first >= 0x10, True, "minimal entry id")
answer = nspi.hNspiUpdateStat(dce, handle, stat(CurrentRec=first, Delta=1), 0)
equal((answer["plDelta"], answer["pStat"]["NumPos"]), (1, 1), "moved")
answer = nspi.hNspiUpdateStat(dce, handle, stat(CurrentRec=2), 0)
equal((answer["pStat"]["CurrentRec"], answer["pStat"]["NumPos"]), (2, ENTRIES), "end of table")
answer = nspi.hNspiUpdateStat(dce, handle, stat(CurrentRec=1, NumPos=1, TotalRecs=2), 0)
equal(answer["pStat"]["NumPos"], ENTRIES // 2, "half of the table")
for fields, code in (
    ({"ContainerID": 77}, 0x80040405),
    ({"SortType": 9}, 0x80004005),
    ({"CurrentRec": 0xFFFFFF}, 0x8004010F),
    ({"CodePage": nspi.CP_WINUNICODE}, 0x8004011E),
):
    fails(code, nspi.hNspiUpdateStat, dce, handle, stat(**fields))
held("positions, absolute and fractional; wrong containers, orders, ids and code pages are refused")

TAGS = [0x3001001E, 0x3003001E, 0x8006001E, 0x800F101E, 0x39FE001E, 0x39FF001E, 0x3A00001E, 0x3A20001E, 0x0FFF0102, 0x0FFE0003, 0x39000003]
answer = nspi.hNspiQueryRows(dce, handle, pStat=stat(), Count=2, pPropTags=TAGS)
rows = nspi.simplifyPropertyRowSet(answer["ppRows"])
equal([row[0x3001001E] for row in rows], ["Ada Lovelace", "Bób Größe".encode("cp1252")], "names in order")
ada = rows[0]
equal(ada[0x3003001E], DN % "ada", "address")
equal(ada[0x8006001E].startswith(SERVERS), True, "home database")
equal(ada[0x800F101E][0].startswith("SMTP:ada@"), True, "proxy addresses")
equal((ada[0x39FF001E], ada[0x3A00001E], ada[0x3A20001E]), ("Ada Lovelace", "ada", "Ada Lovelace"), "names")
equal(str(ada[0x0FFF0102]), DN % "ada", "permanent entry id")
equal((ada[0x0FFE0003], ada[0x39000003]), (6, 0), "types")
equal(rows[1][0x39FF001E], "Bob Gro?e", "printable name")
after = answer["pStat"]
equal(after["NumPos"], 2, "position after the rows")
row = nspi.simplifyPropertyRowSet(nspi.hNspiQueryRows(dce, handle, pStat=stat(CurrentRec=after["CurrentRec"]), Count=1, pPropTags=[0x3001001F])["ppRows"])
equal(row[0][0x3001001F], "User 0", "the next row, in Unicode")
ephemeral = nspi.simplifyPropertyRowSet(nspi.hNspiQueryRows(dce, handle, 2, stat(), Count=1, pPropTags=[0x0FFF0102])["ppRows"])
equal(ephemeral[0][0x0FFF0102]["MId"], first, "ephemeral entry id")
explicit = nspi.simplifyPropertyRowSet(nspi.hNspiQueryRows(dce, handle, pStat=stat(), Count=9, pPropTags=[0x3001001E], lpETable=[first, 0x7FFFFFFF])["ppRows"])
equal(explicit[0], {0x3001001E: "Ada Lovelace"}, "explicit table")
equal(explicit[1], {0x3001000A: 0x8004010F}, "a row for an id of nothing")
fails(0x80070057, nspi.hNspiQueryRows, dce, handle, pStat=stat(), Count=0)
for page, name in ((1251, b"Bob Gro?e"), (65001, "Bób Größe".encode())):
    request = nspi.NspiQueryRows()
    request["hRpc"], request["pStat"], request["Count"] = handle, stat(CurrentRec=first, Delta=1, CodePage=page), 1
    request["lpETable"], request["dwETableCount"] = NULL, 0
    tag = DWORD()
    tag["Data"] = 0x3001001E
    request["pPropTags"]["aulPropTag"].append(tag)
    request["pPropTags"]["cValues"] = 1
    request.fields["pPropTags"].fields["Data"].fields["aulPropTag"].fields["MaximumCount"] = 2
    dce.call(3, request)
    raw = dce.recv()
    if page == 65001:
        equal(name + b"\0" in raw, True, "text in code page %d" % page)
held("rows: of the list and of explicit tables, in code pages and Unicode")

answer = nspi.hNspiSeekEntries(dce, handle, "user 1")
equal(answer["pStat"]["NumPos"], 3, "place of User 1")
row = nspi.simplifyPropertyRowSet(nspi.hNspiQueryRows(dce, handle, pStat=stat(CurrentRec=answer["pStat"]["CurrentRec"]), Count=1, pPropTags=[0x3001001E])["ppRows"])
equal(row[0][0x3001001E], "User 1", "sought")
fails(0x8004010F, nspi.hNspiSeekEntries, dce, handle, "Zz")
held("seek")


class NspiGetMatches(ndr.NDRCALL):
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


class NspiGetMatchesResponse(ndr.NDRCALL):
    structure = (
        ("pStat", nspi.STAT),
        ("ppOutMIds", nspi.PPropertyTagArray_r),
        ("ppRows", nspi.PPropertyRowSet_r),
        ("ErrorCode", ULONG),
    )


class NspiResortRestriction(ndr.NDRCALL):
    opnum = 6
    structure = (
        ("hRpc", nspi.handle_t),
        ("Reserved", DWORD),
        ("pStat", nspi.STAT),
        ("pInMIds", nspi.PropertyTagArray_r),
        ("ppOutMIds", nspi.PPropertyTagArray_r),
    )


class NspiResortRestrictionResponse(ndr.NDRCALL):
    structure = (
        ("pStat", nspi.STAT),
        ("ppOutMIds", nspi.PPropertyTagArray_r),
        ("ErrorCode", ULONG),
    )


def conformant(array, values):
    for value in values:
        item = DWORD()
        item["Data"] = value
        array["aulPropTag"].append(item)
    array["cValues"] = len(values)


def matches(tag, text, kind=4, requested=50):
    request = NspiGetMatches()
    request["hRpc"], request["pStat"], request["ulRequested"] = handle, stat(), requested
    request["pReserved"] = request["lpPropName"] = NULL
    request["Filter"]["rt"] = kind
    request["Filter"]["res"]["tag"] = kind
    condition = request["Filter"]["res"]["resProperty" if kind == 4 else "resContent"]
    condition["relop" if kind == 4 else "ulFuzzyLevel"] = 4 if kind == 4 else 0x00010001
    condition["ulPropTag"] = tag
    condition["lpProp"]["ulPropTag"] = tag
    condition["lpProp"]["Value"]["tag"] = 0x1E
    condition["lpProp"]["Value"]["lpszA"] = text + "\0"
    conformant(request["pPropTags"], TAGS[:4])
    request.fields["pPropTags"].fields["Data"].fields["aulPropTag"].fields["MaximumCount"] = 5
    return dce.request(request)


answer = matches(0x360C001E, "lovel")
equal([row[0x3001001E] for row in nspi.simplifyPropertyRowSet(answer["ppRows"])], ["Ada Lovelace"], "ambiguous name resolution")
mids = [int(mid["Data"]) for mid in answer["ppOutMIds"]["aulPropTag"]]
equal(mids, [first], "ids of matches")
answer = matches(0x3001001E, "LOVE", 3)
equal(len(answer["ppRows"]["aRow"]), 1, "a part of a name")
fails(0x80040403, matches, 0x360C001E, "user", 4, 1)
fails(0x6F7, matches, 0x360C0003, "user", 4)
request = NspiResortRestriction()
request["hRpc"], request["pStat"], request["ppOutMIds"] = handle, stat(CurrentRec=first), NULL
second = nspi.hNspiUpdateStat(dce, handle, stat(Delta=1), 0)["pStat"]["CurrentRec"]
conformant(request["pInMIds"], [second, 0x7FFFFFFF, first])
request.fields["pInMIds"].fields["aulPropTag"].fields["MaximumCount"] = 4
answer = dce.request(request)
equal([int(mid["Data"]) for mid in answer["ppOutMIds"]["aulPropTag"]], [first, second], "sorted")
held("matches by restriction and by ambiguous name; sorted anew")

names = [DN % "ada", (DN % "bob").upper(), "/o=none"]
mids = [int(mid["Data"]) for mid in nspi.hNspiDNToMId(dce, handle, names)["ppOutMIds"]["aulPropTag"]]
equal(mids, [first, second, 0], "ids of DNs")
server = ada[0x8006001E].rpartition("/")[0]
server_mid = int(nspi.hNspiDNToMId(dce, handle, [server])["ppOutMIds"]["aulPropTag"][0]["Data"])


def props(mid, tags, page=1252, code=0):
    request = GetProps()
    request["hRpc"], request["dwFlags"], request["pStat"] = handle, 1, stat(CurrentRec=mid, CodePage=page)
    conformant(request["pPropTags"], tags)
    request.fields["pPropTags"].fields["Data"].fields["aulPropTag"].fields["MaximumCount"] = len(tags) + 1
    dce.call(9, request)
    answer = nspi.NspiGetPropsResponse(dce.recv())
    equal(answer["ErrorCode"], code, "NspiGetProps")
    return nspi.simplifyPropertyRow(answer["ppRows"])


addresses = props(server_mid, [0x8170101E])[0x8170101E]
equal("ncacn_ip_tcp:" + server.rpartition("=")[2] in addresses, True, "network addresses")
equal("ncacn_ip_tcp:" + HOST in addresses, True, "the address in use")
equal(props(first, [0x8170101E], code=0x40380), {0x8170000A: 0x8004010F}, "a property that is none")
equal(props(first, [0x3001001F], nspi.CP_WINUNICODE)[0x3001001F], "Ada Lovelace", "Unicode")
tags = [int(tag["Data"]) for tag in nspi.hNspiGetPropList(dce, handle, first, CodePage=1252)["ppOutMIds"]["aulPropTag"]]
equal(set(TAGS) <= set(tags), True, "properties of ada")
equal(set(props(first, tags)), set(tags), "all properties of ada")
fails(0x80040108, nspi.hNspiGetPropList, dce, handle, 0x7FFFFFFF, CodePage=1252)
held("DNs, properties of users and of the server")

request = nspi.NspiCompareMIds()
request["hRpc"], request["pStat"], request["MId1"], request["MId2"] = handle, stat(), second, first
equal(dce.request(request)["plResult"], 1, "compared")
columns = [int(tag["Data"]) for tag in nspi.hNspiQueryColumns(dce, handle)["ppColumns"]["aulPropTag"]]
equal(0x3001001F in columns, True, "columns")
held("compare, columns")

answer = nspi.hNspiResolveNames(dce, handle, pPropTags=[0x3003001E], paStr=["ada", "lovelace, none", "user", DN % "bob", "=ad"])
equal([int(mid["Data"]) for mid in answer["ppMIds"]["aulPropTag"]], [2, 0, 1, 2, 0], "resolved")
equal([row[0x3003001E] for row in nspi.simplifyPropertyRowSet(answer["ppRows"])], [DN % "ada", DN % "bob"], "rows of the resolved")
answer = nspi.hNspiResolveNamesW(dce, handle, pPropTags=[0x3003001E], paStr=["BOB GROSSE", "bób größe"])
equal([int(mid["Data"]) for mid in answer["ppMIds"]["aulPropTag"]], [0, 2], "resolved in Unicode")
held("names resolved, unknown and ambiguous")

fails(0x80070005, nspi.hNspiModLinkAtt, dce, handle, 0, 0x8009000D, first, [])
held("links are not written")

for broken in (b"", b"\xff" * 40, handle.getData() + b"\xff" * 200):
    # With a handle and a number, NspiUnbind is whole.
    for opnum in [opnum for opnum in range(21) if opnum != 1 or len(broken) < 24]:
        dce.call(opnum, broken)
        try:
            dce.recv()
        except rpcrt.DCERPCException as error:
            equal(str(error) != "", True, "fault")
try:
    dce.call(21, b"")
    dce.recv()
    raise AssertionError("opnum 21")
except rpcrt.DCERPCException as error:
    equal(error.error_string, "nca_s_op_rng_error", "opnum 21")
equal(nspi.hNspiUpdateStat(dce, handle, stat(), 0)["pStat"]["TotalRecs"], ENTRIES, "after broken stubs")
held("broken stubs draw faults, and the session goes on")

# Referrals, on a second association.
referral = connect(ports["RFR"])
referral.set_credentials("ada", "secret", "PUSHBACK")
referral.set_auth_level(2)
referral.connect()
referral.bind(oxabref.MSRPC_UUID_OXABREF)
equal(oxabref.hRfrGetNewDSA(referral, DN % "ada")["ppszServer"], server.rpartition("=")[2], "RfrGetNewDSA")
for dn in (server, ada[0x8006001E]):
    equal(oxabref.hRfrGetFQDNFromServerDN(referral, dn)["ppszServerFQDN"], server.rpartition("=")[2], "RfrGetFQDNFromServerDN")
fails(0x6F7, oxabref.hRfrGetFQDNFromServerDN, referral, "/o=")
fails(0x8004010F, oxabref.hRfrGetFQDNFromServerDN, referral, "/o=elsewhere")
referral.disconnect()
held("referrals")

equal(nspi.hNspiUnbind(dce, handle)["ErrorCode"], 1, "NspiUnbind")
dce.disconnect()
print("done")
