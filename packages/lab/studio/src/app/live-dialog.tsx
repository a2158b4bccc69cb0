/** Which interface to capture on. */

import { useEffect, useId, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import type { LiveAttach } from "../host/studio-host.ts";
import { startLive } from "../state/live-control.ts";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function LiveDialog({ attach, onClose }: { readonly attach: LiveAttach; readonly onClose: () => void }) {
  const id = useId();
  const [names, setNames] = useState<readonly string[] | null>(null);
  const [chosen, setChosen] = useState("");
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

  const start = async () => {
    setStarting(true);
    setFailure(null);
    try {
      await startLive(attach, chosen);
      onClose();
    } catch (error) {
      setFailure(textOf(error));
      setStarting(false);
    }
  };
  return (
    <Modal title="Capture on an interface" onClose={onClose}>
      <div className="live-choice">
        <label htmlFor={id}>Interface</label>
        <select
          id={id}
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
        <button type="button" className="button primary" disabled={starting || chosen === ""} onClick={() => void start()}>
          {starting ? "Starting…" : "Start capturing"}
        </button>
      </div>
      {names?.length === 0 && <p className="panel-hint">No interface may be captured on by this user.</p>}
      <p role="status" className="live-failure">
        {failure}
      </p>
    </Modal>
  );
}
