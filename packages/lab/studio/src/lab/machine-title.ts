/** Names of machines on the page. */

/** Short title: enough to tell the five platforms apart. The page shows the whole title elsewhere. */
export function shortTitle(title: string): string {
  return title
    .split(", ")[0]
    .replace("Windows for Workgroups 3.11", "Windows 3.11")
    .replace(/ SP\d\w?$/, "");
}
