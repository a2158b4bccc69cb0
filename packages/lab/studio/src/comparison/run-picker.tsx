/** Chooses a second run to compare with: this run with other settings, another scenario, a file, or a run that was kept. */

import { useEffect, useMemo, useRef, useState } from "react";
import { create } from "zustand";
import { type StudioHost, scenarioOfFile, textOf } from "../host/studio-host.ts";
import { elapsedText } from "../lab/clock-text.ts";
import type { GalleryEntry, LabInfo, RunChange } from "../lab/lab-types.ts";
import { forgetRun, type KeptRun, keepThisRun, useKeptRuns } from "../state/kept-runs.ts";
import { useStudio } from "../state/studio-store.ts";
import { labRemote } from "../worker/client.ts";

const MINUTE_US = 60_000_000;

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly change: RunChange | null;
}

const NOTHING: Choice = { id: "none", title: "nothing", change: null };

interface Others {
  readonly chosen: Choice;
  readonly files: readonly Choice[];
}

/** The chosen run and the files that were opened for comparison; they last as long as the page. */
const useOthers = create<Others>()(() => ({ chosen: NOTHING, files: [] }));

/** How the chosen run differs from this one; `null` if none is chosen. */
export const useBeside = (): RunChange | null => useOthers(({ chosen }) => chosen.change);

const OPEN_FILE = "open-file";

function keptTitle({ title, atUs, run: { actions } }: KeptRun): string {
  const by = actions.length === 0 ? "" : `, ${actions.length} ${actions.length === 1 ? "thing" : "things"} done by hand`;
  return `${title}, kept at ${elapsedText(atUs)}${by}`;
}

const choiceId = ({ id }: KeptRun): string => `kept-${id}`;

interface RunPickerProps {
  readonly info: LabInfo;
  readonly host: StudioHost;
}

export function RunPicker({ info, host }: RunPickerProps) {
  const [variants, setVariants] = useState<readonly (readonly string[])[]>([]);
  const [gallery, setGallery] = useState<readonly GalleryEntry[]>([]);
  const { files, chosen } = useOthers();
  const kept = useKeptRuns(({ runs }) => runs);
  useEffect(() => {
    void labRemote().then(async (lab) => {
      setVariants((await lab.variants()).map((p) => p.variants.map((v) => v.id)));
      setGallery(await lab.gallery());
    });
  }, []);

  const { seed, scenario, play } = info.settings;
  const groups = useMemo<readonly { readonly title: string; readonly choices: readonly Choice[] }[]>(
    () => [
      {
        title: "This run, changed",
        choices: [
          { id: "seed", title: "the same with another seed", change: { seed: `${seed}-b` } },
          { id: "variants", title: "each platform’s second variant", change: { variants: variants.map((ids) => ids[1] ?? ids[0]) } },
          { id: "last-variants", title: "each platform’s last variant", change: { variants: variants.map((ids) => ids.at(-1) ?? ids[0]) } },
          { id: "keepalive-5m", title: "KeepAliveTime 5 minutes", change: { keepAliveUs: 5 * MINUTE_US } },
          { id: "keepalive-30m", title: "KeepAliveTime 30 minutes", change: { keepAliveUs: 30 * MINUTE_US } },
          { id: "interval-5m", title: "a datagram every 5 minutes", change: { intervalUs: 5 * MINUTE_US } },
        ],
      },
      {
        title: "Runs that were kept",
        choices: kept.map((one) => ({ id: choiceId(one), title: keptTitle(one), change: { kept: one.run } })),
      },
      {
        title: "Another scenario",
        choices: [
          ...files,
          ...gallery
            .filter(({ id, isCompared }) => isCompared && (id !== scenario || play === "free"))
            .map(({ id, title }) => ({ id: `scenario-${id}`, title, change: { scenario: id } })),
        ],
      },
    ],
    [seed, scenario, play, variants, kept, files, gallery],
  );
  const choose = (choice: Choice): void => useOthers.setState({ chosen: choice });
  const openFile = async (): Promise<void> => {
    try {
      const file = await host.openFile();
      if (!file) return;
      const name = scenarioOfFile(file.name) ?? file.name;
      const change = { scenario: name, text: await textOf(file) };
      const choice = { id: `file-${name}`, title: file.name, change };
      useOthers.setState(({ files: before }) => ({ files: [...before.filter(({ id }) => id !== choice.id), choice] }));
      choose(choice);
    } catch (error) {
      useStudio.getState().set({ notice: { text: error instanceof Error ? error.message : String(error), kind: "error" } });
    }
  };
  const keep = (): void => {
    const run = keepThisRun();
    if (run === null) return;
    useStudio.getState().set({ notice: { text: `Kept: ${keptTitle(run)}. Choose it under “Beside” of any other run.`, kind: "info" } });
  };
  const field = useRef<HTMLSelectElement>(null);
  const chosenRun = kept.find((one) => choiceId(one) === chosen.id);
  const forget = (run: KeptRun): void => {
    const keepAgain = forgetRun(run);
    choose(NOTHING);
    // The button goes with the choice, and takes no focus with it.
    field.current?.focus();
    const undo = (): void => {
      keepAgain();
      // Another choice that was made meanwhile stays.
      if (useOthers.getState().chosen === NOTHING) choose(chosen);
    };
    useStudio.getState().set({ notice: { text: `Forgotten: ${keptTitle(run)}.`, kind: "info", action: { label: "Keep it", run: undo } } });
  };
  return (
    <>
      <label className="run-picker">
        <span>Beside</span>
        <select
          ref={field}
          className="field"
          value={chosen.id}
          onChange={(event) => {
            const { value } = event.target;
            if (value === OPEN_FILE) void openFile();
            else choose(groups.flatMap(({ choices }) => choices).find((c) => c.id === value) ?? NOTHING);
          }}
        >
          <option value={NOTHING.id}>{NOTHING.title}</option>
          {groups
            .filter(({ choices }) => choices.length > 0)
            .map(({ title, choices }) => (
              <optgroup key={title} label={title}>
                {choices.map((choice) => (
                  <option key={choice.id} value={choice.id}>
                    {choice.title}
                  </option>
                ))}
              </optgroup>
            ))}
          <option value={OPEN_FILE}>a scenario file…</option>
        </select>
      </label>
      <button type="button" className="button small" title="To stand beside another run later" onClick={keep}>
        Keep this run
      </button>
      {chosenRun && (
        <button type="button" className="button small" title={keptTitle(chosenRun)} onClick={() => forget(chosenRun)}>
          Forget the kept run
        </button>
      )}
    </>
  );
}
