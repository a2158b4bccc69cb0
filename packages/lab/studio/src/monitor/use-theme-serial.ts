import { useEffect, useState } from "react";

/** A number that changes with the theme: what is drawn on a canvas is drawn again in its colours. */
export function useThemeSerial(): number {
  const [serial, setSerial] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setSerial((n) => n + 1));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class", "style"] });
    return () => observer.disconnect();
  }, []);
  return serial;
}
