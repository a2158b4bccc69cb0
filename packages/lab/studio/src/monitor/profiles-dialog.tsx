/** The profiles, to be chosen, renamed, removed, added, and carried to another browser in a file. */

import { type FormEvent, useLayoutEffect, useRef, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import { MAX_FILE_BYTES, MAX_PROFILE_NAME, type Profile } from "./profiles.ts";
import type { ProfileWays } from "./use-profiles.ts";
import "./profiles-dialog.css";

interface ProfilesDialogProps {
  readonly profiles: ProfileWays;
  readonly onSaveFile: (name: string, bytes: Uint8Array) => void;
  readonly onClose: () => void;
}

const FILE_NAME = "monitor-profiles.json";

export function ProfilesDialog({ profiles, onSaveFile, onClose }: ProfilesDialogProps) {
  const { list, current } = profiles;
  const [notice, setNotice] = useState("");
  const [newName, setNewName] = useState("");
  const rows = useRef<HTMLUListElement>(null);
  const file = useRef<HTMLInputElement>(null);
  /** After a profile is removed the focus goes to the next one. */
  const focusNext = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    rows.current?.querySelector<HTMLElement>(`[data-profile="${focusNext.current}"]`)?.focus();
    focusNext.current = null;
  });
  const remove = ({ id, name }: Profile): void => {
    const at = list.findIndex((profile) => profile.id === id);
    const left = list.filter((profile) => profile.id !== id);
    focusNext.current = left[Math.min(at, left.length - 1)]?.id ?? null;
    profiles.remove(id);
    setNotice(`${name} is removed.${id === current.id ? ` ${left[0].name} is in use.` : ""}`);
  };
  const add = (event: FormEvent): void => {
    event.preventDefault();
    profiles.add(newName);
    setNewName("");
    setNotice("The present settings are a profile of their own now, which is in use.");
  };
  const read = async (chosen: File): Promise<void> => {
    if (chosen.size > MAX_FILE_BYTES) setNotice(`${chosen.name} is too large to hold profiles.`);
    else setNotice(profiles.imported(chosen.name, await chosen.text()));
  };
  return (
    <Modal title="Profiles" onClose={onClose}>
      <p className="panel-hint">
        A profile is the columns, the way of telling time, the colour rules and the layout. What you change belongs to the profile in use.
      </p>
      <ul className="profiles" ref={rows} aria-label="Profiles">
        {list.map((profile) => (
          <li key={profile.id} className="profile">
            <label className="profile-use">
              <input
                type="radio"
                name="monitor-profile"
                data-profile={profile.id}
                checked={profile.id === current.id}
                onChange={() => {
                  profiles.choose(profile.id);
                  setNotice(`${profile.name} is in use.`);
                }}
              />
              <span className="visually-hidden">Use {profile.name}</span>
            </label>
            <NameField profile={profile} onRename={(name) => profiles.rename(profile.id, name)} />
            <button
              type="button"
              className="button small"
              aria-label={`Remove ${profile.name}`}
              disabled={list.length === 1}
              onClick={() => remove(profile)}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <form className="profile-add" onSubmit={add}>
        <label>
          <span className="visually-hidden">Name of the new profile</span>
          <input
            className="field"
            placeholder="Name of a new profile"
            maxLength={MAX_PROFILE_NAME}
            value={newName}
            onChange={(event) => setNewName(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={profiles.isFull}>
          Save settings as a profile
        </button>
      </form>
      <p className="profile-notice" role="status">
        {notice}
      </p>
      <p className="modal-foot profile-foot">
        <button
          type="button"
          className="button"
          onClick={() => {
            profiles.reset();
            setNotice(`${current.name} is as the monitor was at first.`);
          }}
        >
          As at first
        </button>
        <button type="button" className="button" onClick={() => file.current?.click()}>
          Import…
        </button>
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          hidden
          aria-label="File of profiles"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = "";
            if (chosen) void read(chosen);
          }}
        />
        <button
          type="button"
          className="button"
          onClick={() => {
            onSaveFile(FILE_NAME, new TextEncoder().encode(profiles.exported()));
            setNotice(`Saved ${FILE_NAME}`);
          }}
        >
          Export
        </button>
      </p>
    </Modal>
  );
}

/**
 * The name takes effect when the field loses the focus or on Enter; while it is typed it may be empty, or equal to another profile's. Escape reverts
 * the edit and does not close the dialog.
 */
function NameField({ profile, onRename }: { readonly profile: Profile; readonly onRename: (name: string) => void }) {
  const [text, setText] = useState<string | null>(null);
  const take = (): void => {
    if (text !== null && text !== profile.name) onRename(text);
    setText(null);
  };
  return (
    <input
      className="field"
      aria-label={`Name of ${profile.name}`}
      maxLength={MAX_PROFILE_NAME}
      value={text ?? profile.name}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
        else if (event.key === "Escape" && text !== null) {
          // This Escape reverts the field and must not close the dialog.
          event.preventDefault();
          setText(null);
        }
      }}
    />
  );
}
