/** Names of the files that are made of a capture. */

/** A capture's name without what tells its format; the number that tells it from another of that name stays. */
export function captureStem(name: string): string {
  return name.replace(/(\.(pcapng|pcap|ntar|cap|enc|trc|syc|dmp))?(\.gz)?( \(\d+\))?$/i, "$4");
}
