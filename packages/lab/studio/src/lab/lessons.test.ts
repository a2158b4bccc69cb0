import { describe, expect, it } from "vitest";
import { LabApi } from "./lab-api.ts";
import { isRight, LESSON_ENTRIES, lacksNumber } from "./lessons.ts";

const lab = new LabApi();
const answers = (id: string) => lab.lesson(id).map(({ answer }) => answer);

it("there are at least five lessons, and no answer stands in their data", () => {
  expect(LESSON_ENTRIES.length).toBeGreaterThanOrEqual(5);
});

describe.each(LESSON_ENTRIES.map(({ id }) => [id] as const))("the lesson %s", (id) => {
  const questions = lab.lesson(id);

  it("has an answer for each question, among the choices where there are some", () => {
    expect(questions.length).toBeGreaterThan(1);
    for (const { text, choices, answer } of questions) {
      if (choices !== null) expect(choices, text).toContain(answer);
      else expect(Number.isSafeInteger(answer), text).toBe(true);
    }
  });
});

describe("answers", () => {
  it("about the ICMP error are those of the article", () => {
    const [message, port, source] = answers("what-is-it");
    expect(message).toBe("Destination unreachable, port unreachable");
    expect(source).toBe("From the mail client, at its logon");
    expect(port).toBeGreaterThan(1023);
  });

  it("about the interval: 60 s (Q159302), and the server's programs hear of none", () => {
    const [seconds, errors, heard] = answers("how-often");
    expect(seconds).toBe(60);
    expect(errors).toBeGreaterThan(100);
    expect(heard).toBe(0);
  });

  it("about ends: by reset, by timeout, by logoff", () => {
    expect(answers("when-do-they-end")).toEqual([116, "keep-alive, reset"]);
    expect(answers("switched-off")).toEqual([0, "keep-alive, no answer"]);
    expect(answers("log-off-first")).toEqual([0, "log off"]);
  });

  it("about a shorter KeepAliveTime: few errors, many probes, and a session that is lost", () => {
    const [errors, probes, traveller] = answers("shorter-keep-alive");
    expect(errors).toBeLessThan(10);
    expect(probes).toBeGreaterThan(20);
    expect(traveller).toBe("keep-alive, no answer");
  });
});

describe("pictures and captions of a lesson's own run", () => {
  const captions = (id: string) => {
    const own = new LabApi();
    own.open(LESSON_ENTRIES.find((entry) => entry.id === id)?.settings ?? { scenario: "", play: "scenario", seed: "1" });
    return own
      .tour()
      .map(({ caption }) => caption)
      .join("\n");
  };

  it.each([
    ["what-is-it", [/ICMP port unreachable/, /names port 1025/, /mail client tells the server a UDP port/]],
    ["how-often", [/every 1 min/, /116 from Windows 95/, /never hears of them/]],
    ["when-do-they-end", [/At 0:05:00 the machines are rebooted/, /ends at 2:01:02/, /answers with a reset/, /keep-alive, reset/]],
    ["switched-off", [/switched off without logging off/, /no ICMP error/, /keep-alive, no answer/]],
    ["log-off-first", [/mail clients log off/, /no ICMP error: 0 from Windows 95/]],
    ["shorter-keep-alive", [/the errors: 1 from Windows 95/, /sends 38 keep-alive probes/, /traveller.*keep-alive, no answer/]],
  ] as const)("answer the questions of %s", (id, wanted) => {
    const text = captions(id);
    for (const words of wanted) expect(text).toMatch(words);
  });

  it("do not tell of a reboot, or of a reset, where there is none", () => {
    expect(captions("switched-off")).not.toMatch(/reboot|reset/);
    expect(captions("log-off-first")).not.toMatch(/reboot|reset|Only a network analyzer/);
  });
});

it.each([
  ["116", true],
  [" 1,16 ", true],
  ["", false],
  ["116.5", false],
  ["0x74", false],
  ["1e2", false],
  ["115", false],
])("%j is right for 116: %s", (given, right) => {
  expect(isRight({ answer: 116 }, given)).toBe(right);
});

it.each([
  [60, "60", false],
  [60, "61", false],
  [60, "60 s", true],
  [60, "1 min", true],
  [0, "none", true],
  ["log off", "log off", false],
])("for the answer %j, %j lacks a number: %s", (answer, given, lacks) => {
  expect(lacksNumber({ answer }, given)).toBe(lacks);
});

it("names in its hints only moments that the tour of the lesson has", () => {
  for (const { id, settings } of LESSON_ENTRIES) {
    const own = new LabApi();
    own.open(settings);
    const titles = own.tour().map(({ title }) => title);
    for (const { hint } of own.lesson(id)) {
      if (!hint.includes("moment")) continue;
      for (const [, title] of hint.matchAll(/“([^”]+)”/g)) expect(titles, hint).toContain(title);
    }
  }
});
