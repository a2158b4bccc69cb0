/**
 * Which package may import which: an edge that isn't here fails the build, and so does one that nothing uses.
 * Tests may also import the development dependencies of their package and of the workspace.
 */
export const IMPORT_TABLE = {
  "packages/protocol/bytes": [],
  "packages/protocol/wire": ["bytes"],
  "packages/protocol/dcerpc": ["bytes"],
  "packages/protocol/mapi": ["bytes", "dcerpc"],
  "packages/protocol/ntlm": ["bytes", "dcerpc"],
  "packages/protocol/capture": ["bytes"],
  "packages/protocol/dissect": ["bytes", "wire", "dcerpc", "mapi", "capture"],
  "packages/machine/host": [],
  "packages/machine/sim": ["host"],
  "packages/machine/stack": ["host", "bytes", "wire"],
  "packages/machine/live": ["host", "bytes"],
  "packages/exchange/server": ["host", "bytes", "dcerpc", "mapi"],
  "packages/exchange/client": ["host", "bytes", "dcerpc", "mapi"],
  "packages/exchange/store-sqlite": ["server"],
  "packages/exchange/conform": ["bytes", "client", "dcerpc", "host", "mapi"],
  "packages/platforms/ms-dos": ["host"],
  "packages/platforms/windows-3x": ["host"],
  "packages/platforms/windows-nt": ["host"],
  "packages/platforms/windows-9x": ["host"],
  "packages/platforms/macintosh": ["host"],
  "packages/lab/diagnose": ["bytes", "wire", "dcerpc", "mapi", "capture"],
  "packages/lab/scenario": [
    ..."bytes wire capture host sim stack server client".split(" "),
    ..."ms-dos windows-3x windows-nt windows-9x macintosh".split(" "),
  ],
  "packages/lab/usage-error": [],
  "packages/lab/sweep": ["host", "scenario", "usage-error"],
  "packages/lab/live-client": ["bytes", "capture", "client", "host", "live", "scenario", "sim", "stack", "usage-error"],
  "packages/lab/studio": ["bytes", "capture", "dissect", "diagnose", "scenario"],
};

/** Packages that only tests import, with what they may import themselves. */
export const TESTS_ONLY_TABLE = {
  "packages/protocol/judges": [],
  "packages/platforms/conformance": ["bytes", "client", "dcerpc", "host", "mapi", "server", "sim", "stack", "wire"],
};

/** Programs: they may import every package that ships. */
export const APPS = ["apps/cli", "apps/desktop"];

/** Besides the apps and all tests, only these import `node:*`. */
export const NODE_ALLOWED = [
  "packages/machine/live",
  "packages/exchange/store-sqlite",
  "packages/exchange/conform",
  "packages/lab/sweep",
  "packages/lab/live-client",
  "packages/protocol/judges",
];

/** Only these import `electron`. */
export const ELECTRON_ALLOWED = ["apps/desktop"];

/** For a browser: not a module that Node loads. */
export const BROWSER_ONLY = ["packages/lab/studio"];
