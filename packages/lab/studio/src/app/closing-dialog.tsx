/** Asks before closing a capture if unsaved work would be lost with it. */

import { Modal } from "../controls/modal.tsx";
import type { StudioHost } from "../host/studio-host.ts";
import { closeCapture, closeNow, useClosing } from "../state/closing.ts";
import { attempt, exportOpenCapture } from "../state/studio-actions.ts";

export function ClosingDialog({ host }: { readonly host: StudioHost }) {
  const question = useClosing((s) => s.question);
  if (question === null) return null;
  const { id, name, loss } = question;
  const stay = (): void => useClosing.setState({ question: null });
  const exportFirst = async (): Promise<void> => {
    stay();
    await exportOpenCapture(host, question);
    // If the user did not save the file, this asks the question again.
    await closeCapture(id);
  };
  return (
    <Modal title={`Close ${name}?`} onClose={stay}>
      <p className="closing-question">If you close it now, {loss}.</p>
      <div className="dialog-buttons">
        <button
          type="button"
          className="button primary"
          data-first-focus
          onClick={() => attempt("The capture was not exported", exportFirst)}
        >
          Export, then close
        </button>
        <button type="button" className="button" onClick={() => void closeNow(id)}>
          Close without saving
        </button>
        <button type="button" className="button" onClick={stay}>
          Keep it open
        </button>
      </div>
    </Modal>
  );
}
