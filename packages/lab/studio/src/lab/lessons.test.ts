import { describe, expect, it } from "vitest";
import { LabApi } from "./lab-api.ts";
import { isRight, LESSON_ENTRIES } from "./lessons.ts";

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
    expect(source).toBe("The mail client, at its logon");
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

  it("about a shorter KeepAliveTime: fewer errors, many more probes", () => {
    const [errors, probes, probesByDefault] = answers("shorter-keep-alive") as number[];
    expect(errors).toBeLessThan(10);
    expect(probes).toBeGreaterThan(5 * probesByDefault);
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
