/** The keys, and the switch for those without Ctrl or Alt. */

import { Modal } from "../controls/modal.tsx";
import { prefer, usePreferences } from "../state/preferences.ts";
import { KEY_LIST } from "./key-list.ts";

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const singleKeys = usePreferences((p) => p.singleKeys);
  return (
    <Modal title="Keys" onClose={onClose}>
      <label className="keys-choice">
        <input type="checkbox" data-first-focus checked={singleKeys} onChange={(event) => prefer({ singleKeys: event.target.checked })} />
        Keys without Ctrl or Alt are shortcuts
      </label>
      <table className="keys">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {KEY_LIST.map(({ keys, what, isSingle }) => (
            <tr key={keys} className={isSingle && !singleKeys ? "is-off" : ""}>
              <th scope="row">{keys}</th>
              <td>
                {what}
                {isSingle && !singleKeys && " (off)"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
