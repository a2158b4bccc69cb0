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

/** State that is kept in the browser's storage. `restore` makes a valid value of what was read there; `stored` returns what is written of a value. */
export function useKept<T>(name: string, restore: (kept: unknown) => T, stored: (value: T) => unknown = asItIs): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => restore(read(name)));
  const set = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify(stored(next)));
      } catch {
        // If the browser blocks storage, the value lasts as long as the page.
      }
    },
    [name, stored],
  );
  return [value, set];
}
