import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { PUSHBACK, requireProgram } from "@pushback/judges";
import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { createProgram } from "../program.ts";
import { galleryNames } from "../shared/gallery.ts";
import { pushback, workFolder } from "../testing/command.ts";
import { complete } from "./completions.ts";

const work = workFolder("pb-manual-");
const program = createProgram();
const offered = (...words: string[]) => complete(program, words).values.map(({ value }) => value);

describe("complete", () => {
  it("offers commands, and the commands below one", () => {
    expect(offered("com")).toEqual(["compare", "completion"]);
    expect(offered("mailbox", "re")).toEqual(["remove"]);
    expect(offered("mailbox", "remove", "")).toEqual([]);
  });

  it("offers scenarios and platforms where the tree names them", () => {
    expect(offered("compare", "")).toEqual(galleryNames());
    expect(complete(program, ["compare", ""]).besides).toBe("files");
    expect(offered("run", "kb-q159302", "--platforms", "ms-dos,maci")).toEqual(["ms-dos,macintosh"]);
    expect(offered("platforms", "")).toEqual(PLATFORMS.flatMap(({ id, variants }) => [id, ...variants.map((variant) => variant.id)]));
    expect(offered("compare", "--variants=a")).toEqual(["--variants=all"]);
  });

  it("offers options by their beginning, and folders for an option that takes one", () => {
    expect(offered("compare", "--k")).toEqual(["--keepalive"]);
    expect(complete(program, ["run", "power-off", "--out", ""])).toEqual({ values: [], besides: "folders" });
    expect(complete(program, ["diagnose", ""])).toEqual({ values: [], besides: "files" });
  });

  it("does not fail on unknown commands and options", () => {
    for (const words of [[], ["--"], ["nothing", ""], ["compare", "--nothing", ""], ["compare", "--nothing=", "", "-"]])
      expect(complete(program, words)).toHaveProperty("values");
  });
});

/** A `pushback` on the PATH of a shell, from source. */
function environment(): NodeJS.ProcessEnv {
  const path = join(work.path, "pushback");
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' ${PUSHBACK.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(path, 0o755);
  return { ...process.env, PATH: [work.path, process.env["PATH"]].join(delimiter), NODE_OPTIONS: "" };
}

function shell(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: "utf8", env: environment(), cwd: work.path });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

describe("completion", () => {
  it.skipIf(process.platform === "win32")("works in bash, which splits words at equals signs, and evaluates nothing", () => {
    writeFileSync(join(work.path, "my capture.pcap"), "");
    const ask = (...words: string[]) =>
      shell(
        "bash",
        "-c",
        `source <(pushback completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pushback; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        ...words,
      );
    expect(ask("pushback", "compare", "ke")).toBe("keepalive-5-minutes\n");
    expect(ask("pushback", "compare", "--variants", "=", "d")).toBe("default\n");
    expect(ask("pushback", "diagnose", "my")).toBe("my capture.pcap\n");
    expect(ask("pushback", "show", "$(touch evaluated)", "--o")).not.toContain("evaluated");
    expect(work.run("show", "evaluated").stderr).toContain("no such file");
  });

  it("works in zsh", (test) => {
    requireProgram(test, "zsh");
    const script = `compdef() {}; _describe() { print -l $described }; _files() { print files $@ }
      source <(pushback completion zsh); words=(pushback "$@"); CURRENT=$#words; _pushback`;
    expect(shell("zsh", "-f", "-c", script, "zsh", "compare", "ke")).toBe("keepalive-5-minutes:\nfiles\n");
    expect(shell("zsh", "-f", "-c", script, "zsh", "run", "power-off", "--out", "")).toBe("files -/\n");
  });

  it("works in fish", (test) => {
    requireProgram(test, "fish");
    const ask = (line: string) => shell("fish", "--no-config", "-c", `source (pushback completion fish | psub); complete -C '${line}'`);
    expect(ask("pushback compare ke")).toBe("keepalive-5-minutes\n");
    expect(ask("pushback mailbox rem")).toContain("remove");
    expect(ask("pushback diagnose my")).toContain("my");
  });
});

describe("man", () => {
  it("names every command and option, and groff has nothing against it", (test) => {
    const { stdout, code } = pushback(["man"]);
    expect(code).toBe(0);
    const groff = requireProgram(test, "groff");
    const text = groff.run(["-man", "-Tutf8", "-rLL=200n", "-ww"], { input: new TextEncoder().encode(stdout) });
    // A terminal without colours shows bold as two letters in one place.
    const struck = text.split("\b");
    const withoutOverstrikes = struck.map((part, i) => (i < struck.length - 1 ? part.slice(0, -1) : part)).join("");
    const words = stripVTControlCharacters(withoutOverstrikes).replaceAll(/[‐−]/g, "-");
    for (const command of program.commands.filter((each) => each.name() !== "complete"))
      for (const option of command.options.filter(({ hidden }) => !hidden)) expect(words).toContain(option.long ?? option.short);
    for (const command of program.commands) if (command.name() !== "complete") expect(words).toContain(`pushback ${command.name()}`);
    expect(words).toContain("EXIT STATUS");
  });
});
