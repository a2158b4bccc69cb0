/** A `Storage` for tests of code that runs in a page. */

export function createStorage(mostCharacters = Number.POSITIVE_INFINITY): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
    setItem: (key, value) => {
      const others = [...items].filter(([other]) => other !== key);
      if (others.reduce((sum, [, text]) => sum + text.length, value.length) > mostCharacters)
        throw new DOMException("full", "QuotaExceededError");
      items.set(key, value);
    },
  };
}
