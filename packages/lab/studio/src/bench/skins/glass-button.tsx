/** A push button on a machine's glass, for the mouse. */

import type { ReactNode } from "react";

export function GlassButton({ onPress, children }: { readonly onPress: () => void; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <b className="glass-button" onClick={onPress}>
      {children}
    </b>
  );
}
