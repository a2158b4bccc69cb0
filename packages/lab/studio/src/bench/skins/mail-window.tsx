/** The mail client's window: the Inbox, or the message that is open. */

import type { ScreenProps } from "./screen-props.ts";
import { wallTime } from "./wall-time.ts";

export function MailWindow({ machine, mailTitle, act }: ScreenProps) {
  const { inbox, message, newMail, callbackPort, problem } = machine;
  const rows = [...inbox].reverse();
  return (
    <div className="window mail-window">
      <div className="title-bar">
        <i className="box close" />
        <span>{mailTitle}</span>
        <i className="box zoom" />
      </div>
      <div className="menu-bar">
        <span>File</span>
        <span>Edit</span>
        <span>View</span>
        <span>Tools</span>
        <span>Help</span>
      </div>
      {message ? (
        <div className="message">
          <div className="message-head">{message.subject}</div>
          <div className="message-body">{message.body}</div>
        </div>
      ) : (
        <div className="inbox-list">
          <div className="inbox-head">
            <span />
            <span>From</span>
            <span>Subject</span>
            <span>Received</span>
          </div>
          {rows.map((row, i) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: as with the desktop's icon
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              key={row.mid}
              className={`inbox-row ${row.read ? "" : "unread"} ${i === 0 && !row.read ? "selected" : ""}`}
              onClick={() => act("read", inbox.length - i)}
            >
              <i className={row.read ? "letter open" : "letter"} />
              <span>{row.from}</span>
              <span>{row.subject}</span>
              <span>{wallTime(row.deliveredMs)}</span>
            </div>
          ))}
          {rows.length === 0 && <div className="inbox-empty">There are no items in this folder.</div>}
        </div>
      )}
      <div className="status-bar">
        <span>
          {problem ??
            (machine.mail === "logging-off"
              ? "Logging off…"
              : callbackPort === null
                ? "Polling, no push"
                : `Push: UDP port ${callbackPort}`)}
        </span>
        {newMail && <b className="new-mail-sign">✉ New mail</b>}
      </div>
    </div>
  );
}
