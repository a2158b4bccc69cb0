/** Which machines stand on the bench, and how their server is set: the run begins again with them. */

import { type FormEvent, useEffect, useId, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import { spanText } from "../lab/clock-text.ts";
import type { LabInfo } from "../lab/lab-types.ts";
import { ownSpeed } from "../state/lab-view.ts";
import { theLab } from "../state/the-lab.ts";
import { speedChoices, suggestSpeed } from "../state/tour.ts";
import { labRemote } from "../worker/client.ts";

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
/** The settings most often asked about. */
export const KEEP_ALIVES_US = [5, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE_US);
const INTERVALS_US = [10, 30, 60, 120, 300].map((seconds) => seconds * SECOND_US);

interface PlatformChoice {
  readonly platform: string;
  readonly title: string;
  readonly variants: readonly { readonly id: string; readonly title: string }[];
}

const NONE = "";

export function MachinesDialog({ info, onClose }: { readonly info: LabInfo; readonly onClose: () => void }) {
  const [platforms, setPlatforms] = useState<readonly PlatformChoice[]>([]);
  /** Chosen variant by platform; a platform without an entry is left out. */
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const [keepAliveUs, setKeepAliveUs] = useState(info.keepAliveUs);
  const [intervalUs, setIntervalUs] = useState(info.notificationIntervalUs);
  useEffect(() => {
    let current = true;
    void labRemote()
      .then((lab) => lab.variants())
      .then((found) => {
        if (!current) return;
        setPlatforms(found);
        const present = new Set(info.machines.filter((machine) => machine.role === "compared").map((machine) => machine.variant));
        setChosen(
          Object.fromEntries(found.map(({ platform, variants }) => [platform, variants.find((v) => present.has(v.id))?.id ?? NONE])),
        );
      });
    return () => {
      current = false;
    };
  }, [info]);

  const variants = Object.values(chosen).filter((id) => id !== NONE);
  const start = async (event: FormEvent) => {
    event.preventDefault();
    const { settings } = info;
    const since = speedChoices();
    if ((await theLab.open({ ...settings, variants, keepAliveUs, intervalUs })) !== "shown") return;
    suggestSpeed(ownSpeed(settings), since);
    if (settings.play !== "free") theLab.play();
    onClose();
  };
  return (
    <Modal title="Machines and settings" onClose={onClose}>
      <form className="machines-form" onSubmit={(event) => void start(event)}>
        {platforms.map(({ platform, title, variants: all }, i) => (
          <Field
            key={platform}
            label={title}
            first={i === 0}
            value={chosen[platform] ?? NONE}
            onChange={(id) => setChosen({ ...chosen, [platform]: id })}
          >
            {all.map((variant) => (
              <option key={variant.id} value={variant.id}>
                {variant.title}
              </option>
            ))}
            <option value={NONE}>None</option>
          </Field>
        ))}
        <Field label="The server’s KeepAliveTime" value={String(keepAliveUs)} onChange={(text) => setKeepAliveUs(Number(text))}>
          <TimeOptions values={KEEP_ALIVES_US} present={info.keepAliveUs} />
        </Field>
        <Field label="Notification interval" value={String(intervalUs)} onChange={(text) => setIntervalUs(Number(text))}>
          <TimeOptions values={INTERVALS_US} present={info.notificationIntervalUs} />
        </Field>
        <p className="machines-note">The run begins again, from the start, with what is chosen here.</p>
        <button type="submit" className="button primary" disabled={variants.length === 0}>
          Begin again
        </button>
      </form>
    </Modal>
  );
}

function Field(props: {
  readonly label: string;
  readonly first?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: React.ReactNode;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="field"
        {...(props.first && { "data-first-focus": true })}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      >
        {props.children}
      </select>
    </>
  );
}

/** Lengths of time to choose from: the usual ones, and the one that there is now. */
export function TimeOptions({ values, present }: { readonly values: readonly number[]; readonly present: number }) {
  const all = [...new Set([...values, present])].sort((a, b) => a - b);
  return all.map((us) => (
    <option key={us} value={us}>
      {spanText(us)}
    </option>
  ));
}
