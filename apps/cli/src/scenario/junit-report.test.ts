import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { GALLERY_FOLDER } from "../places.ts";
import { workFolder } from "../testing/command.ts";

const work = workFolder("pb-junit-");
const text = (name: string) => readFileSync(join(work.path, name), "utf8");

it("has a case for each claim and expectation, with what fails and what was not judged", () => {
  const passing = work.run("compare", "power-off", "--quiet", "--junit", "a.xml");
  expect(passing).toMatchObject({ code: 0, stdout: "" });
  expect(text("a.xml")).toMatch(/<testsuite name="power-off claims" tests="\d+" failures="0" skipped="[1-9]\d*"/);
  expect(text("a.xml")).toMatch(/name="notify: [^"]+" time="0"><\/testcase>/);

  const gallery = readFileSync(join(GALLERY_FOLDER, "read-in-time.yaml"), "utf8");
  writeFileSync(join(work.path, "failing.yaml"), gallery.replace("datagramsSent: 2", "datagramsSent: 3"));
  for (const command of ["compare", "run"]) {
    const failing = work.run(command, "failing.yaml", "-q", "--junit", "b.xml");
    expect(failing).toMatchObject({ code: 1, stdout: "" });
    expect(failing.stderr).toContain("✗");
    expect(text("b.xml")).toMatch(/<testsuite name="failing expectations" tests="\d+" failures="[1-9]\d*"/);
    expect(text("b.xml")).toMatch(/<failure message="[^"]*datagramsSent[^"]*"\/>/);
  }
});

it("knows before the work that the file can't be written", () => {
  const { code, stdout, stderr } = work.run("run", "power-off", "--junit", "missing/x.xml");
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: "",
    stderr: "pushback: --junit missing/x.xml: cannot be written: no such file or directory\n",
  });
});
