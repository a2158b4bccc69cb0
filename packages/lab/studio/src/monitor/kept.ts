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

/** A state that outlives the page; `restore` makes a whole value of whatever was kept. */
export function useKept<T>(name: string, restore: (kept: unknown) => T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => restore(read(name)));
  const set = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify(next));
      } catch {
        // Without storage it lasts as long as the page.
      }
    },
    [name],
  );
  return [value, set];
}
