/** Which interface to capture on, and which frames. */

import { type FormEvent, useEffect, useId, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import { type LiveAttach, MOST_FILTER_CHARACTERS } from "../host/studio-host.ts";
import { startLive } from "../state/live-control.ts";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function LiveDialog({ attach, onClose }: { readonly attach: LiveAttach; readonly onClose: () => void }) {
  const id = useId();
  const [names, setNames] = useState<readonly string[] | null>(null);
  const [chosen, setChosen] = useState("");
  const [filter, setFilter] = useState("");
  const [starting, setStarting] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    attach.interfaces().then(
      (found) => {
        if (!current) return;
        setNames(found);
        setChosen(found[0] ?? "");
      },
      (error: unknown) => current && setFailure(textOf(error)),
    );
    return () => {
      current = false;
    };
  }, [attach]);

  const start = async (event: FormEvent) => {
    event.preventDefault();
    setStarting(true);
    setFailure(null);
    try {
      await startLive(attach, chosen, filter.trim());
      onClose();
    } catch (error) {
      setFailure(textOf(error));
      setStarting(false);
    }
  };
  return (
    <Modal title="Capture on an interface" onClose={onClose}>
      <form className="live-choice" onSubmit={(event) => void start(event)}>
        <label htmlFor={`${id}interface`}>Interface</label>
        <select
          id={`${id}interface`}
          className="field"
          data-first-focus
          value={chosen}
          disabled={starting || !names || names.length === 0}
          onChange={(event) => setChosen(event.target.value)}
        >
          {names?.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <label htmlFor={`${id}filter`}>Capture filter</label>
        <input
          id={`${id}filter`}
          className="field mono"
          value={filter}
          maxLength={MOST_FILTER_CHARACTERS}
          placeholder="udp or icmp"
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}hint`}
          disabled={starting}
          onChange={(event) => setFilter(event.target.value)}
        />
        <p id={`${id}hint`} className="live-hint">
          In the language of tcpdump, not that of the display filter. Empty takes every frame.
        </p>
        <button type="submit" className="button primary" disabled={starting || chosen === ""}>
          {starting ? "Starting…" : "Start capturing"}
        </button>
      </form>
      {names?.length === 0 && <p className="panel-hint">No interface may be captured on by this user.</p>}
      <p role="status" className="live-failure">
        {failure}
      </p>
    </Modal>
  );
}
