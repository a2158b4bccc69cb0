/**
 * A PostalMime that also keeps what the original drops: the original line ends of attachments, text in character sets that TextDecoder lacks, and the
 * text of a multipart message without parts. It overrides three methods that PostalMime marks as internal; therefore its version is pinned, and
 * `mime-parser.test.ts` and the corpus fail if a later version no longer calls them.
 */

import PostalMime, { type Attachment, type PostalMimeOptions } from "postal-mime";
import { decodeMailText } from "./mail-charset.ts";

/** The part of a message, as far as it is used here. */
interface MimePart {
  readonly childNodes: readonly MimePart[];
  readonly contentType: { parsed: { value: string; params: Record<string, string | undefined> }; multipart: string | false };
  readonly contentTransferEncoding: { readonly encoding: string };
  content: ArrayBuffer | null;
}

interface Internals extends PostalMime {
  readonly root: MimePart;
  readonly attachments: Attachment[];
  collectNode(node: MimePart, alternative: MimePart | false, related: boolean): Promise<void>;
  isInlineTextNode(node: MimePart): boolean;
  collectAttachment(node: MimePart, content: ArrayBuffer, related: boolean, rfc822DepthExceeded: boolean): void;
}

const Base = PostalMime as unknown as new (options: PostalMimeOptions) => Internals;

const LF = 0x0a;
const CR = 0x0d;

function copyOf(b: Uint8Array): ArrayBuffer {
  return b.slice().buffer as ArrayBuffer;
}

/** Converts LF to CR LF, because PostalMime ends every line with LF and SMTP carries CR LF. */
function withCrLf(b: Uint8Array): Uint8Array {
  let breaks = 0;
  for (const octet of b) if (octet === LF) breaks++;
  const out = new Uint8Array(b.length + breaks);
  let len = 0;
  for (const octet of b) {
    if (octet === LF) out[len++] = CR;
    out[len++] = octet;
  }
  return out;
}

function isUtf8(b: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(b);
    return true;
  } catch {
    return false;
  }
}

/** Throws an UnknownCharset for text that can't be kept. */
export class MimeParser extends Base {
  override async collectNode(node: MimePart, alternative: MimePart | false, related: boolean): Promise<void> {
    const { contentType } = node;
    if (contentType.multipart && node.childNodes.length === 0) {
      // No boundary was found: the body is treated as text.
      contentType.parsed.value = "text/plain";
      contentType.multipart = false;
    }
    if (!contentType.multipart && node.content) {
      node.content = this.#restoreLineEnds(node, new Uint8Array(node.content));
    }
    await super.collectNode(node, alternative, related);
  }

  #restoreLineEnds(node: MimePart, content: Uint8Array): ArrayBuffer {
    const { encoding } = node.contentTransferEncoding;
    if (/base64/i.test(encoding)) return copyOf(content);
    // The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
    const end = node !== this.root && content.at(-1) === LF ? content.length - 1 : content.length;
    const whole = content.subarray(0, end);
    return copyOf(/quoted-printable/i.test(encoding) ? whole : withCrLf(whole));
  }

  /** PostalMime calls this before it decodes text. Text in a character set that it lacks is converted to UTF-8 here. */
  override isInlineTextNode(node: MimePart): boolean {
    if (!super.isInlineTextNode(node)) return false;
    const content = new Uint8Array(node.content ?? new ArrayBuffer(0));
    const { params } = node.contentType.parsed;
    const label = params["charset"];
    // 8-bit text without a character set is UTF-8 where it is valid UTF-8, else Windows-1252.
    if (label === undefined && !isUtf8(content)) params["charset"] = "windows-1252";
    const text = label === undefined ? null : decodeMailText(label, content);
    if (text !== null) {
      node.content = copyOf(new TextEncoder().encode(text));
      params["charset"] = "utf-8";
    }
    return true;
  }

  override collectAttachment(node: MimePart, content: ArrayBuffer, related: boolean, rfc822DepthExceeded: boolean): void {
    super.collectAttachment(node, content, related, rfc822DepthExceeded);
    // PostalMime rewrites calendar attachments, so the original bytes are put back.
    const added = this.attachments.at(-1);
    if (added) added.content = content;
  }
}
