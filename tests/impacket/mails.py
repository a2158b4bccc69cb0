"""Real-shaped mails for corpus.py, as bytes. All names are synthetic (RFC 2606 domains).

MAILS is a list of Mail. What a client must read back is worked out from the bytes by Python's email package; `expect` names fields where that
package and this comment disagree, with the reason beside it. REFUSED are mails that can't be kept whole: no 250 may come.
"""

import base64
import quopri
from collections import namedtuple
from email.message import EmailMessage
from email.policy import SMTP

Mail = namedtuple("Mail", "name raw expect")
MAILS = []
REFUSED = []

HEAD = "From: Grace Hopper <grace@example.org>\nTo: Ada <ada@lab.example>\nDate: Fri, 04 Jul 1997 12:00:00 +0200\n"


def crlf(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def add(name, raw, **expect):
    if isinstance(raw, str):
        raw = crlf(raw).encode("utf-8")
    # The Message-ID makes it findable; mails without any header are found by their text.
    MAILS.append(Mail(name, raw, expect))


def headed(name, rest, extra="", **expect):
    head = HEAD + "Subject: %s\nMessage-ID: <%s@corpus.example>\n%s" % (name, name, extra)
    if isinstance(rest, bytes):
        add(name, crlf(head).encode() + rest, **expect)
    else:
        add(name, head + rest, **expect)


def built(name, make):
    message = EmailMessage(policy=SMTP)
    message["From"] = "Grace Hopper <grace@example.org>"
    message["To"] = "Ada <ada@lab.example>, Bob B <bob@lab.example>"
    message["Subject"] = name
    message["Date"] = "Fri, 04 Jul 1997 12:00:00 +0200"
    message["Message-ID"] = "<%s@corpus.example>" % name
    make(message)
    MAILS.append(Mail(name, message.as_bytes(), {}))


# Text in each character set that the server knows, as 8-bit, quoted-printable or base64.
CHARSETS = [
    ("us-ascii", "plain text"),
    ("utf-8", "Gr\u00fc\u00dfe, \u65e5\u672c, \U0001f4ec"),
    ("iso-8859-1", "Gr\u00fc\u00dfe"),
    ("iso-8859-2", "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd"),
    ("iso-8859-3", "\u0126\u0127"),
    ("iso-8859-4", "\u0138\u0101"),
    ("iso-8859-5", "\u041f\u0440\u0438\u0432\u0435\u0442"),
    ("iso-8859-6", "\u0645\u0631\u062d\u0628\u0627"),
    ("iso-8859-7", "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1"),
    ("iso-8859-8", "\u05e9\u05dc\u05d5\u05dd"),
    ("iso-8859-9", "\u015eark\u0131"),
    ("iso-8859-10", "\u0100\u0138"),
    ("iso-8859-13", "\u017demaitija"),
    ("iso-8859-14", "\u0174\u0175"),
    ("iso-8859-15", "10 \u20ac"),
    ("iso-8859-16", "\u0218\u021b"),
    ("windows-1250", "\u0159\u010d\u201e"),
    ("windows-1251", "\u041f\u0440\u0438\u0432\u0435\u0442"),
    ("windows-1252", "\u201cGr\u00fc\u00dfe\u201d \u20ac"),
    ("windows-1253", "\u039a\u03b1\u03bb\u03b7"),
    ("windows-1254", "\u015eark\u0131"),
    ("windows-1255", "\u05e9\u05dc\u05d5\u05dd"),
    ("windows-1256", "\u0645\u0631\u062d\u0628\u0627"),
    ("windows-1257", "\u017demaitija"),
    ("windows-1258", "Vi\u00ea\u0323t"),
    ("windows-874", "\u0e44\u0e17\u0e22"),
    ("tis-620", "\u0e44\u0e17\u0e22"),
    ("koi8-r", "\u041f\u0440\u0438\u0432\u0435\u0442"),
    ("koi8-u", "\u041f\u0440\u0438\u0432\u0456\u0442"),
    ("ibm866", "\u041f\u0440\u0438\u0432\u0435\u0442"),
    ("shift_jis", "\u65e5\u672c\u8a9e"),
    ("euc-jp", "\u65e5\u672c\u8a9e"),
    ("iso-2022-jp", "\u65e5\u672c\u8a9e\u306e\u30e1\u30fc\u30eb"),
    ("gb2312", "\u4e2d\u6587"),
    ("gbk", "\u4e2d\u6587\u9f98"),
    ("gb18030", "\u4e2d\u6587\U0001f4ec"),
    ("big5", "\u7e41\u9ad4"),
    ("euc-kr", "\ud55c\uad6d\uc5b4"),
    ("iso-2022-kr", "\ud55c\uad6d\uc5b4"),
    ("utf-7", "Gr\u00fc\u00dfe + 1"),
    ("utf-16le", "Gr\u00fc\u00dfe"),
    ("utf-16be", "Gr\u00fc\u00dfe"),
    ("ibm437", "Gr\u00fc\u00dfe \u2550"),
    ("ibm850", "Gr\u00fc\u00dfe"),
    ("macintosh", "Gr\u00fc\u00dfe"),
]
for at, (charset, text) in enumerate(CHARSETS):
    codec = {"windows-874": "cp874", "ibm437": "cp437", "ibm850": "cp850", "macintosh": "mac_roman"}.get(charset, charset)
    raw = (text + "\r\nsecond line\r\n").encode(codec)
    wide = charset.startswith("utf-16")
    way = "base64" if wide else ("8bit", "quoted-printable", "base64")[at % 3]
    encoded = {"8bit": raw, "base64": base64.encodebytes(raw).replace(b"\n", b"\r\n"), "quoted-printable": quopri.encodestring(raw)}[way]
    if way == "quoted-printable":
        encoded = encoded.replace(b"\r\n", b"\n").replace(b"=0D\n", b"\n").replace(b"\n", b"\r\n")
    extra = "MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: %s\n" % (charset, way)
    headed("charset-" + charset, b"\r\n" + encoded, extra, body=text + "\r\nsecond line")

# Shapes that mail programs write.
built("plain", lambda m: m.set_content("At noon?\n"))
built("empty-body", lambda m: m.set_content(""))
built("html-only", lambda m: m.set_content("<html><body><p>At <b>noon</b>?</p></body></html>\n", subtype="html"))


def alternative(m):
    m.set_content("At noon? Gr\u00fc\u00dfe\n")
    m.add_alternative("<html><body><p>At noon? Gr\u00fc\u00dfe</p></body></html>\n", subtype="html")


def related(m):
    alternative(m)
    m.get_payload()[1].add_related(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image", "png", cid="<logo@corpus.example>")


def mixed(m):
    alternative(m)
    m.add_attachment(bytes(range(256)) * 40, "application", "octet-stream", filename="data.bin")
    m.add_attachment("name;value\n\u00fc;1\n", filename="liste.csv", subtype="csv")


def nested(m):
    related(m)
    m.add_attachment(b"%PDF-1.1\n" + b"x" * 3000, "application", "pdf", filename="report.pdf")


def embedded(m):
    m.set_content("See the message below.\n")
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["To"], inner["Subject"] = "Bob <bob@lab.example>", "grace@example.org", "inner \u00fc"
    inner.set_content("inner text\n")
    m.add_attachment(inner)


def embedded_twice(m):
    m.set_content("outer\n")
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "middle"
    embedded(inner)
    m.add_attachment(inner)


built("alternative", alternative)
built("related", related)
built("mixed", mixed)
built("nested", nested)
built("embedded", embedded)
built("embedded-twice", embedded_twice)
built("attachment-alone", lambda m: m.set_content(b"GIF89a" + b"\0" * 64, "image", "gif", filename="dot.gif", disposition="attachment"))
built("empty-attachment", lambda m: (m.set_content("x\n"), m.add_attachment(b"", "application", "octet-stream", filename="empty.bin")))
built("rfc2231-name", lambda m: (m.set_content("x\n"), m.add_attachment(b"1", "application", "pdf", filename="\u00dcbersicht \u65e5\u672c.pdf")))
built("long-name", lambda m: (m.set_content("x\n"), m.add_attachment(b"1", "application", "pdf", filename="n" * 180 + ".pdf")))
built("same-names", lambda m: (m.set_content("x\n"), m.add_attachment(b"1", "a", "b", filename="x.bin"), m.add_attachment(b"2", "a", "b", filename="x.bin")))
built("many-attachments", lambda m: (m.set_content("x\n"), [m.add_attachment(bytes([n]) * n, "a", "b", filename="%d.bin" % n) for n in range(60)]))
built("large-attachment", lambda m: (m.set_content("x\n"), m.add_attachment(bytes(range(256)) * 8000, "a", "b", filename="large.bin")))
built("large-text", lambda m: m.set_content("a line of text that is repeated\n" * 40000))

BOUNDARY = 'MIME-Version: 1.0\nContent-Type: multipart/%s; boundary="b"%s\n\n'
add(
    "smime-signed",
    HEAD + "Subject: smime-signed\nMessage-ID: <smime-signed@corpus.example>\n"
    + BOUNDARY % ("signed", '; protocol="application/pkcs7-signature"; micalg=sha1')
    + "This is an S/MIME signed message\n--b\nContent-Type: text/plain\n\nsigned text\n--b\n"
    "Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=smime.p7s\n\nMIIBAgMEBQ==\n--b--\n",
)
headed(
    "smime-enveloped",
    "\nMIIBAgMEBQYHCAk=\n",
    "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=smime.p7m\n",
)


def multipart(name, kind, parts, more="", end="--b--\n", **expect):
    text = "".join("--b\n%s\n" % part for part in parts) + end
    add(name, HEAD + "Subject: %s\nMessage-ID: <%s@corpus.example>\n" % (name, name) + BOUNDARY % (kind, more) + text, **expect)


TEXT = "Content-Type: text/plain\n\nthe text"
multipart("winmail", "mixed", [TEXT, "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=winmail.dat\n\neJ8+IgEAAQ=="])
multipart("report", "report", [TEXT, "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1"], "; report-type=delivery-status")
multipart("two-texts", "mixed", ["Content-Type: text/plain\n\nfirst text", "Content-Type: text/plain\n\nsecond text"])
multipart("inline-image", "mixed", [TEXT, "Content-Type: image/gif\nContent-Transfer-Encoding: base64\nContent-Disposition: inline; filename=dot.gif\n\nR0lGODlh"])
multipart("calendar", "alternative", [TEXT, "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nEND:VCALENDAR"])
multipart("encoded-word-name", "mixed", [TEXT, "Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"=?iso-8859-1?Q?=DCbersicht.pdf?=\"\nContent-Transfer-Encoding: base64\n\nMTIz"])
multipart("rfc2231-pieces", "mixed", [TEXT, "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=utf-8''%C3%9Cber; filename*1=sicht.pdf\nContent-Transfer-Encoding: base64\n\nMTIz"])

# Headers.
LONG = "word " * 60
headed("encoded-words", "\nx\n", "X-Note: a\n")
add("subject-utf8-q", HEAD + "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_an?= =?utf-8?Q?_Ada?=\nMessage-ID: <subject-utf8-q@corpus.example>\n\nx\n")
add("subject-iso-2022-jp", HEAD + "Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\nMessage-ID: <subject-iso-2022-jp@corpus.example>\n\nx\n")
add("subject-raw-utf8", HEAD + "Subject: Gr\u00fc\u00dfe \u65e5\u672c\nMessage-ID: <subject-raw-utf8@corpus.example>\n\nx\n", subject="Gr\u00fc\u00dfe \u65e5\u672c")
add(
    "subject-raw-latin1",
    crlf(HEAD).encode() + b"Subject: Gr\xfc\xdfe\r\nMessage-ID: <subject-raw-latin1@corpus.example>\r\n\r\nx\r\n",
    subject="Gr\u00fc\u00dfe",
)
add("subject-folded", HEAD + "Subject: one\n two\n\tthree\nMessage-ID: <subject-folded@corpus.example>\n\nx\n", subject="one two three")
add("subject-empty", HEAD + "Subject:\nMessage-ID: <subject-empty@corpus.example>\n\nx\n")
add("subject-missing", HEAD + "Message-ID: <subject-missing@corpus.example>\n\nx\n")
add("subject-long", HEAD + "Subject: %s\nMessage-ID: <subject-long@corpus.example>\n\nx\n" % LONG.strip())
add("group-address", "From: grace@example.org\nTo: Team: ada@lab.example, Bob <bob@lab.example>;, Carol <carol@lab.example>\nCc: undisclosed-recipients:;\nMessage-ID: <group-address@corpus.example>\nSubject: g\n\nx\n")
add("many-recipients", "From: grace@example.org\nTo: %s\nMessage-ID: <many-recipients@corpus.example>\nSubject: m\n\nx\n" % ",\n ".join("Person %d <p%d@lab.example>" % (n, n) for n in range(300)))
add("quoted-names", "From: \"Hopper, Grace \\\"G\\\"\" <grace@example.org>\nTo: \"Lovelace, Ada\" <ada@lab.example>\nCc: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <j@lab.example>\nMessage-ID: <quoted-names@corpus.example>\nSubject: q\n\nx\n")
add("sender-and-reply", "From: Grace <grace@example.org>\nSender: Desk <desk@example.org>\nReply-To: Answers <answers@example.org>\nTo: ada@lab.example\nIn-Reply-To: <1@x.example>\nReferences: <0@x.example>\n <1@x.example>\nMessage-ID: <sender-and-reply@corpus.example>\nSubject: r\n\nx\n")
add("bcc", "From: grace@example.org\nTo: ada@lab.example\nBcc: bob@lab.example\nMessage-ID: <bcc@corpus.example>\nSubject: b\n\nx\n")

# Broken mail. `expect` says what must be read, where the email package guesses something else.
add("bare-text", "There is no header here, only text.\nAnd a second line.\n", body="There is no header here, only text.\r\nAnd a second line.", headers="", find="There is no header here")
add("header-without-blank-line", HEAD + "Message-ID: <header-without-blank-line@corpus.example>\nthis line is the text already\nmore text\n", body="this line is the text already\r\nmore text", headers=None)
add("header-alone", HEAD + "Message-ID: <header-alone@corpus.example>\nSubject: header-alone\n", body="")
multipart("boundary-not-closed", "mixed", [TEXT], end="", body="the text")
add("boundary-missing", HEAD + "Message-ID: <boundary-missing@corpus.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed\n\nonly text\n", body="only text", attachments=[])
add("boundary-never-seen", HEAD + "Message-ID: <boundary-never-seen@corpus.example>\n" + BOUNDARY % ("mixed", "") + "no part begins here\n", body="no part begins here", attachments=[])
add("bad-base64", HEAD + "Message-ID: <bad-base64@corpus.example>\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8g!!d29ybGQ=\n", find_any="Hello")
add("bad-quoted-printable", HEAD + "Message-ID: <bad-quoted-printable@corpus.example>\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n100 =ZZ percent\n", body="100 =ZZ percent")
add("unknown-charset", HEAD + "Message-ID: <unknown-charset@corpus.example>\nContent-Type: text/plain; charset=x-nothing\n\nplain letters\n", body="plain letters")
add("unknown-encoding", HEAD + "Message-ID: <unknown-encoding@corpus.example>\nContent-Type: text/plain\nContent-Transfer-Encoding: x-own\n\nplain letters\n", body="plain letters")
add("8-bit-no-charset", crlf(HEAD).encode() + b"Message-ID: <8-bit-no-charset@corpus.example>\r\n\r\nGr\xfc\xdfe\r\n", body="Gr\u00fc\u00dfe")
add("utf8-no-charset", HEAD + "Message-ID: <utf8-no-charset@corpus.example>\n\nGr\u00fc\u00dfe \u65e5\u672c\n", body="Gr\u00fc\u00dfe \u65e5\u672c")
add("nul-in-text", crlf(HEAD).encode() + b"Message-ID: <nul-in-text@corpus.example>\r\n\r\nbefore\0after\r\n", body="beforeafter")
add("nul-in-subject", crlf(HEAD).encode() + b"Subject: be\0fore\r\nMessage-ID: <nul-in-subject@corpus.example>\r\n\r\nx\r\n", subject="be fore", headers=None)
add("controls-in-text", HEAD + "Message-ID: <controls-in-text@corpus.example>\n\na\x07b\x1bc\n", body="a\x07b\x1bc")
add("long-line", HEAD + "Message-ID: <long-line@corpus.example>\n\n" + "x" * 50000 + "\n", body="x" * 50000)
add("dots", HEAD + "Message-ID: <dots@corpus.example>\n\n.\n..\n.a\n", body=".\r\n..\r\n.a")
add("trailing-spaces", HEAD + "Message-ID: <trailing-spaces@corpus.example>\n\na  \n  b\t\n", body="a  \r\n  b\t")
add("two-subjects", HEAD + "Subject: first\nSubject: second\nMessage-ID: <two-subjects@corpus.example>\n\nx\n", subject=None)
add("bad-date", "From: g@example.org\nTo: ada@lab.example\nDate: yesterday\nMessage-ID: <bad-date@corpus.example>\n\nx\n", date=None)
add("bad-address", "From: not an address\nTo: <>, ada@lab.example, @@@\nMessage-ID: <bad-address@corpus.example>\n\nx\n", recipients=None, sender=None, **{"from": None})
add("html-unclosed", HEAD + "Message-ID: <html-unclosed@corpus.example>\nContent-Type: text/html\n\n<p>one <b>two <!-- three\n", html="<p>one <b>two <!-- three", body=None)
add("blank-lines-first", HEAD + "Message-ID: <blank-lines-first@corpus.example>\n\n\n\ntext after blank lines\n", body="\r\n\r\ntext after blank lines")
add("mbox-from", "From grace@example.org Fri Jul  4 12:00:00 1997\n" + HEAD + "Message-ID: <mbox-from@corpus.example>\n\nx\n", body="x", headers=None)

REFUSED.append(("unknown-charset-8-bit", crlf(HEAD).encode() + b"Content-Type: text/plain; charset=x-nothing\r\n\r\nGr\xfc\xdfe\r\n"))
REFUSED.append(("too-long", crlf(HEAD).encode() + b"\r\n" + b"x" * 900 + b"\r\n" + (b"y" * 998 + b"\r\n") * 11000))
REFUSED.append(("header-too-long", crlf(HEAD).encode() + b"".join(b"X-H%d: %s\r\n" % (n, b"z" * 900) for n in range(320)) + b"\r\nx\r\n"))
deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(80))
REFUSED.append(("nested-too-deep", crlf(HEAD).encode() + deep + b"Content-Type: text/plain\r\n\r\nx\r\n"))
REFUSED.append(("too-many-attachments", crlf(HEAD).encode() + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"".join(b"--b\r\nContent-Type: a/b\r\n\r\n1\r\n" for _ in range(1100)) + b"--b--\r\n"))
REFUSED.append(("too-many-recipients", b"To: " + b",\r\n ".join(b"a%d@b.example" % n for n in range(5100)) + b"\r\n\r\nx\r\n"))
