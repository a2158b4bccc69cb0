import { DEFAULT_SCENARIO } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { GALLERY } from "./gallery.ts";
import { LabApi } from "./lab-api.ts";
import { arrivalOf, lengthS, momentAt, planTour, readingS, speedAt, stretchEnd } from "./tour-plan.ts";

function open(scenario: string) {
  const lab = new LabApi();
  const opened = lab.open({ scenario, play: "scenario", seed: "1" });
  if (!opened.ok) throw new Error(opened.message);
  return { lab, info: opened.info };
}

describe("the tour of the article", () => {
  const { lab, info } = open(DEFAULT_SCENARIO);
  const moments = lab.tour();
  const plan = planTour(moments, info.durationUs);

  it("finds every moment, in order, in the events of the run", () => {
    expect(moments.map(({ id }) => id)).toEqual([
      "start",
      "logon",
      "first-mail",
      "reboot",
      "first-error",
      "again",
      "probe",
      "end",
      "next-logon",
      "next-mail",
    ]);
    const times = moments.map(({ atUs }) => atUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // What the scenario says: reboot at 5 minutes, mail at 6, so the first error follows within a second.
    expect(times[3]).toBe(300_000_000);
    expect(times[4] - 360_000_000).toBeLessThan(1_000_000);
    for (const { caption } of moments) expect(caption).not.toMatch(/undefined|null|NaN/);
  });

  it("takes about three minutes, and shows each caption for as long as it takes to read it", () => {
    expect(lengthS(plan)).toBeGreaterThan(150);
    expect(lengthS(plan)).toBeLessThan(215);
    const shownMs = moments.map(() => 0);
    const frameMs = 16;
    let us = 0;
    let frames = 0;
    // Moves the playhead as `LabControl` does: rounded to whole microseconds at each animation frame.
    for (; us < info.durationUs && frames < 20_000; frames++) {
      const at = momentAt(moments, us);
      if (at !== null) shownMs[at] += frameMs;
      us = Math.min(stretchEnd(plan, us), Math.round(us + frameMs * 1000 * speedAt(plan, us)));
    }
    expect((frames * frameMs) / 1000).toBeLessThan(lengthS(plan) + 5);
    moments.forEach(({ id, caption }, i) => {
      expect(shownMs[i] / 1000, id).toBeGreaterThan(readingS(caption) - 0.5);
    });
  });

  it("covers the run without gaps, and slows down at every moment", () => {
    plan.forEach(({ fromUs }, i) => {
      expect(fromUs).toBe(i === 0 ? 0 : plan[i - 1].toUs);
    });
    for (const moment of moments) expect(speedAt(plan, arrivalOf(moment)), moment.id).toBeLessThan(moment.speed + 1e-9);
  });

  it("does not move the run that is open", () => {
    expect(lab.advance(0).nowUs).toBe(0);
  });
});

it.each([...GALLERY.keys()].filter((id) => id !== DEFAULT_SCENARIO && id !== "morning-after-a-power-cut"))(
  "has a tour through %s",
  (id) => {
    const { lab, info } = open(id);
    const moments = lab.tour();
    const times = moments.map(({ atUs }) => atUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { fromUs, toUs, speed } of planTour(moments, info.durationUs)) {
      expect(toUs).toBeGreaterThan(fromUs);
      expect(speed).toBeGreaterThan(0);
    }
  },
);

describe("the tour of a short KeepAliveTime", () => {
  const { lab, info } = open("keepalive-5-minutes");
  const moments = lab.tour();
  const ids = moments.map(({ id }) => id);
  const arrivals = moments.map(arrivalOf);

  it("shows every moment, in order: the probe of an idle neighbour does not come before the first ICMP error", () => {
    expect(ids).toEqual(["start", "logon", "first-mail", "reboot", "first-error", "probe", "end", "lost", "next-logon", "next-mail"]);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
    moments.forEach(({ id, atUs }, i) => {
      // At its event, each moment is the one that is shown.
      expect(momentAt(moments, atUs), id).toBe(i);
    });
    for (const { fromUs, toUs } of planTour(moments, info.durationUs)) expect(toUs).toBeGreaterThan(fromUs);
  });

  it("tells of the session that is lost while a cable is out", () => {
    const lost = moments[ids.indexOf("lost")];
    expect(lost.caption).toMatch(/“traveller” was never rebooted, .*\(keep-alive, no answer\)/);
    // The scenario takes the cable out at 20 minutes and puts it back at 35.
    expect(lost.atUs).toBeGreaterThan(20 * 60_000_000);
    expect(lost.atUs).toBeLessThan(35 * 60_000_000);
  });
});

it("calls a machine that stays off switched off, and tells of no other lost session", () => {
  const moments = open("power-off").lab.tour();
  expect(moments.find(({ id }) => id === "reboot")?.title).toBe("Switched off");
  expect(moments.map(({ id }) => id)).not.toContain("lost");
});

describe("the tour of the article after something else was done at Windows 95 alone", () => {
  const tourAfter = (...steps: readonly object[]) => {
    const { lab } = open(DEFAULT_SCENARIO);
    for (const step of steps) lab.act(step as Parameters<LabApi["act"]>[0], (step as { readonly at: number }).at);
    return new Map(lab.tour().map(({ id, caption }) => [id, caption]));
  };

  it("tells its own end, and not the mail of two hours later as the first mail, if it logs off before that", () => {
    const captions = tourAfter({ at: 50_000_000, logoff: ["windows-9x"] });
    expect([...captions.keys()]).toEqual(["start", "logon", "end", "next-logon", "next-mail"]);
    expect(captions.get("end")).toMatch(
      /^The user of Windows 95 logs off: its session ends at once, at 0:00:50, .* The other machines keep/,
    );
    // The other machines are rebooted and send ICMP errors meanwhile.
    expect(captions.get("next-mail")).toMatch(/Windows 95 has sent no ICMP error, and the other machines have sent \d{3}: /);
  });

  it("tells of one machine where only one is rebooted", () => {
    const captions = tourAfter({ at: 100_000_000, reboot: ["windows-9x"], how: "unclean" });
    expect(captions.get("reboot")).toMatch(/^At 0:01:40 Windows 95 is rebooted without logging off\. On the server its session stays open/);
  });

  it("tells of one machine where only one logs on", () => {
    const captions = tourAfter({ at: 120_000_000, logoff: ["windows-9x"] }, { at: 7_000_000_000, logon: ["windows-9x"] });
    expect(captions.get("next-logon")).toMatch(/^The user of Windows 95 logs on again: a new session/);
  });
});

it("tells of all mail clients where all log off", () => {
  const end = open("orderly-logoff")
    .lab.tour()
    .find(({ id }) => id === "end");
  expect(end?.caption).toMatch(/^The mail clients log off: each session ends at once/);
});
