/** Internet mail as a message of the information store: subject, sender's name, text. */

import type { MessageToDeliver } from "@pushback/server";
import PostalMime from "postal-mime";
import { MAX_BODY_CHARACTERS } from "./control-protocol.ts";

/** Bytes of a message as it comes in. */
export const MAX_MAIL_BYTES = 10 * 1024 * 1024;

export interface IncomingMail {
  readonly message: MessageToDeliver;
  /** The sender's own name for it; `null` where it has none. */
  readonly messageId: string | null;
}

/** Parts in one another, and headers: more are no mail. */
const LIMITS = { maxNestingDepth: 50, maxHeadersSize: 256 * 1024 };

const HEADER_LENGTH = 1000;

/** The text of a page without its marks: enough to read it by. */
function textOfHtml(html: string): string {
  const bare = html.replace(/<(script|style)[\s\S]*?<\/\1>/gi, "").replace(/<br\s*\/?>|<\/(p|div|tr|li|h\d)>/gi, "\n");
  return bare
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&amp;", "&");
}

/** Text on one line. */
function header(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, HEADER_LENGTH);
}

/** `null` for bytes that are no mail. Attachments are left out. */
export async function parseMail(bytes: Uint8Array): Promise<IncomingMail | null> {
  try {
    const mail = await PostalMime.parse(bytes, LIMITS);
    const body = (mail.text ?? textOfHtml(mail.html ?? "")).replaceAll("\0", "").slice(0, MAX_BODY_CHARACTERS);
    const from = mail.from?.name || mail.from?.address || "Unknown";
    const submitted = mail.date === undefined ? Number.NaN : Date.parse(mail.date);
    return {
      message: {
        subject: header(mail.subject ?? ""),
        body: body.replace(/\r?\n/g, "\r\n").replace(/(\r\n)+$/, "\r\n"),
        from: header(from),
        ...(Number.isFinite(submitted) && { submittedMs: submitted }),
      },
      messageId: mail.messageId ? mail.messageId.slice(0, 150) : null,
    };
  } catch {
    return null;
  }
}
