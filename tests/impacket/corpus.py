"""Sends the mails of mails.py by SMTP, reads them back over EMSMDB with Impacket, and compares field by field with Python's email package.

Written from public facts about the protocols and from nothing of this repository's code. Prints a line for each mail that came back whole; at the
end the names of those that did not, with what differs, and exits with code 1 if there are any.

usage: corpus.py HOST EMSMDB_PORT SMTP_PORT
The server has a mailbox ada; its password is "secret".
"""

import re
import smtplib
import struct
import sys
from datetime import timezone
from email import message_from_bytes, policy

from impacket import uuid
from impacket.dcerpc.v5 import rpcrt, transport
from mails import MAILS, REFUSED

HOST, PORT, SMTP_PORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
INTERFACE = uuid.uuidtup_to_bin(("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81"))
DN = b"/o=Pushback/ou=Lab/cn=Recipients/cn=ada\0"
UTF8 = 65001
SIZE = 0x6000
NONE = 0xFFFFFFFF

SUBJECT, BODY, HTML, HEADERS = 0x0037001F, 0x1000001F, 0x10130102, 0x007D001F
SUBMITTED, MESSAGE_ID, IN_REPLY_TO, REFERENCES = 0x00390040, 0x1035001F, 0x1042001F, 0x1039001F
FROM_NAME, FROM_ADDRESS, SENDER_ADDRESS, REPLY_NAMES = 0x0042001F, 0x0065001F, 0x0C1F001F, 0x0050001F
MID, ATTACH_NUM, ATTACH_SIZE, ATTACH_NAME, ATTACH_MIME, ATTACH_DATA = 0x674A0014, 0x0E210003, 0x0E200003, 0x3707001F, 0x370E001F, 0x37010102


