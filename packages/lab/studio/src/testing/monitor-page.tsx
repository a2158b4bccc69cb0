/** The monitor by itself: `?capture=ADDRESS` opens a file, `?frames=N` makes as many, `?gate=ADDRESS` holds their readers near the end, `?theme=dark`, `?late=MS` for completions that come late. For looking at it, and for measuring. */

import * as Comlink from "comlink";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Monitor } from "../monitor/index.ts";
import "../design/tokens.css";
import "../design/controls.css";
import type { MonitorWorker } from "./monitor-worker.ts";

const options = new URLSearchParams(location.search);
document.documentElement.dataset["theme"] = options.get("theme") ?? "light";
const worker = Comlink.wrap<MonitorWorker>(new Worker(new URL("./monitor-worker.ts", import.meta.url), { type: "module" }));
const remote = await worker.analyzer();
/** Completions that are asked for and not yet answered: a test can wait for 0. */
let waiting = 0;
function changeWaiting(by: number): void {
  waiting += by;
  document.documentElement.dataset["completionsWaiting"] = String(waiting);
}
const lateMs = Number(options.get("late") ?? 0);
const analyzer = new Proxy(remote, {
  get(target, key) {
    const value: unknown = Reflect.get(target, key);
    if (key !== "complete" || lateMs === 0) return value;
    return async (text: string, cursor: number) => {
      changeWaiting(1);
      await new Promise((resolve) => setTimeout(resolve, lateMs));
      // The response reaches the page before it counts as answered.
      const completion = await target.complete(text, cursor);
      setTimeout(() => changeWaiting(-1));
      return completion;
    };
  },
});

async function load(): Promise<number> {
  const capture = options.get("capture");
  if (capture === null) return worker.generate(Number(options.get("frames") ?? 1000), options.get("gate"));
  const file = new Uint8Array(await (await fetch(capture)).arrayBuffer());
  const result = await remote.openCapture(capture.split("/").at(-1) ?? capture, Comlink.transfer(file, [file.buffer]));
  return result.ok ? result.state.frames : 0;
}

function Page() {
  const [selected, setSelected] = useState<number | null>(null);
  const [frames, setFrames] = useState(0);
  useEffect(() => void load().then(setFrames), []);
  return (
    <Monitor
      analyzer={analyzer}
      selectedFrame={selected}
      onSelectFrame={setSelected}
      frameCount={frames}
      answerFirst={options.get("answer") !== null}
    />
  );
}

createRoot(document.getElementById("studio") as HTMLElement).render(<Page />);
