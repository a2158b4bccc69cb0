/** A frame's bytes, and next to them the bytes that were reassembled from it and earlier frames, if there are any. */

import { useEffect, useState } from "react";
import { type ByteSection, byteSections, sectionOf } from "./byte-sections.ts";
import { HexView } from "./hex-view.tsx";
import { Tabs } from "./tabs.tsx";

interface FrameBytesViewProps {
  readonly bytes: Uint8Array;
  readonly joined: readonly { readonly from: number; readonly bytes: Uint8Array }[];
  /** The lit bytes, by the offsets that fields have. */
  readonly at: number;
  readonly len: number;
  readonly onByte: (byte: number) => void;
}

export function FrameBytesView({ bytes, joined, at, len, onByte }: FrameBytesViewProps) {
  const sections = byteSections(bytes, joined);
  const [chosen, setChosen] = useState(0);
  const lit = len > 0 ? sectionOf(sections, at) : -1;
  // A field leads to where its bytes are; the tabs are there to look elsewhere.
  useEffect(() => {
    if (lit >= 0) setChosen(lit);
  }, [lit, at]);
  const shown = Math.min(chosen, sections.length - 1);
  const section: ByteSection = sections[shown];
  const view = (
    <HexView
      key={shown}
      label={shown === 0 ? "Bytes of the frame" : "Bytes put together with earlier frames"}
      bytes={section.bytes}
      at={at - section.from}
      len={lit === shown ? len : 0}
      onByte={(byte) => onByte(section.from + byte)}
    />
  );
  if (sections.length === 1) return view;
  return (
    <Tabs
      label="Bytes"
      tabs={sections.map(({ title }, i) => ({ id: String(i), title }))}
      selected={String(shown)}
      onSelect={(id) => setChosen(Number(id))}
    >
      {view}
    </Tabs>
  );
}
