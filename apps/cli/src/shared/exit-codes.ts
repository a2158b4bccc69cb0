/** The exit codes of all commands. The README's table and the manual page come from here. */

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

export const EXIT_CODES: readonly ExitCode[] = [
  { code: 0, meaning: "The command did what it was asked: every claim and expectation holds; everything in the capture is harmless" },
  {
    code: 1,
    meaning:
      "A claim, expectation or conformance case fails; something in the capture is not harmless; a filter selects nothing; a capture was read in part; a server refused the message",
  },
  {
    code: 2,
    meaning: "Wrong use, or an input or output that cannot be read or written: one line for each fault says what, where and what to do",
  },
  { code: 3, meaning: "Nothing harmful was found in the capture, but part of it was not looked at" },
  { code: 130, meaning: "The command was stopped with Ctrl-C (143: with SIGTERM)" },
];
