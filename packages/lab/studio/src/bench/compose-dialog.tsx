/** The window in which a user of a machine writes a message, with the look of the machine's system and real fields. */

import { type FormEvent, useEffect, useId, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import type { LabMachine } from "../lab/lab-types.ts";
import type { MachineState } from "../lab/machine-state.ts";
import { theLab } from "../state/the-lab.ts";
import { addressBook } from "./address-book.ts";
import "./compose.css";
import { draftKey, keepDraft, keptDraft, lostCharacters, NO_DRAFT } from "./drafts.ts";
import { lookOf } from "./skins/looks.ts";
import type { DraftKind } from "./skins/screen-props.ts";

export const DRAFT_TITLES: Readonly<Record<DraftKind, string>> = {
  new: "New message",
  reply: "Reply to sender",
  "reply-all": "Reply to all",
  forward: "Forward",
};

/** The message that a draft answers: the one that is open, else the newest; and its place in the Inbox, 1 is the oldest. */
export function answeredMessage({
  inbox,
  message,
}: MachineState): { readonly row: MachineState["inbox"][number]; readonly place: number } | null {
  const at = message === null ? inbox.length - 1 : inbox.findIndex((row) => row.mid === message.mid);
  return at < 0 ? null : { row: inbox[at], place: at + 1 };
}

export function ComposeDialog(props: {
  readonly kind: DraftKind;
  readonly machine: MachineState;
  readonly lab: LabMachine;
  readonly machines: readonly LabMachine[];
  readonly onClose: () => void;
}) {
  const { kind, machine, lab, machines, onClose } = props;
  // The message that was there when the window opened: another may come meanwhile.
  const [answered] = useState(() => (kind === "new" ? null : answeredMessage(machine)));
  const key = draftKey(machine.name, kind, answered === null ? null : String(answered.row.mid));
  const [draft, setDraft] = useState(() => keptDraft(key));
  const { to, subject, body } = draft;
  const setTo = (names: readonly string[]) => setDraft({ ...draft, to: names });
  useEffect(() => keepDraft(key, draft), [key, draft]);
  const lost = lostCharacters(subject + body);
  const id = useId();
  const book = addressBook(machines);
  const takesNames = kind === "new" || kind === "forward";
  const title = kind === "new" ? DRAFT_TITLES.new : `${DRAFT_TITLES[kind]}: ${answered?.row.subject ?? ""}`;
  const isLoggedOn = machine.mail === "logged-on";
  const send = (event: FormEvent) => {
    event.preventDefault();
    const from = [machine.name];
    const recipients = takesNames ? { to: [...to] } : {};
    if (kind === "new") void theLab.act({ send: { from, to: [...to], subject: subject.trim() || "(no subject)", body } });
    else if (answered !== null) void theLab.act({ send: { from, ...recipients, body, answers: kind, message: answered.place } });
    keepDraft(key, NO_DRAFT);
    onClose();
  };
  return (
    <Modal title={`${lab.title}: ${DRAFT_TITLES[kind]}`} onClose={onClose}>
      <form className={`compose skin-${lookOf(lab.skin).family}`} aria-label={title} onSubmit={send}>
        <div className="window">
          <div className="title-bar" aria-hidden="true">
            {/* For the pointer, as on the machine; the dialog has a button for the keyboard. Both keep the draft. */}
            <button type="button" className="box close" tabIndex={-1} onClick={(event) => event.currentTarget.closest("dialog")?.close()} />
            <span>{title}</span>
          </div>
          <div className="compose-fields">
            {takesNames ? (
              <fieldset className="compose-to">
                <legend>To</legend>
                <div>
                  {book.map(({ alias, name }, i) => (
                    <label key={alias}>
                      <input
                        type="checkbox"
                        {...(i === 0 && { "data-first-focus": true })}
                        checked={to.includes(alias)}
                        onChange={(event) => setTo(event.target.checked ? [...to, alias] : to.filter((one) => one !== alias))}
                      />
                      {name}
                    </label>
                  ))}
                </div>
              </fieldset>
            ) : (
              <p className="compose-line">
                <span>To</span>
                <b>{kind === "reply" ? answered?.row.from : `${answered?.row.from} and its other recipients`}</b>
              </p>
            )}
            {kind === "new" ? (
              <p className="compose-line">
                <label htmlFor={`${id}-subject`}>Subject</label>
                <input
                  id={`${id}-subject`}
                  maxLength={120}
                  value={subject}
                  onChange={(event) => setDraft({ ...draft, subject: event.target.value })}
                />
              </p>
            ) : (
              <p className="compose-line">
                <span>Subject</span>
                <b>{`${kind === "forward" ? "FW" : "RE"}: ${answered?.row.subject ?? ""}`}</b>
              </p>
            )}
            <textarea
              aria-label="Text"
              rows={7}
              value={body}
              {...(!takesNames && { "data-first-focus": true })}
              onChange={(event) => setDraft({ ...draft, body: event.target.value })}
            />
          </div>
          <div className="compose-foot">
            <span role="status">
              {!isLoggedOn
                ? "No user is logged on any more: the message can’t be sent."
                : lost.length > 0
                  ? `Arrives as a question mark, because the client’s code page lacks it: ${lost.slice(0, 12).join(" ")}`
                  : ""}
            </span>
            <button type="submit" disabled={!isLoggedOn || (takesNames && to.length === 0)}>
              Send
            </button>
          </div>
        </div>
      </form>
    </Modal>
  );
}
