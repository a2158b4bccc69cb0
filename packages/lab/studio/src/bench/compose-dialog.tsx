/** The window in which a user of a machine writes a message, with the look of the machine's system and real fields. */

import { type FormEvent, useEffect, useId, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import type { LabMachine } from "../lab/lab-types.ts";
import type { MachineState } from "../lab/machine-state.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording, theLab } from "../state/the-lab.ts";
import { addressBook } from "./address-book.ts";
import "./compose.css";
import { type Draft, draftKey, handOver, keepDraft, keptDraft, lostCharacters, sendResult } from "./drafts.ts";
import { lookOf } from "./skins/looks.ts";
import type { DraftKind } from "./skins/screen-props.ts";
import { answeredMessage, type SendStep, sendStep } from "./writing-rules.ts";

export const DRAFT_TITLES: Readonly<Record<DraftKind, string>> = {
  new: "New message",
  reply: "Reply to sender",
  "reply-all": "Reply to all",
  forward: "Forward",
};

/** Sends a draft. Its text is kept until the run has sent it, or another run is opened. */
function sendDraft(key: string, draft: Draft, step: SendStep, machine: string): void {
  const { info } = useLab.getState();
  let isTaken = false;
  handOver(key, draft, () => {
    const now = useLab.getState();
    if (now.info !== info) return "sent";
    return isTaken ? sendResult(recording.events, now.actions, step, machine) : "pending";
  });
  void theLab.act(step).finally(() => {
    isTaken = true;
  });
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
  const isOver = useStudio(({ timeUs }) => timeUs >= (useLab.getState().info?.durationUs ?? 0));
  const sending = sendStep(kind, draft, answered?.row.mid ?? null, machine, machines);
  const refusal = isOver ? "The run is over here: go back in time to send the message." : "refusal" in sending ? sending.refusal : null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (refusal !== null || !("step" in sending)) return;
    sendDraft(key, draft, sending.step, machine.name);
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
              {refusal ??
                (lost.length > 0
                  ? `Arrives as a question mark, because the client’s code page lacks it: ${lost.slice(0, 12).join(" ")}`
                  : "")}
            </span>
            <button type="submit" disabled={refusal !== null || (takesNames && to.length === 0)}>
              Send
            </button>
          </div>
        </div>
      </form>
    </Modal>
  );
}
