/**
 * The preload's half of the stand-in: what `electron` is to it, in an isolated world of the page. Calls to the main process leave through a
 * binding of the debugging protocol. Its source is evaluated in that world; it refers to nothing but its arguments and the page.
 */
export function createPreloadWorld(encodeWire: (value: unknown) => string, decodeWire: (text: string) => unknown): object {
  type Api = Readonly<Record<string, unknown>>;
  const world = globalThis as unknown as {
    pushbackInvoke(payload: string): void;
    pushbackReply(id: number, text: string): void;
    pushbackNews(channel: string, text: string): void;
  };
  const exposed = new Map<string, Api>();
  const returned = new Map<number, () => void>();
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<string, Set<(...args: unknown[]) => void>>();
  let last = 0;
  const say = (type: string, detail: unknown) => document.dispatchEvent(new CustomEvent(type, { detail: encodeWire(detail) }));

  function tell(name: string, api: Api): void {
    const shape = Object.fromEntries(
      Object.entries(api).map(([key, part]) => [key, typeof part === "function" ? "function" : { value: part }]),
    );
    say("pushback:expose", { name, shape });
  }
  document.addEventListener("pushback:page-world", () => {
    for (const [name, api] of exposed) tell(name, api);
  });
  document.addEventListener("pushback:call", (event) => {
    const call = decodeWire((event as CustomEvent<string>).detail) as { id: number; name: string; key: string; args: unknown[] };
    if (call.key.endsWith("()")) {
      returned.get(call.args[0] as number)?.();
      return;
    }
    const args = call.args.map((argument) => {
      const id = (argument as { callback?: number } | null)?.callback;
      return id === undefined ? argument : (...values: unknown[]) => say("pushback:callback", { id, args: values });
    });
    const api = exposed.get(call.name) as Record<string, (...args: unknown[]) => unknown>;
    const result = api[call.key](...args);
    if (result instanceof Promise) {
      result.then(
        (value) => say("pushback:settled", { id: call.id, value }),
        (error: Error) => say("pushback:settled", { id: call.id, error: error.message }),
      );
      say("pushback:answer", { kind: "promise" });
    } else if (typeof result === "function") {
      returned.set(call.id, result as () => void);
      say("pushback:answer", { kind: "function" });
    } else say("pushback:answer", { kind: "value", value: result });
  });
  world.pushbackReply = (id, text) => {
    const { value, error } = decodeWire(text) as { value?: unknown; error?: string };
    if (error === undefined) pending.get(id)?.resolve(value ?? null);
    else pending.get(id)?.reject(new Error(error));
    pending.delete(id);
  };
  world.pushbackNews = (channel, text) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...(decodeWire(text) as unknown[]));
  };

  return {
    contextBridge: {
      exposeInMainWorld(name: string, api: Api) {
        exposed.set(name, api);
        tell(name, api);
      },
    },
    ipcRenderer: {
      invoke(channel: string, ...args: unknown[]) {
        const id = ++last;
        return new Promise((resolve, reject) => {
          pending.set(id, { resolve, reject });
          world.pushbackInvoke(encodeWire({ id, channel, args }));
        });
      },
      on(channel: string, listener: (...args: unknown[]) => void) {
        const all = listeners.get(channel) ?? new Set();
        listeners.set(channel, all.add(listener));
      },
      removeListener(channel: string, listener: (...args: unknown[]) => void) {
        listeners.get(channel)?.delete(listener);
      },
    },
    // Only a real Electron knows the paths of dropped files.
    webUtils: { getPathForFile: () => "" },
  };
}
