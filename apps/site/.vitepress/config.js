import { defineConfig } from "vitepress";

const group = (text, ...items) => ({
  text,
  items: items.map(([title, link]) => ({ text: title, link })),
});

export default defineConfig({
  title: "Pushback",
  description: "A packet-exact lab for the push notifications of Microsoft Exchange Server 4.0",
  srcDir: ".content",
  cacheDir: ".cache",
  lang: "en-GB",
  // The site works in any folder of any server.
  base: process.env["PUSHBACK_SITE_BASE"] ?? "/",
  ignoreDeadLinks: [/\/studio\//],
  vite: { logLevel: "warn", build: { chunkSizeWarningLimit: 2000 } },
  markdown: {
    html: false,
    languageAlias: { console: "shellsession" },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  themeConfig: {
    search: { provider: "local", options: { translations: { button: { buttonText: "Search", buttonAriaLabel: "Search" } } } },
    outline: [2, 3],
    nav: [
      { text: "Start", link: "/tutorials/administrator" },
      { text: "The studio", link: "/studio/index.html", target: "_self" },
      { text: "Reference", link: "/reference/command-line" },
    ],
    sidebar: [
      group(
        "Tutorials",
        ["For administrators", "/tutorials/administrator"],
        ["For implementers", "/tutorials/implementer"],
        ["For teachers", "/tutorials/teacher"],
        ["For retro-computing", "/tutorials/retro-computing"],
      ),
      group(
        "How to",
        ["Judge a capture", "/how-to/judge-a-capture"],
        ["Write a scenario", "/how-to/write-a-scenario"],
        ["Compare many settings", "/how-to/sweep"],
        ["Use Wireshark", "/how-to/wireshark"],
        ["Run the server", "/how-to/server"],
        ["Put a machine on a network", "/how-to/live-machine"],
        ["Use the studio", "/how-to/studio"],
        ["Extend the lab", "/how-to/extend"],
      ),
      group(
        "Explanation",
        ["The article", "/explanation/article"],
        ["How a push travels", "/explanation/how-a-push-travels"],
        ["What is assumed", "/explanation/assumptions"],
        ["Platforms: MS-DOS", "/explanation/platforms/ms-dos"],
        ["Platforms: Windows 3.x", "/explanation/platforms/windows-3x"],
        ["Platforms: Windows 95/98", "/explanation/platforms/windows-9x"],
        ["Platforms: Windows NT", "/explanation/platforms/windows-nt"],
        ["Platforms: Macintosh", "/explanation/platforms/macintosh"],
        ["Architecture", "/explanation/architecture"],
        ["Faults and judges", "/explanation/faults"],
        ["Security", "/explanation/security"],
        ["Benchmarks", "/explanation/benchmarks"],
        ["Profile of a fleet", "/explanation/fleet-profile"],
      ),
      group(
        "Reference",
        ["Command line", "/reference/command-line"],
        ["Scenarios", "/reference/scenarios"],
        ["Gallery", "/reference/gallery"],
        ["Verdicts", "/reference/verdicts"],
        ["JSON", "/reference/json"],
        ["Platforms", "/reference/platforms"],
        ["Protocols", "/reference/protocols"],
      ),
    ],
  },
});
