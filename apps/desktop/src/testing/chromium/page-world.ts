/**
 * The page's half of the stand-in for `contextBridge`: objects whose functions reach the preload's world through events of the document.
 * Its source is evaluated in the page; it refers to nothing but its arguments and the page.
 */
export function installPageWorld(encodeWire: (value: unknown) => string, decodeWire: (text: string) => unknown): void {
  type Shape = { readonly [key: string]: "function" | { readonly value: unknown } };
  const callbacks = new Map<number, (...args: unknown[]) => void>();
  const promises = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;

  document.addEventListener("pushback:expose", (event) => {
    const { name, shape } = decodeWire((event as CustomEvent<string>).detail) as { name: string; shape: Shape };
    if (name in window) return;
    const exposed: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(shape)) {
      exposed[key] = part === "function" ? (...args: unknown[]) => callPreload(name, key, args) : part.value;
    }
    Object.defineProperty(window, name, { value: Object.freeze(exposed) });
  });
  document.addEventListener("pushback:callback", (event) => {
    const { id, args } = decodeWire((event as CustomEvent<string>).detail) as { id: number; args: unknown[] };
    callbacks.get(id)?.(...args);
  });
  document.addEventListener("pushback:settled", (event) => {
    const { id, value, error } = decodeWire((event as CustomEvent<string>).detail) as { id: number; value?: unknown; error?: string };
    const promise = promises.get(id);
    promises.delete(id);
    if (error === undefined) promise?.resolve(value);
    else promise?.reject(new Error(error));
  });

  /** Synchronous, as the real one: the answer comes while the event is being dispatched. */
  function callPreload(name: string, key: string, args: readonly unknown[]): unknown {
    const id = ++last;
    const sent = args.map((argument) => {
      if (typeof argument !== "function") return argument instanceof File ? { file: argument.name } : argument;
      callbacks.set(++last, argument as (...args: unknown[]) => void);
      return { callback: last };
    });
    let answer: { kind: string; value?: unknown } = { kind: "nothing" };
    const listen = (event: Event) => {
      answer = decodeWire((event as CustomEvent<string>).detail) as typeof answer;
    };
    document.addEventListener("pushback:answer", listen, { once: true });
    document.dispatchEvent(new CustomEvent("pushback:call", { detail: encodeWire({ id, name, key, args: sent }) }));
    document.removeEventListener("pushback:answer", listen);
    if (answer.kind === "promise") return new Promise((resolve, reject) => promises.set(id, { resolve, reject }));
    if (answer.kind === "function") return () => callPreload(name, `${key}()`, [id]);
    return answer.value;
  }

  document.dispatchEvent(new CustomEvent("pushback:page-world"));
}
