/** What the mail client's windows say and offer, and the texts of starts. */

import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { LabApi } from "../../lab/lab-api.ts";
import { type LabState, type MachineState, StateHistory } from "../../lab/machine-state.ts";
import { addressBook, hasMailbox } from "../address-book.ts";
import { answeredMessage, whyNotWritten } from "../writing-rules.ts";
import { folderStatus } from "./inbox-status.ts";
import { copiedText, INITIAL_MAIL_WINDOW, type MailWindowSettings, mailMenus } from "./mail-menus.ts";
import { countdownLine, countedLine, memoryShare } from "./memory-count.ts";
import type { ScreenProps } from "./screen-props.ts";
import { UNCLEAN_NOTICES } from "./unclean-boot.ts";

const SECOND = 1_000_000;
const nothing = () => {};

function open(text: string) {
  const lab = new LabApi();
  const result = lab.open({ scenario: "own", text, play: "scenario", seed: "1" });
  if (!result.ok) throw new Error(result.message);
  const { events } = lab.advance(result.info.durationUs);
  const history = new StateHistory(result.info.machines);
  const at = (us: number): LabState => history.after(events, events.filter((e) => e.atUs <= us).length);
  return { machines: result.info.machines, at };
}

const run = open(`
title: two who write
duration: 20m
clients:
  - { name: anna, platform: windows-95 }
  - { name: boris, platform: open-transport }
  - { name: clara, platform: windows-95 }
steps:
  - { at: 1s, logon: [anna, boris] }
  - { at: 2m, send: { from: anna, to: boris, subject: Lunch } }
  - { at: 3m, deliver: { to: boris, subject: Minutes, from: Administrator } }
  - { at: 250s, read: boris, message: 1 }
  - { at: 260s, delete: { machine: boris, message: 1 } }
  - { at: 270s, delete: { machine: boris } }
  - { at: 5m, power-off: [anna, boris] }
  - { at: 6m, power-on: [anna, boris] }
  - { at: 10m, shutdown: anna }
  - { at: 12m, power-on: anna }
`);

const propsOf = (machine: MachineState): ScreenProps => ({
  machine,
  mailTitle: "",
  draft: null,
  act: nothing,
  mark: nothing,
  remove: nothing,
  canWrite: (kind) => whyNotWritten(kind, machine, run.machines) === null,
  write: nothing,
  closeMessage: nothing,
});

