/** The client of MS-DOS: what its screen offers works by key and by click, and all folders and the address book can be reached. */

import { describe, expect, it } from "vitest";
import type { MachineState } from "../../lab/machine-state.ts";
import { INITIAL_MAIL_WINDOW, mailMenus } from "./mail-menus.ts";
import type { DraftKind, ScreenAction } from "./screen-props.ts";
import { pressTarget, textCommand } from "./text-keys.ts";
import { INITIAL_TEXT_VIEW, TEXT_ROWS, type TextView, targetAt, textRows } from "./text-rows.ts";

const row = (mid: number, subject: string) => ({ mid, subject, from: "Ada", read: mid === 1, deliveredMs: 0 });

const MACHINE = {
  power: "ready",
  mail: "logged-on",
  inbox: [row(1, "First"), row(2, "Second"), row(3, "Third")],
  sent: [{ to: "Boris", subject: "Sent one", atUs: 0 }],
  deleted: [row(4, "Deleted one")],
  message: null,
  newMail: true,
  problem: null,
  phases: [],
} as unknown as MachineState;

/** A text screen on which a test presses keys and clicks; records the actions that the screen calls, and returns the rows that it shows. */
function sitDown(
  machine: MachineState = MACHINE,
  columns: 40 | 80 = 80,
  initial: TextView = INITIAL_TEXT_VIEW,
  canWrite: (kind: DraftKind) => boolean = () => true,
) {
  const done: string[] = [];
  let view = initial;
  const set = (change: Partial<TextView>) => {
    view = { ...view, ...change };
  };
  const props = {
    machine,
    mailTitle: "Microsoft Exchange - Inbox",
    draft: null,
    mark: (read: boolean, message?: number | "all") => void done.push(`mark ${read} ${message ?? ""}`.trim()),
    remove: (message: number | "all") => void done.push(`delete ${message}`),
    act: (action: ScreenAction, message?: number) => void done.push(`${action} ${message ?? ""}`.trim()),
    canWrite,
    write: (kind: DraftKind) => void done.push(kind),
    closeMessage: () => void done.push("close"),
  };
  const client = () => ({ ...props, view, set, menus: mailMenus(props, { ...INITIAL_MAIL_WINDOW, ...view, set }, true) });
  const rows = () =>
    textRows(machine, { ...client(), columns, time: () => "12:00", book: [{ name: "Windows 95", alias: "windows-9x" }], epochMs: 0 });
  const text = () => rows().map((one) => one.map((r) => r.text).join(""));
  return {
    done,
    rows,
    text,
    view: () => view,
    key: (name: string) => textCommand(client(), name)?.(),
    takes: (name: string) => textCommand(client(), name) !== null,
    /** Clicks on the first place of the screen with these words. */
    click: (words: string) => {
      const lines = text();
      const y = lines.findIndex((line) => line.includes(words));
      pressTarget(client(), targetAt(rows(), y, lines[y].indexOf(words)));
    },
  };
}

