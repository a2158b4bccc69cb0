/** No command writes over a file that it reads, nor two outputs to one file: it refuses with one line and leaves every file as it was. */

import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUSHBACK } from "@pushback/judges";
import { beforeAll, describe, expect, it } from "vitest";
import { ENVIRONMENT, pushback, workFolder } from "../testing/command.ts";

const CAPTURE = fileURLToPath(new URL("../../../../packages/lab/diagnose/field-captures/ipv6/capture.pcap", import.meta.url));
const GALLERY = fileURLToPath(new URL("../../../../scenarios/", import.meta.url));
const isPosix = process.platform !== "win32";

const { path: folder } = workFolder("pushback-distinct-");

/** Names and contents of all files in the folder. */
function contents(): ReadonlyMap<string, string> {
  const files = globSync("**", { cwd: folder }).filter((name) => lstatSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));
}

beforeAll(() => {
  copyFileSync(CAPTURE, join(folder, "in.pcap"));
  linkSync(join(folder, "in.pcap"), join(folder, "hard.pcap"));
  symlinkSync("in.pcap", join(folder, "soft.pcap"));
  mkdirSync(join(folder, "out"));
  for (const name of ["power-off.json", "windows-nt.json", "report.html", "results.csv"])
    copyFileSync(join(GALLERY, "power-off.yaml"), join(folder, "out", name));
  writeFileSync(join(folder, "out", "sweep.json"), "- { keepalive: 5m }\n");
  copyFileSync(join(GALLERY, "morning-after-a-power-cut.yaml"), join(folder, "out", "fleet.events.ndjson"));
  symlinkSync("fleet.events.ndjson", join(folder, "out", "fleet.yaml"));
  writeFileSync(join(folder, "password"), "secret\n");
});

describe("an output that is an input", () => {
  it.each([
    ["diagnose in.pcap --report in.pcap", "--report in.pcap: is the input; name another file"],
    ["diagnose in.pcap --report hard.pcap", "--report hard.pcap: is the input; name another file"],
    ["diagnose soft.pcap --annotate in.pcap", "--annotate in.pcap: is the input; name another file"],
    ["show in.pcap -w soft.pcap", "-w soft.pcap: is the input; name another file"],
    ["convert in.pcap hard.pcap", "hard.pcap: is the input; name another file"],
    ["run ./out/power-off.json --junit out/power-off.json", "--junit out/power-off.json: is the input; name another file"],
    ["run ./out/power-off.json --out out", "--out out: power-off.json there is the input; name another folder"],
    ["run out/fleet.yaml --stream --out out", "--out out: fleet.events.ndjson there is the input; name another folder"],
    ["compare ./out/report.html --out out", "--out out: report.html there is the input; name another folder"],
    ["compare ./out/windows-nt.json --out out", "--out out: windows-nt.json there is the input; name another folder"],
    ["sweep ./out/results.csv --out out", "--out out: results.csv there is the input; name another folder"],
    ["sweep power-off --points out/sweep.json --out out", "--out out: sweep.json there is the input; name another folder"],
    [
      "extcap --extcap-interface pushback --capture --file ./out/report.html --fifo out/report.html",
      "--fifo out/report.html: is the input; name another file",
    ],
    [
      "client windows-nt --server 127.0.0.1:1 --mailbox a --user a --password-file password --tap t --address 10.1.9.101/24 --record password",
      "--record password: is the input; name another file",
    ],
  ])("%s", (line, message) => {
    const before = contents();
    expect(pushback(line.split(" "), { cwd: folder })).toEqual({ code: 2, stdout: "", stderr: `pushback: ${message}\n` });
    expect(contents()).toEqual(before);
  });

  it.skipIf(!isPosix)("is refused too where the shell has redirected the input or the output", () => {
    const before = contents();
    const shell = (line: string) => {
      const script = `${line}; echo $?`.replaceAll("pushback", [process.execPath, ...PUSHBACK].map((word) => `'${word}'`).join(" "));
      return execFileSync("sh", ["-c", script], { cwd: folder, encoding: "utf8", env: ENVIRONMENT });
    };
    expect(shell("pushback convert - in.pcap < in.pcap 2>&1")).toBe("pushback: in.pcap: is the input; name another file\n2\n");
    expect(shell("pushback run - --junit out/report.html < out/report.html 2>&1")).toMatch(/: is the input; name another file\n2\n$/);
    expect(shell("pushback convert in.pcap - 2>&1 >> in.pcap")).toBe("pushback: -: is the input; name another file\n2\n");
    expect(contents()).toEqual(before);
  });
});

describe("two outputs that are one file", () => {
  it.each([
    ["diagnose in.pcap --report x --annotate x", "--annotate x: is an output of --report too; name another file"],
    ["diagnose in.pcap --report x --annotate ./out/../x", "--annotate ./out/../x: is an output of --report too; name another file"],
    ["diagnose in.pcap --report - --annotate -", "--annotate -: is an output of --report too; name another file"],
    ["diagnose in.pcap --report - --json", "--report -: is an output of --json too; name another file"],
    ["run power-off --out new --junit new/power-off.json", "--junit new/power-off.json: is an output of --out too; name another file"],
    ["run power-off --json --junit -", "--junit -: is an output of --json too; name another file"],
    ["run morning-after-a-power-cut --stream --out - --junit -", "--junit -: is an output of --out too; name another file"],
    [
      "compare power-off --out new --junit new/windows-nt.json",
      "--junit new/windows-nt.json: is an output of --out too; name another file",
    ],
  ])("%s", (line, message) => {
    const before = contents();
    expect(pushback(line.split(" "), { cwd: folder })).toEqual({ code: 2, stdout: "", stderr: `pushback: ${message}\n` });
    expect(contents()).toEqual(before);
  });

  it("or that can't be there are refused as such", () => {
    for (const path of ["in.pcap/x", "x".repeat(300), "", "none/"])
      expect(pushback(["diagnose", "in.pcap", "--report", path], { cwd: folder }).stderr).toMatch(
        /^pushback: --report .*: cannot be written: .*\n$/,
      );
  });

  it.skipIf(!isPosix)("are allowed on a device", () => {
    expect(pushback(["diagnose", "in.pcap", "--report", "/dev/null", "--annotate", "/dev/null"], { cwd: folder }).stderr).toBe("");
  });
});