describe("the mail client's window", () => {
  it("has what was sent, and counts what was not read", () => {
    const { anna, boris } = run.at(4 * 60 * SECOND).machines;
    expect(anna.sent).toMatchObject([{ to: "boris", subject: "Lunch" }]);
    expect(folderStatus(boris)).toBe("2 Items, 2 Unread");
    expect(folderStatus({ ...boris, inbox: boris.inbox.slice(0, 1) })).toBe("1 Item, 1 Unread");
    // The machine's screen does not show error messages of the lab.
    expect(folderStatus({ ...boris, problem: "Log on: no answer" })).toBe("2 Items, 2 Unread");
  });

  it("answers the message that is open, else the newest", () => {
    const { anna, boris } = run.at(4 * 60 * SECOND).machines;
    expect(answeredMessage(boris)).toMatchObject({ place: 2, row: { subject: "Minutes" } });
    const message = { mid: boris.inbox[0].mid, subject: "Lunch", body: "" };
    expect(answeredMessage({ ...boris, message })).toMatchObject({ place: 1, row: { subject: "Lunch" } });
    expect(answeredMessage(anna)).toBe(null);
  });

  it("has an address book in which no two names are alike, and knows who can be answered", () => {
    expect(addressBook(run.machines).map(({ name }) => name)).toEqual([
      "Macintosh, Open Transport 1.x (Mac OS 7.5.2-8.6)",
      "Windows 95 (anna)",
      "Windows 95 (clara)",
    ]);
    const [fromAnna, fromOutside] = run.at(4 * 60 * SECOND).machines["boris"].inbox.map((row) => row.from);
    expect([hasMailbox(run.machines, fromAnna), hasMailbox(run.machines, fromOutside)]).toEqual([true, false]);
  });

  it("copies the open message, else all lines once they are selected", () => {
    const { anna, boris } = run.at(4 * 60 * SECOND).machines;
    const all = { folder: "Inbox", areAllSelected: true } as const;
    expect(copiedText(boris, { ...all, areAllSelected: false })).toBe("");
    expect(copiedText(boris, all)).toMatch(/\tLunch\t.*\n.*\tMinutes\t/);
    expect(copiedText(anna, { ...all, folder: "Sent Items" })).toBe("boris\tLunch");
    expect(copiedText({ ...boris, message: { mid: boris.inbox[0].mid, subject: "Lunch", body: "Noon?" } }, all)).toBe("Lunch\n\nNoon?");
  });

  it("marks the open message, else the newest, or all that are selected", () => {
    const { boris } = run.at(4 * 60 * SECOND).machines;
    const menus = (machine: typeof boris, areAllSelected = false) => {
      const marks: string[] = [];
      const mark = (read: boolean, message?: number | "all") => void marks.push(`${read ? "read" : "unread"} ${message}`);
      const edit = mailMenus({ ...propsOf(machine), mark }, { ...INITIAL_MAIL_WINDOW, areAllSelected, set: nothing })[1].items;
      for (const { label, run } of edit) if (label.startsWith("Mark")) run?.();
      return marks;
    };
    const message = { mid: boris.inbox[0].mid, subject: "Lunch", body: "" };
    expect(menus(boris)).toEqual(["read 2"]);
    expect(menus({ ...boris, message })).toEqual(["read 1"]);
    const [first, second] = boris.inbox;
    expect(menus({ ...boris, inbox: [first, { ...second, read: true }] })).toEqual(["unread 2"]);
    expect(menus({ ...boris, inbox: [first, { ...second, read: true }] }, true)).toEqual(["read all", "unread all"]);
    expect(menus({ ...boris, inbox: [] })).toEqual([]);
  });

  it("deletes the open message, else the newest, or all that are selected, which are no longer selected then", () => {
    const { boris } = run.at(4 * 60 * SECOND).machines;
    const pressed = (machine: typeof boris, change: Partial<MailWindowSettings> = {}) => {
      const done: string[] = [];
      const remove = (message: number | "all") => void done.push(`delete ${message}`);
      const set = ({ areAllSelected }: Partial<MailWindowSettings>) => void done.push(`all selected: ${areAllSelected}`);
      const [, edit] = mailMenus({ ...propsOf(machine), remove }, { ...INITIAL_MAIL_WINDOW, ...change, set });
      edit.items.find(({ label }) => label === "Delete")?.run?.();
      return done;
    };
    const none = "all selected: false";
    const message = { mid: boris.inbox[0].mid, subject: "Lunch", body: "" };
    expect(pressed(boris)).toEqual([none, "delete 2"]);
    expect(pressed({ ...boris, message })).toEqual([none, "delete 1"]);
    expect(pressed(boris, { areAllSelected: true })).toEqual([none, "delete all"]);
    expect([pressed({ ...boris, inbox: [] }), pressed(boris, { folder: "Deleted Items" })]).toEqual([[], []]);
  });

  it("shows deleted messages in Deleted Items, with their state, also after a reboot; an open one closes", () => {
    const [opened, one, both, restarted] = [255, 265, 275, 8 * 60].map((s) => run.at(s * SECOND).machines["boris"]);
    expect([opened.message?.subject, one.message]).toEqual(["Lunch", null]);
    expect([one.newMail, both.newMail]).toEqual([false, false]);
    expect(one.inbox.map(({ subject }) => subject)).toEqual(["Minutes"]);
    expect([folderStatus(one), folderStatus(one, "Deleted Items")]).toEqual(["1 Item, 1 Unread", "1 Item, 0 Unread"]);
    expect([folderStatus(both), folderStatus(both, "Deleted Items")]).toEqual(["0 Items, 0 Unread", "2 Items, 1 Unread"]);
    expect(copiedText(both, { folder: "Deleted Items", areAllSelected: true })).toMatch(/\tLunch\t.*\n.*\tMinutes\t/);
    expect(restarted.deleted).toEqual(both.deleted);
    expect(folderStatus(run.at(4 * 60 * SECOND).machines["anna"], "Sent Items")).toBe("1 Item, 0 Unread");
  });

  it("has grey entries for what cannot be done", () => {
    const { anna, boris } = run.at(4 * 60 * SECOND).machines;
    const usable = (machine: MachineState) =>
      mailMenus(propsOf(machine), { ...INITIAL_MAIL_WINDOW, set: nothing }).flatMap(({ items }) =>
        items.flatMap(({ label, run }) => (run === undefined ? [] : [label])),
      );
    expect(usable(anna)).toEqual(["Exit and Log Off", "Select All", "Folders", "Toolbar", "Address Book", "New Message"]);
    // The newest message has a sender without a mailbox: it can be forwarded only.
    expect(usable(boris).filter((label) => /Reply|Forward/.test(label))).toEqual(["Forward"]);
    expect(usable({ ...boris, mail: "logging-off" }).filter((label) => /New|Reply|Forward/.test(label))).toEqual([]);
    expect(usable({ ...boris, inbox: boris.inbox.slice(0, 1) })).toEqual([
      "Open",
      "Exit and Log Off",
      "Delete",
      "Select All",
      "Mark as Read",
      "Folders",
      "Toolbar",
      "Address Book",
      "New Message",
      "Reply to Sender",
      "Reply to All",
      "Forward",
    ]);
  });
});

