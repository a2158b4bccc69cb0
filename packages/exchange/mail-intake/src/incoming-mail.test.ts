import * as mapi from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { textOfHtml } from "./html-text.ts";
import { parseMail } from "./incoming-mail.ts";

async function parse(lines: string | Uint8Array) {
  const mail = await parseMail(typeof lines === "string" ? Buffer.from(lines) : lines);
  if (!mail?.message.content) throw new Error("not parsed");
  return { ...mail, ...mail.message, ...mail.message.content };
}

const multipart = [
  "From: =?utf-8?Q?Gr=C3=A4ce?= <grace@example.org>",
  "Sender: list@example.org",
  "Reply-To: Desk <desk@example.org>",
  "To: Ada <ada@lab>, Team: bob@lab, eve@lab;",
  "Cc: =?iso-8859-1?Q?J=FCrgen?= <j@lab>",
  "Subject: =?shift_jis?B?k/qWew==?=",
  "Message-ID: <1@x>",
  "References: <0@x>",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  'Content-Type: multipart/alternative; boundary="a"',
  "",
  "--a",
  "Content-Type: text/plain; charset=iso-8859-1",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Gr=FC=DFe",
  "--a",
  "Content-Type: text/html; charset=utf-8",
  "",
  "<p>Grüße</p>",
  "--a--",
  "--b",
  'Content-Type: application/ms-tnef; name="winmail.dat"',
  "Content-Transfer-Encoding: base64",
  "",
  "eJ8+IgAB/w==",
  "--b",
  "Content-Type: message/rfc822",
  "",
  "Subject: inner",
  "",
  "inner text",
  "--b--",
  "",
].join("\r\n");

describe("a message from outside", () => {
  it("keeps recipients, addresses, both bodies, attachments, an embedded message and the header", async () => {
    const mail = await parse(multipart);
    expect(mail.subject).toBe("日本");
    expect([mail.from, mail.body.trim()]).toEqual(["Gräce", "Grüße"]);
    expect(mail.recipients).toEqual([
      { type: 1, addressType: "SMTP", address: "ada@lab", displayName: "Ada" },
      { type: 1, addressType: "SMTP", address: "bob@lab", displayName: "bob@lab" },
      { type: 1, addressType: "SMTP", address: "eve@lab", displayName: "eve@lab" },
      { type: 2, addressType: "SMTP", address: "j@lab", displayName: "Jürgen" },
    ]);
    const { properties, attachments } = mail;
    expect(properties.get(mapi.PR_SENDER_EMAIL_ADDRESS)).toBe("list@example.org");
    expect(properties.get(mapi.PR_SENT_REPRESENTING_EMAIL_ADDRESS)).toBe("grace@example.org");
    expect(properties.get(mapi.PR_REPLY_RECIPIENT_NAMES)).toBe("Desk");
    expect(new TextDecoder().decode(properties.get(mapi.PR_HTML) as Uint8Array)).toContain("<p>Grüße</p>");
    expect(properties.get(mapi.PR_TRANSPORT_MESSAGE_HEADERS)).toContain("Subject: =?shift_jis?B?k/qWew==?=\r\n");
    expect(properties.get(mapi.PR_INTERNET_REFERENCES)).toBe("<0@x>");
    const files = [...attachments.values()];
    expect(files.map((file) => file.get(mapi.PR_ATTACH_LONG_FILENAME))).toEqual(["winmail.dat", "message.eml"]);
    expect(Buffer.from(files[0].get(mapi.PR_ATTACH_DATA_BIN) as Uint8Array).toString("hex")).toBe("789f3e220001ff");
    expect(Buffer.from(files[1].get(mapi.PR_ATTACH_DATA_BIN) as Uint8Array).toString()).toContain("inner text");
  });

  it.each([
    ["no header", "Just text\r\nand more\r\n", "", "Just text\r\nand more\r\n"],
    ["no header, a blank line in it", "First\n\nSecond\n", "", "First\r\n\r\nSecond\r\n"],
    ["no blank line after its header", "Subject: Hi\r\nText at once\r\n", "Hi", "Text at once\r\n"],
    ["an mbox line first", "From ada Thu Jan  1 00:00:00 1970\nSubject: Hi\n\nText\n", "Hi", "Text\r\n"],
    ["a header alone", "Subject: Hi\r\n", "Hi", ""],
  ])("with %s keeps its text", async (_what, text, subject, body) => {
    expect(await parse(text)).toMatchObject({ subject, body });
  });

  it("reads 8-bit text without a charset as UTF-8 if it is valid, in the header too", async () => {
    expect(await parse("Subject: Größe\r\n\r\nGrüße\r\n")).toMatchObject({ subject: "Größe", body: "Grüße\r\n" });
    expect(await parse(Buffer.from("Subject: Gr\xf6\xdfe\r\n\r\nGr\xfc\xdfe\r\n", "latin1"))).toMatchObject({
      subject: "Größe",
      body: "Grüße\r\n",
    });
  });

  it("keeps a body of 5 Mi characters whole, and NUL out of every text", async () => {
    const { body } = await parse(`Subject: long\r\n\r\n${"x".repeat(5 << 20)}\r\n`);
    expect(body).toBe(`${"x".repeat(5 << 20)}\r\n`);
    expect(await parse("Subject: a\0b\r\n\r\nc\0d")).toMatchObject({ subject: "a b", body: "cd\r\n" });
  });

  it("has another digest wherever it differs", async () => {
    const id = `Message-ID: <${"x".repeat(200)}`;
    const [a, b] = [await parse(`${id}1@x>\r\n\r\n`), await parse(`${id}2@x>\r\n\r\n`)];
    expect(a.digest).not.toBe(b.digest);
  });

  it("is refused when it can't be kept whole", async () => {
    const to = Array.from({ length: 5001 }, (_, i) => `a${i}@x`).join(",\r\n ");
    expect(await parseMail(Buffer.from(`To: ${to}\r\n\r\n`))).toBeNull();
  });
});

describe("text of HTML", () => {
  it.each([
    ["<p>a<br>b</p><p>c &amp; d&nbsp;e</p>", "a\nb\nc & d e\n"],
    ["<head><title>t</title><style>x{}</style></head><body>a\n  <b>b</b><script>c()</script> d", "a b d"],
    ["<pre>a\n  b</pre>", "a\n  b\n"],
    ["1 < 2 <<<", "1 < 2 <<<"],
  ])("of %s", (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });
});
