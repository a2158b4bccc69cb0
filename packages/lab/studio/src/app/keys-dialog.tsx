/** The keys: those of one character can be switched off, changed and brought back (WCAG 2.1.4). */

import { type KeyboardEvent, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import { characterOf } from "../controls/pressed-key.ts";
import { prefer, usePreferences } from "../state/preferences.ts";
import { conflictOf, keyName, keyNow, SINGLE_KEYS, type SingleKey } from "../state/single-keys.ts";
import { KEY_LIST } from "./key-list.ts";
import "./keys-dialog.css";

/** Keys that only modify another key: they can't be chosen. */
const MODIFIERS = /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead)$/;

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const { singleKeys, keys } = usePreferences();
  /** The command that waits for a key. */
  const [waiting, setWaiting] = useState<SingleKey | null>(null);
  const [message, setMessage] = useState("");

  const choose = (command: SingleKey, key: string): void => {
    const { [command.key]: _, ...others } = keys;
    prefer({ keys: key === command.key ? others : { ...others, [command.key]: key } });
    setWaiting(null);
    setMessage(key === "" ? `“${command.what}” has no key now.` : `${keyName(key)} is the key of “${command.what}” now.`);
  };
  const onKeyDown = (event: KeyboardEvent, command: SingleKey): void => {
    if (waiting !== command || MODIFIERS.test(event.key) || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      setWaiting(null);
      setMessage("");
      return;
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      choose(command, "");
      return;
    }
    const key = event.ctrlKey || event.altKey || event.metaKey ? "" : characterOf(event);
    const conflict = conflictOf(command, key, keys);
    if (conflict === null) choose(command, key);
    else setMessage(conflict);
  };
  const wait = (command: SingleKey): void => {
    setWaiting(command);
    setMessage(`Press the new key of “${command.what}”; Delete for none, Escape to keep ${keyName(keyNow(command, keys))}.`);
  };
  return (
    <Modal title="Keys" onClose={onClose}>
      <div className="keys-body">
        <div className="keys-bar">
          <label className="keys-choice">
            <input
              type="checkbox"
              data-first-focus
              checked={singleKeys}
              onChange={(event) => prefer({ singleKeys: event.target.checked })}
            />
            Keys without Ctrl or Alt are shortcuts
          </label>
          <button
            type="button"
            className="button small"
            onClick={() => {
              prefer({ keys: {} });
              setMessage("All keys are as at first.");
            }}
          >
            As at first
          </button>
        </div>
        <p role="status" className="keys-message">
          {message}
        </p>
        <table className="keys">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">What it does</th>
            </tr>
          </thead>
          <tbody>
            {SINGLE_KEYS.map((command) => (
              <tr key={command.key} className={singleKeys ? "" : "is-off"}>
                <th scope="row">
                  <button
                    type="button"
                    className="button small keys-key"
                    aria-label={`${keyName(keyNow(command, keys))}: change the key of “${command.what}”`}
                    aria-pressed={waiting === command}
                    onClick={() => wait(command)}
                    onKeyDown={(event) => onKeyDown(event, command)}
                    onBlur={() => waiting === command && setWaiting(null)}
                  >
                    {waiting === command ? "…" : keyName(keyNow(command, keys))}
                  </button>
                </th>
                <td>
                  {command.what}
                  {!singleKeys && " (off)"}
                </td>
              </tr>
            ))}
            {KEY_LIST.map(({ keys: names, what }) => (
              <tr key={names}>
                <th scope="row">{names}</th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  );
}