it("each variant has the look of its own system; a service pack changes none", () => {
  const skins = PLATFORMS.flatMap(({ variants }) => variants.filter(({ id }) => id !== "nt-4.0-sp6a").map((v) => v.appearance.skin));
  expect(new Set(skins).size).toBe(skins.length);
});

describe("a start", () => {
  it("is unclean after a power cut, and clean after a shutdown", () => {
    const isUnclean = (us: number) => Object.values(run.at(us).machines).map((m) => m.isUncleanBoot);
    expect(isUnclean(60 * SECOND)).toEqual([false, false, false]);
    expect(isUnclean(7 * 60 * SECOND)).toEqual([true, true, false]);
    expect(isUnclean(14 * 60 * SECOND)).toEqual([false, true, false]);
  });

  it("after an unclean end, the notice belongs to a boot phase that the system has", () => {
    const variants = new Map(PLATFORMS.flatMap((platform) => platform.variants.map((variant) => [variant.id, variant])));
    for (const [id, { phase, lines }] of Object.entries(UNCLEAN_NOTICES)) {
      const phases = variants.get(id)?.boot.phases.value.map((p) => p.id);
      if (phase !== null) expect(phases).toContain(phase);
      expect(lines.length).toBeGreaterThan(0);
    }
    expect(Object.keys(UNCLEAN_NOTICES)).not.toContain("network-client-3.0");
  });

  it("counts down to the system that a loader starts", () => {
    expect(countdownLine("will be started automatically: 5", 2_100_000)).toBe("will be started automatically: 3");
    expect(countdownLine("will be started automatically: 5", 9e6)).toBe("will be started automatically: 0");
    expect(countdownLine("Press Enter to choose.", 1)).toBe("Press Enter to choose.");
  });

  it("counts the memory", () => {
    expect(countedLine("004096 KB OK", 0.5)).toBe("002048 KB");
    expect(countedLine("Memory test: 32768 KB OK", 0.25)).toBe("Memory test:  8192 KB");
    expect(countedLine("004096 KB OK", 1)).toBe("004096 KB OK");
    expect(countedLine("Starting MS-DOS...", 0.5)).toBe("Starting MS-DOS...");
    expect([memoryShare(-1), memoryShare(2_500_000), memoryShare(9e9)]).toEqual([0, 0.5, 1]);
  });
});
