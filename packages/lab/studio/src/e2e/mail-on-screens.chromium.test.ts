/** Mail on the machines' screens: marked, deleted, answered and written, by the client's own menus and by the card's. */

import { PLATFORMS } from "@pushback/scenario";
import { expect, it } from "vitest";
import { button, dragTo, eventually, machineCard, studioPages } from "../testing/studio-page.ts";

const openPage = studioPages();

it("marks mail as read and unread without opening it, from the mail client's menu and from the card", async (context) => {
  const page = await openPage(context);
  const machine = machineCard(page, "windows-9x");
  const unread = machine.locator(".inbox-row.unread");
  await page.getByLabel("Speed").selectOption("10");
  await button(machine, /^Log on/).click();
  await machine.locator(".mail-window").waitFor();
  await button(page, "Deliver mail").click();
  await unread.waitFor();
  await machine.locator(".glass-menu > span", { hasText: "Edit" }).click();
  await machine.locator(".glass-items > div", { hasText: "Mark as Read" }).click();
  await eventually(() => unread.count()).toBe(0);
  expect(await machine.locator(".message-window").count()).toBe(0);
  // The card's controls also work with the keyboard.
  await button(machine, /^Write mail/).focus();
  await page.keyboard.press("Enter");
  const top = (await machine.boundingBox())?.y ?? 0;
  expect((await page.getByRole("menu").boundingBox())?.y, "the menu is within its card").toBeGreaterThanOrEqual(top);
  await page.getByRole("menuitem", { name: /^Mark as unread/ }).waitFor();
  expect(await page.getByRole("menu").evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await unread.waitFor();
  await eventually(() => machine.locator(".status-bar").textContent()).toBe("1 Item, 1 Unread");
});

it("deletes mail into Deleted Items, from the mail client's menu and from the card; undo brings it back", async (context) => {
  const page = await openPage(context);
  const machine = machineCard(page, "windows-9x");
  const rows = machine.locator(".inbox-row");
  const edit = async (entry: string) => {
    await machine.locator(".glass-menu > span", { hasText: "Edit" }).click();
    const item = machine.locator(".glass-items > div", { hasText: entry });
    const isGrey = (await item.getAttribute("class")) === "is-grey";
    await (isGrey ? machine.locator(".glass-menu > span", { hasText: "Edit" }) : item).click();
    return isGrey;
  };
  const folder = (name: string) => machine.locator(".folder", { hasText: name }).click();
  await page.getByLabel("Speed").selectOption("10");
  await button(machine, /^Log on/).click();
  await machine.locator(".mail-window").waitFor();
  expect(await edit("Delete"), "nothing is there to delete").toBe(true);
  for (const count of [1, 2]) {
    await button(page, "Deliver mail").click();
    await eventually(() => rows.count()).toBe(count);
  }
  expect(await edit("Delete")).toBe(false);
  await eventually(() => machine.locator(".status-bar").textContent()).toBe("1 Item, 1 Unread");
  await folder("Deleted Items");
  await eventually(() => rows.count()).toBe(1);
  expect(await edit("Delete"), "Deleted Items keeps what it has").toBe(true);
  await folder("Inbox");
  await button(page, "Undo the last action").click();
  await eventually(() => rows.count()).toBe(2);
  // Undo and redo stop the clock at the first difference of the runs, so the test presses Play.
  await button(page, "Redo the action").click();
  await button(page, "Play").click();
  await eventually(() => rows.count()).toBe(1);
  // The card's controls also work with the keyboard.
  await button(machine, /^Write mail/).focus();
  await page.keyboard.press("Enter");
  const top = (await machine.boundingBox())?.y ?? 0;
  expect((await page.getByRole("menu").boundingBox())?.y, "the menu is within its card").toBeGreaterThanOrEqual(top);
  await page.getByRole("menuitem", { name: /^Delete/ }).click();
  await eventually(() => rows.count()).toBe(0);
  await eventually(() => machine.locator(".folder", { hasText: "Deleted Items" }).textContent()).toBe("Deleted Items (2)");
});

it("offers on no system's screen a reply that cannot be sent, and has a text again whose sending failed", async (context) => {
  const page = await openPage(context);
  const windows = PLATFORMS.map(({ id }) => id).filter((id) => id !== "ms-dos");
  const dialog = page.getByRole("dialog");
  const tool = (name: string, at: number) => machineCard(page, name).locator(".mail-window .mail-tools b").nth(at);
  /** Whether the buttons for a new message, a reply, a reply to all and a forwarded message are grey. */
  const areGrey = (name: string) =>
    machineCard(page, name)
      .locator(".mail-window .mail-tools b")
      .evaluateAll((tools) => tools.slice(0, 4).map((one) => one.className === "is-grey"));
  await page.getByLabel("Speed").selectOption("10");
  await button(page, "Log on all").click();
  for (const name of windows) {
    await eventually(() => areGrey(name)).toEqual([false, true, true, true]);
    await tool(name, 1).click();
    expect(await dialog.count(), `${name}: no message is there to answer`).toBe(0);
  }
  await button(page, "Deliver mail").click();
  for (const name of windows) {
    await eventually(() => areGrey(name)).toEqual([false, true, true, false]);
    await machineCard(page, name).locator(".glass-menu > span", { hasText: "Compose" }).click();
    const grey = machineCard(page, name).locator(".glass-items > .is-grey");
    expect(await grey.allInnerTexts(), name).toEqual(["Reply to Sender", "Reply to All"]);
    await machineCard(page, name).locator(".glass-menu > span", { hasText: "Compose" }).click();
  }
  const dos = machineCard(page, "ms-dos").locator(".screen");
  await eventually(() => dos.locator(".glass").textContent()).toContain("1 Unread");
  await dos.focus();
  await page.keyboard.press("F4");
  expect(await dialog.count(), "the sender has no mailbox").toBe(0);

  const machine = machineCard(page, "windows-9x");
  await button(machine, /^Unplug/).click();
  await tool("windows-9x", 0).click();
  await dialog.getByRole("checkbox").first().check();
  await dialog.getByLabel("Text").fill("precious");
  await button(dialog, "Send").click();
  await dialog.waitFor({ state: "detached" });
  await tool("windows-9x", 0).click();
  expect(await dialog.getByLabel("Text").inputValue(), "it is on its way").toBe("");
  await button(dialog, "Close").click();
  await button(machine, /^Power off/).click();
  await button(machine, /^Plug in/).click();
  await button(machine, /^Power on/).click();
  await button(machine, /^Log on/).click();
  await page.getByLabel("Speed").selectOption("60");
  await machine.locator(".mail-window").waitFor();
  await tool("windows-9x", 0).click();
  expect(await dialog.getByLabel("Text").inputValue()).toBe("precious");
  await button(dialog, "Send").click();
  await machine.locator(".folder", { hasText: "Sent Items" }).click();
  await eventually(() => machine.locator(".inbox-row").count()).toBe(1);
  await tool("windows-9x", 0).click();
  expect(await dialog.getByLabel("Text").inputValue(), "it was sent").toBe("");
  await dialog.getByRole("checkbox").first().check();
  await dialog.getByLabel("Text").fill("too late");
  await button(dialog, "Close").click();
  await dragTo(page, Number(await page.getByRole("slider", { name: "Playhead" }).getAttribute("max")));
  await tool("windows-9x", 0).click();
  expect(await dialog.getByRole("status").textContent()).toMatch(/^The run is over here/);
  expect(await button(dialog, "Send").isDisabled()).toBe(true);
  expect(await dialog.getByLabel("Text").inputValue()).toBe("too late");
});
