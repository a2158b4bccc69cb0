/** Names of machines on the page. */

/** What distinguishes a platform among five; the whole title is elsewhere on the page. */
export function shortTitle(title: string): string {
  return title
    .split(", ")[0]
    .replace("Windows for Workgroups 3.11", "Windows 3.11")
    .replace(/ SP\d\w?$/, "");
}