class Reader:
    def __init__(self):
        self.dce = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s[%d]" % (HOST, PORT)).get_dce_rpc()
        self.dce.set_credentials("ada", "secret", "PUSHBACK")
        self.dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)
        self.dce.connect()
        self.dce.bind(INTERFACE)
        stub = struct.pack("<III", len(DN), 0, len(DN)) + DN + b"\0" * (-len(DN) % 4)
        stub += struct.pack("<IIIIIII", 0, 0x0032B2A8, 0, UTF8, 0x409, 0x409, NONE) + struct.pack("<HHHHI", 1, 4, 837, 0, 0)
        self.handle = self.call(0, stub)[:20]
        answer, (self.logon,) = self.rops(struct.pack("<BBBBIIH", 0xFE, 0, 0, 1, 0x0C, 0, len(DN)) + DN, [NONE])
        self.inbox = answer[7 + 8 * 4 : 15 + 8 * 4]

    def call(self, opnum, stub):
        self.dce.call(opnum, stub)
        return self.dce.recv()

    def rops(self, requests, handles):
        rgb = struct.pack("<H", 2 + len(requests)) + requests + b"".join(struct.pack("<I", h) for h in handles)
        stub = self.handle + struct.pack("<III", SIZE, 0, len(rgb)) + bytes(x ^ 0xA5 for x in rgb)
        stub += b"\0" * (-len(stub) % 2) + struct.pack("<HH", len(rgb), SIZE)
        answer = self.call(2, stub)
        length = struct.unpack_from("<I", answer, 28)[0]
        assert answer[-4:] == b"\0" * 4, answer[-4:]
        plain = answer[32 : 32 + length].translate(bytes(x ^ 0xA5 for x in range(256)))
        end = struct.unpack_from("<H", plain, 0)[0]
        return plain[2:end], [struct.unpack_from("<I", plain, i)[0] for i in range(end, len(plain), 4)]

    def release(self, *handles):
        self.rops(b"".join(struct.pack("<BBB", 1, 0, i) for i in range(len(handles))), list(handles))

    def stream(self, handle, tag):
        """All bytes of a property; None where there is none."""
        answer, table = self.rops(struct.pack("<BBBBIB", 0x2B, 0, 0, 1, tag, 0), [handle, NONE])
        code = struct.unpack_from("<I", answer, 2)[0]
        if code == 0x8004010F:
            return None
        assert code == 0, "OpenStream %08x: %08x" % (tag, code)
        size, data = struct.unpack_from("<I", answer, 6)[0], b""
        while True:
            answer, _ = self.rops(struct.pack("<BBBH", 0x2C, 0, 0, 0x5000), [table[1]])
            count = struct.unpack_from("<H", answer, 6)[0]
            data += answer[8 : 8 + count]
            if count == 0:
                break
        assert len(data) == size, (len(data), size)
        self.release(table[1])
        return data

    def text(self, handle, tag):
        data = self.stream(handle, tag)
        return None if data is None else data.decode("utf-16le", "surrogatepass")

    def mids(self):
        requests = struct.pack("<BBBB", 0x02, 0, 0, 1) + self.inbox + b"\0" + struct.pack("<BBBBB", 0x05, 0, 1, 2, 0)
        _, table = self.rops(requests, [self.logon, NONE, NONE])
        self.rops(struct.pack("<BBBBHI", 0x12, 0, 0, 0, 1, MID), [table[2]])
        mids = []
        while True:
            answer, _ = self.rops(struct.pack("<BBBBBH", 0x15, 0, 0, 0, 1, 100), [table[2]])
            count = struct.unpack_from("<H", answer, 7)[0]
            mids += [answer[9 + 9 * i + 1 : 18 + 9 * i] for i in range(count)]
            if count == 0:
                return mids

    def recipients(self, handle, count):
        rows, found = 0, []
        while rows < count:
            answer, _ = self.rops(struct.pack("<BBBIH", 0x0F, 0, 0, rows, 0), [handle])
            assert answer[2:6] == b"\0" * 4, answer[:6].hex()
            at = 7
            for _ in range(answer[6]):
                kind, length = answer[at + 4], struct.unpack_from("<H", answer, at + 9)[0]
                row = answer[at + 11 : at + 11 + length]
                flags, texts = struct.unpack_from("<H", row)[0], row[2:]
                parts = []
                for bit in (0x0008, 0x0010):
                    if flags & bit:
                        text, texts = texts.split(b"\0", 1)
                        parts.append(text.decode("utf-8"))
                    else:
                        parts.append("")
                found.append((kind, parts[0], parts[1] or parts[0]))
                at += 11 + length
            rows += answer[6]
        return found

    def attachments(self, handle):
        _, table = self.rops(struct.pack("<BBBBB", 0x21, 0, 0, 1, 0), [handle, NONE])
        self.rops(struct.pack("<BBBBHI", 0x12, 0, 0, 0, 1, ATTACH_NUM), [table[1]])
        numbers = []
        while True:
            answer, _ = self.rops(struct.pack("<BBBBBH", 0x15, 0, 0, 0, 1, 500), [table[1]])
            count = struct.unpack_from("<H", answer, 7)[0]
            numbers += [struct.unpack_from("<I", answer, 10 + 5 * i)[0] if answer[9 + 5 * i] == 0 else None for i in range(count)]
            if count == 0:
                break
        self.release(table[1])
        found = []
        for place, number in enumerate(numbers):
            _, opened = self.rops(struct.pack("<BBBBBI", 0x22, 0, 0, 1, 0, place if number is None else number), [handle, NONE])
            found.append((self.text(opened[1], ATTACH_NAME), self.text(opened[1], ATTACH_MIME), self.stream(opened[1], ATTACH_DATA)))
            self.release(opened[1])
        return found

    def message(self, mid):
        request = struct.pack("<BBBBH", 0x03, 0, 0, 1, 0x0FFF) + self.inbox + b"\0" + mid
        request += struct.pack("<BBBHHHI", 0x07, 0, 1, 0, 0, 1, SUBMITTED)
        answer, table = self.rops(request, [self.logon, NONE])
        assert answer[2:6] == b"\0" * 4, answer[:6].hex()
        handle = table[1]
        # RecipientCount stands before the columns of the recipients, behind two typed strings.
        at = 7
        for _ in range(2):
            kind = answer[at]
            at += 1
            if kind == 2 or kind == 3:
                at = answer.index(b"\0", at) + 1
            elif kind == 4:
                while answer[at : at + 2] != b"\0\0":
                    at += 2
                at += 2
        count = struct.unpack_from("<H", answer, at)[0]
        (filetime,) = struct.unpack("<Q", answer[-8:])
        fields = {
            "submitted": filetime / 1e7 - 11644473600,
            "subject": self.text(handle, SUBJECT),
            "body": self.text(handle, BODY),
            "html": self.stream(handle, HTML),
            "headers": self.text(handle, HEADERS),
            "message-id": self.text(handle, MESSAGE_ID),
            "in-reply-to": self.text(handle, IN_REPLY_TO),
            "references": self.text(handle, REFERENCES),
            "from": (self.text(handle, FROM_NAME), self.text(handle, FROM_ADDRESS)),
            "sender": self.text(handle, SENDER_ADDRESS),
            "reply-to": self.text(handle, REPLY_NAMES),
            "recipients": self.recipients(handle, count),
            "attachments": self.attachments(handle),
        }
        self.release(handle)
        return fields


