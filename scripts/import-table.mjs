/**
 * The import table: which package may import which. An import that is not listed fails the check, and so does a listed edge that no module uses.
 * Tests may also import the development dependencies of their package and of the workspace.
 */
export const IMPORT_TABLE = {
  "packages/protocol/bytes": [],
  "packages/protocol/wire": ["bytes"],
  "packages/protocol/dcerpc": ["bytes"],
  "packages/protocol/mapi": ["bytes", "dcerpc"],
  "packages/protocol/nspi": ["bytes", "dcerpc", "mapi"],
  "packages/protocol/ntlm": ["bytes", "dcerpc"],
  "packages/protocol/capture": ["bytes"],
  "packages/protocol/dissect": ["bytes", "wire", "dcerpc", "mapi", "nspi", "capture"],
  "packages/machine/host": [],
  "packages/machine/sim": ["host"],
  "packages/machine/stack": ["host", "bytes", "wire"],
  "packages/machine/services": ["host", "bytes", "dcerpc"],
  "packages/machine/guest-network": ["host", "bytes", "wire"],
  "packages/machine/live": ["host", "bytes"],
  "packages/exchange/directory": ["bytes", "dcerpc", "mapi", "nspi"],
  "packages/exchange/server": ["host", "bytes", "dcerpc", "directory", "mapi", "nspi"],
  "packages/exchange/client": ["host", "bytes", "dcerpc", "mapi", "nspi"],
  "packages/exchange/store-sqlite": ["server"],
  "packages/exchange/mail-intake": ["bytes", "mapi", "server"],
  "packages/exchange/conform": ["bytes", "client", "dcerpc", "host", "mapi", "nspi"],
  "packages/platforms/ms-dos": ["host"],
  "packages/platforms/windows-3x": ["host", "ms-dos"],
  "packages/platforms/windows-nt": ["host"],
  "packages/platforms/windows-9x": ["host"],
  "packages/platforms/macintosh": ["host"],
  "packages/lab/diagnose": ["bytes", "wire", "dcerpc", "mapi", "capture"],
  "packages/lab/scenario": [
    ..."bytes wire capture host services sim stack server client".split(" "),
    ..."ms-dos windows-3x windows-nt windows-9x macintosh".split(" "),
  ],
  "packages/lab/diagnosis-report": ["diagnose", "host", "scenario"],
  "packages/lab/wireshark": ["dcerpc", "diagnose", "mapi", "wire"],
  "packages/lab/usage-error": [],
  "packages/lab/sweep": ["host", "scenario", "usage-error"],
  "packages/lab/live-client": ["bytes", "capture", "client", "host", "live", "scenario", "services", "sim", "stack", "usage-error"],
  "packages/lab/studio": ["capture", "dissect", "diagnose", "diagnosis-report", "scenario"],
};

/** Packages that only tests import, with the packages that these may import. */
export const TESTS_ONLY_TABLE = {
  "packages/protocol/judges": [],
  "packages/platforms/conformance": ["bytes", "client", "dcerpc", "host", "mapi", "server", "services", "sim", "stack", "wire"],
};

/** The apps. They may import every package that ships. */
export const APPS = ["apps/cli", "apps/desktop", "apps/site"];

/** Packages that may import `node:*`, besides the apps and all tests. */
export const NODE_ALLOWED = [
  "packages/machine/live",
  "packages/exchange/store-sqlite",
  "packages/exchange/mail-intake",
  "packages/exchange/conform",
  "packages/lab/sweep",
  "packages/lab/live-client",
  "packages/protocol/judges",
];

/** Packages that may import `electron`. */
export const ELECTRON_ALLOWED = ["apps/desktop"];

/** Packages for a browser; Node does not load their build. */
export const BROWSER_ONLY = ["packages/lab/studio"];
