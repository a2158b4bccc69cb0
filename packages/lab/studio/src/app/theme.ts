/** Light or dark: the person's choice, or the system's, on the page's root. */

import type { HostTheme } from "../host/studio-host.ts";
import { useStudio } from "./store.ts";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(theme: HostTheme): void {
  const dark = theme === "dark" || (theme === "system" && systemIsDark.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  useStudio.getState().set({ theme });
}

systemIsDark.addEventListener("change", () => applyTheme(useStudio.getState().theme));