def one_line(text):
    return re.sub("[\\x00-\\x1f\\x7f-\\x9f]+", " ", text).strip()[:1000]


def trimmed(text):
    return re.sub("(\r\n)+$", "", text.replace("\r\n", "\n").replace("\n", "\r\n"))


def addresses(parsed, name):
    header = parsed[name]
    return [] if header is None else [(a.addr_spec if a.domain or a.username else "", a.display_name or a.addr_spec) for a in header.addresses]


def decoded_head(raw):
    end = raw.find(b"\r\n\r\n")
    head = raw if end < 0 else raw[: end + 2]
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("cp1252")


def text_of(part):
    charset = {"ibm866": "cp866", "windows-874": "cp874", "x-nothing": "cp1252"}.get(part.get_content_charset("utf-8"), part.get_content_charset("utf-8"))
    return part.get_payload(decode=True).decode({"macintosh": "mac_roman"}.get(charset, charset), "replace")


def leaves(message):
    """Parts that are no containers; an embedded message is one part."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
    elif message.get_content_maintype() == "message":
        yield message
    else:
        for part in message.get_payload():
            yield from leaves(part)


def wanted(raw):
    """What the email package reads out of the bytes."""
    parsed = message_from_bytes(raw, policy=policy.default)
    texts, html, files = [], None, []
    for part in leaves(parsed):
        kind = part.get_content_type()
        is_file = part.get_content_disposition() == "attachment" or part.get_filename()
        if kind == "text/plain" and not is_file:
            texts.append(trimmed(text_of(part)))
        elif kind == "text/html" and not is_file and html is None:
            html = text_of(part)
        elif kind == "message/rfc822":
            files.append((None, kind, part.get_payload(0).as_bytes(policy=policy.SMTP)))
        elif part.is_multipart():
            files.append((part.get_filename(), kind, None))
        else:
            files.append((part.get_filename(), kind, part.get_payload(decode=True)))
    [sender_] = (addresses(parsed, "From") or [("", "")])[:1]
    sender = addresses(parsed, "Sender")
    date = parsed["Date"] and parsed["Date"].datetime
    return {
        "submitted": date and (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp(),
        "subject": one_line(str(parsed["Subject"] or "")),
        "body": trimmed("\n".join(texts)) if texts else None,
        "html": html,
        "headers": decoded_head(raw),
        "message-id": parsed["Message-ID"] and str(parsed["Message-ID"]).strip(),
        "in-reply-to": parsed["In-Reply-To"] and str(parsed["In-Reply-To"]),
        "references": parsed["References"] and str(parsed["References"]),
        "from": (sender_[1], sender_[0]),
        "sender": (sender[0][0] if sender else sender_[0]) or None,
        "reply-to": "; ".join(name for _, name in addresses(parsed, "Reply-To")) or None,
        "recipients": [(kind, a, n) for kind, name in ((1, "To"), (2, "Cc"), (3, "Bcc")) for a, n in addresses(parsed, name)],
        "attachments": files,
    }


def differences(mail, got):
    try:
        want = wanted(mail.raw)
    except Exception as error:  # the email package gives up on some broken mails: then `expect` has to say it all
        want = {"email package": repr(error)}
    found = []

    def compare(name, is_wanted, is_got):
        if is_wanted != is_got:
            found.append("%s: wanted %.200r, got %.200r" % (name, is_wanted, is_got))

    expect = dict(mail.expect)
    everything = " ".join(str(got[name]) for name in ("body", "html")) + " ".join(str(data) for _, _, data in got["attachments"])
    for name in ("find", "find_any"):
        if name in expect and expect[name] not in everything:
            found.append("%r is not there" % expect[name])
    if "find_any" in expect:
        expect.update(body=None, attachments=None, html=None)
    for name, key in (("date", "submitted"),):
        if name in expect:
            expect[key] = expect.pop(name)
    for name in ("submitted", "subject", "body", "html", "message-id", "in-reply-to", "references", "from", "sender", "reply-to", "recipients", "attachments", "headers"):
        value = expect.get(name, want.get(name))
        if name in expect and value is None:
            continue
        if name == "body":
            if value is None:
                continue
            compare(name, trimmed(value), trimmed(got[name] or ""))
        elif name == "html":
            compare(name, value and trimmed(value), got[name] and trimmed(got[name].decode("utf-8")))
        elif name == "submitted":
            if value is not None:
                compare(name, value, got[name])
        elif name == "headers":
            compare(name, value or None, got[name])
        elif name == "references":
            compare(name, value and value.split(), got[name] and got[name].split())
        elif name == "attachments":
            compare("number of attachments", len(value), len(got[name]))
            for (file, kind, data), (got_file, got_kind, got_data) in zip(value, got[name]):
                compare("attachment's type", kind, got_kind)
                if file is not None:
                    compare("attachment's name", one_line(file), got_file)
                if kind == "message/rfc822":
                    inner, got_inner = (message_from_bytes(x, policy=policy.default) for x in (data, got_data))
                    compare("embedded message", (str(inner["Subject"]), inner.as_bytes()), (str(got_inner["Subject"]), got_inner.as_bytes()))
                elif data is not None:
                    compare("attachment's data", data.replace(b"\r\n", b"\n") if kind.startswith("text/") else data, got_data.replace(b"\r\n", b"\n") if kind.startswith("text/") else got_data)
        elif name == "from":
            if value[1] or value[0]:
                compare(name, (one_line(value[0]), value[1] or None), got[name])
        else:
            compare(name, value, got[name] if got[name] != "" or value == "" else None)
    return found


with smtplib.SMTP(HOST, SMTP_PORT) as smtp:
    for mail in MAILS:
        smtp.sendmail("grace@example.org", ["ada@lab.example"], mail.raw)
    for name, raw in REFUSED:
        try:
            smtp.sendmail("grace@example.org", ["ada@lab.example"], raw)
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            assert error.smtp_code in (552, 554), (name, error)
            print("ok", name, "is refused with", error.smtp_code)
        else:
            raise AssertionError("%s was acknowledged" % name)

reader = Reader()
mids = reader.mids()
assert len(mids) == len(MAILS), (len(mids), len(MAILS))
failed = 0
for mail, mid in zip(MAILS, mids):
    try:
        problems = differences(mail, reader.message(mid))
    except Exception as error:
        problems = ["could not be read: %r" % error]
    failed += bool(problems)
    print("FAILED %s\n  %s" % (mail.name, "\n  ".join(problems)) if problems else "ok %s" % mail.name)
print("done, %d mails came back whole, %d did not" % (len(MAILS) - failed, failed))
sys.exit(1 if failed else 0)