describe("the client of MS-DOS", () => {
  it.each([40, 80] as const)("fills %i columns in every row, menus open or not", (columns) => {
    const user = sitDown(MACHINE, columns);
    for (const open of [() => {}, () => user.key("F10"), () => user.key("ArrowRight"), () => user.click("Compose")]) {
      open();
      const lines = user.text();
      expect(lines).toHaveLength(TEXT_ROWS[columns]);
      expect(lines.filter((line) => line.length !== columns)).toEqual([]);
    }
  });

  it.each([40, 80] as const)("does with %i columns what its last row says, by click as by key", (columns) => {
    const last = sitDown(MACHINE, columns).rows().at(-1) ?? [];
    const keys = last.flatMap(({ target }) => (target !== undefined && "key" in target ? [target.key] : []));
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) {
      const [byKey, byClick] = [sitDown(MACHINE, columns), sitDown(MACHINE, columns)];
      for (const user of [byKey, byClick]) user.key("ArrowDown");
      byKey.key(key);
      byClick.click(`${key === "Escape" ? "Esc" : key}=`);
      expect([byClick.done, byClick.view()], key).toEqual([byKey.done, byKey.view()]);
      const before = sitDown(MACHINE, columns);
      before.key("ArrowDown");
      expect([byKey.done, byKey.view()], key).not.toEqual([before.done, before.view()]);
    }
  });

  it("reads the message with the bar, or the one that is clicked; the menu row reads none", () => {
    const user = sitDown();
    user.key("ArrowDown");
    user.key("Enter");
    user.click("First");
    user.click("NEW MAIL");
    user.click("Tools");
    user.click("File");
    expect(user.done).toEqual(["read 2", "read 1", "read"]);
  });

  it("deletes and marks the message with the bar, by key as by its menu, and nothing outside the Inbox", () => {
    const user = sitDown();
    user.key("ArrowDown");
    user.key("Delete");
    user.click("Edit");
    user.key("Delete");
    user.click("Delete");
    user.click("Edit");
    user.click("Mark as Read");
    user.click("File");
    user.click("Open");
    user.key("F8");
    user.key("Delete");
    expect(user.done).toEqual(["delete 2", "delete 2", "mark true 2", "read 2", "close"]);
  });

  it("has the bar on the last line when the lines below it are gone", () => {
    const user = sitDown();
    user.key("ArrowDown");
    user.key("ArrowDown");
    const fewer = sitDown({ ...MACHINE, inbox: MACHINE.inbox.slice(1) }, 80, user.view());
    expect(fewer.rows().filter(([run]) => run.style === "bar" && run.text.includes("Second"))).toHaveLength(1);
    fewer.key("Delete");
    fewer.key("ArrowUp");
    expect([fewer.done, fewer.view().line]).toEqual([["delete 1"], 0]);
  });

  it("writes, answers and logs off from its menus", () => {
    const user = sitDown();
    user.key("F2");
    user.click("Compose");
    user.click("Reply to All");
    // Open, then Exit and Log Off: Close is grey without a message.
    user.key("F10");
    user.key("ArrowDown");
    user.key("Enter");
    expect(user.done).toEqual(["new", "reply-all", "logoff"]);
  });

  it("shows every folder and the address book", () => {
    const user = sitDown();
    user.click("View");
    user.click("Sent Items");
    expect(user.text().join("\n")).toContain("Sent one");
    user.key("F8");
    expect(user.view().folder).toBe("Deleted Items");
    expect(user.text().join("\n")).toContain("Deleted one");
    user.key("F8");
    user.key("F8");
    expect(user.view().folder).toBe("Outbox");
    expect(user.text().join("\n")).toContain("no items");
    user.key("Escape");
    expect(user.view().folder).toBe("Inbox");
    user.click("Tools");
    user.click("Address Book");
    expect(user.text().join("\n")).toContain("windows-9x");
    user.key("Escape");
    expect(user.text().join("\n")).toContain("Third");
  });

  it("has no key for an answer that cannot be written, and does not name it on its last row", () => {
    const user = sitDown(MACHINE, 80, INITIAL_TEXT_VIEW, (kind) => kind === "new" || kind === "forward");
    const last = user.text().at(-1);
    expect([last?.includes("F4"), last?.includes("F7=Forward"), last?.length]).toEqual([false, true, 80]);
    user.key("F4");
    user.key("F7");
    user.click("Compose");
    user.click("(Reply to Sender)");
    expect(user.done).toEqual(["forward"]);
  });

  it("goes back with Escape as far as it can, then leaves the key to the page, which closes its full screen", () => {
    const user = sitDown();
    const back = () => {
      expect(user.takes("Escape")).toBe(true);
      user.key("Escape");
      return user.takes("Escape");
    };
    expect(user.takes("Escape")).toBe(false);
    user.key("F10");
    expect(back()).toBe(false);
    user.key("F8");
    expect(back()).toBe(false);
    user.key("ArrowDown");
    expect(back()).toBe(false);
    user.click("Tools");
    user.click("Address Book");
    user.key("F10");
    expect(back()).toBe(true);
    expect(back()).toBe(false);
    const reading = sitDown({ ...MACHINE, message: { mid: MACHINE.inbox[0].mid, subject: "First", body: "" } });
    expect(reading.takes("Escape")).toBe(true);
    // A bar that was below the last line is on the only one.
    const fewer = { ...MACHINE, inbox: MACHINE.inbox.slice(0, 1) };
    expect(sitDown(fewer, 80, { ...INITIAL_TEXT_VIEW, line: 2 }).takes("Escape")).toBe(false);
  });

  it("leaves keys to the studio while no user is logged on", () => {
    const props = sitDown({ ...MACHINE, mail: "closed" });
    props.key("F2");
    expect(props.done).toEqual([]);
  });

  it("shows a lost connection in the client's words, but no error message of the lab", () => {
    const shown = (change: Partial<MachineState>) =>
      sitDown({ ...MACHINE, ...change })
        .text()
        .join(" ");
    expect(shown({ mail: "disconnected", problem: "connection lost: no answer" })).toMatch(/Network problems are preventing/);
    expect(shown({ mail: "closed", problem: "Log on: the machine is off" })).not.toMatch(/the machine is off/);
  });
});
