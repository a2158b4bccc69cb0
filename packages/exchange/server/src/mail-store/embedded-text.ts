/** A message inside an attachment, as bytes under a tag that no client can set: JSON in UTF-8. */

import type { MessageContent, MessageHeader, MessageParts, Recipient } from "./message-content.ts";
import { propertiesOfText, textOfProperties } from "./property-text.ts";

interface EmbeddedText {
  readonly header: Omit<MessageHeader, "mid">;
  readonly body: string;
  readonly content: {
    readonly unsent: boolean;
    readonly recipients: readonly (Omit<Recipient, "properties"> & { readonly properties?: string })[];
    readonly properties: string;
    readonly attachments: readonly (readonly [number: number, properties: string])[];
  } | null;
}

export function bytesOfEmbedded(header: MessageHeader, { body, content }: MessageParts): Uint8Array {
  const { mid: _, ...rest } = header;
  const text: EmbeddedText = {
    header: rest,
    body,
    content: content && {
      unsent: content.unsent,
      recipients: content.recipients.map(({ properties, ...recipient }) => ({
        ...recipient,
        ...(properties && { properties: textOfProperties(properties) }),
      })),
      properties: textOfProperties(content.properties),
      attachments: [...content.attachments].map(([number, properties]) => [number, textOfProperties(properties)] as const),
    },
  };
  return new TextEncoder().encode(JSON.stringify(text));
}

/** Where an attachment keeps its message. No ROP reads or writes values of type 0001, so what is here was written by `bytesOfEmbedded`. */
export const EMBEDDED_MESSAGE = 0x37010001;

/** Parses the stored form of an embedded message; `null` if the bytes do not parse. */
export function embeddedOfBytes(b: Uint8Array): (MessageParts & { readonly header: Omit<MessageHeader, "mid"> }) | null {
  try {
    const { header, body, content } = JSON.parse(new TextDecoder().decode(b)) as EmbeddedText;
    if (typeof header.subject !== "string" || typeof body !== "string") return null;
    return { header, body, content: content && contentOf(content) };
  } catch {
    return null;
  }
}

function contentOf(content: NonNullable<EmbeddedText["content"]>): MessageContent {
  return {
    unsent: content.unsent === true,
    recipients: content.recipients.map(({ properties, ...recipient }) => ({
      ...recipient,
      ...(properties !== undefined && { properties: propertiesOfText(properties) }),
    })),
    properties: propertiesOfText(content.properties),
    attachments: new Map(content.attachments.map(([number, properties]) => [number, propertiesOfText(properties)])),
  };
}
