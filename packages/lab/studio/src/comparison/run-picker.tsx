/** Which other run stands beside this one. */

import { useEffect, useMemo, useState } from "react";
import type { LabInfo, RunChange } from "../lab/lab-types.ts";
import { labRemote } from "../worker/client.ts";

const MINUTE_US = 60_000_000;

export function RunPicker({ info, onChange }: { readonly info: LabInfo; readonly onChange: (change: RunChange | null) => void }) {
  const [variants, setVariants] = useState<readonly (readonly string[])[]>([]);
  const [chosen, setChosen] = useState("none");
  useEffect(() => {
    void labRemote()
      .then((lab) => lab.variants())
      .then((platforms) => setVariants(platforms.map((p) => p.variants.map((v) => v.id))));
  }, []);

  const choices = useMemo<readonly { readonly id: string; readonly title: string; readonly change: RunChange | null }[]>(
    () => [
      { id: "none", title: "nothing", change: null },
      { id: "seed", title: "the same with another seed", change: { seed: `${info.settings.seed}-b` } },
      { id: "variants", title: "each platform’s second variant", change: { variants: variants.map((ids) => ids[1] ?? ids[0]) } },
      { id: "last-variants", title: "each platform’s last variant", change: { variants: variants.map((ids) => ids.at(-1) ?? ids[0]) } },
      { id: "keepalive-5m", title: "KeepAliveTime 5 minutes", change: { keepAliveUs: 5 * MINUTE_US } },
      { id: "keepalive-30m", title: "KeepAliveTime 30 minutes", change: { keepAliveUs: 30 * MINUTE_US } },
      { id: "interval-5m", title: "a datagram every 5 minutes", change: { intervalUs: 5 * MINUTE_US } },
    ],
    [info.settings.seed, variants],
  );
  return (
    <label className="run-picker">
      <span>Beside</span>
      <select
        className="field"
        value={chosen}
        onChange={(event) => {
          setChosen(event.target.value);
          onChange(choices.find((c) => c.id === event.target.value)?.change ?? null);
        }}
      >
        {choices.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
