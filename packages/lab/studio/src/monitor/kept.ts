/** User settings that persist in the browser's storage, if it is available. */

import { useCallback, useState } from "react";

const PREFIX = "pushback.monitor.";

function read(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const asItIs = (value: unknown): unknown => value;

/** A state that outlives the page; `restore` makes a whole value of whatever was kept, and `stored` is what is kept of a value. */
export function useKept<T>(name: string, restore: (kept: unknown) => T, stored: (value: T) => unknown = asItIs): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => restore(read(name)));
  const set = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify(stored(next)));
      } catch {
        // Without storage it lasts as long as the page.
      }
    },
    [name, stored],
  );
  return [value, set];
}
