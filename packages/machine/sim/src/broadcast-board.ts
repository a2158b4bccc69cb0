/**
 * Which cards a broadcast matters to. On a wire of a hundred thousand machines each asks for addresses, and all of them hear it; but
 * only who owns an address that the frame names, or remembers its sender, does anything about it. What a frame is about is read by a
 * function that the wire is given: the wire itself knows no protocol.
 *
 * A card that already believes what the sender claims has nothing to do but to note the time, and the board does that for all of them
 * at once (`heardAtUs`); so a server that is known to everybody can ask for everybody.
 */

/** What a broadcast is about: addresses of 32 bits, and of 48. */
export interface BroadcastTopics {
  sender: number;
  /** What the sender says of itself. */
  claim: number;
  target: number;
}

/** Fills `topics`, or returns false for a frame that everybody must hear. */
export type ReadTopics = (b: Uint8Array, at: number, len: number, topics: BroadcastTopics) => boolean;

/** What is known of a sender or target. Its lists change in place: an address that is asked for again, every ten minutes and by thousands, makes nothing new. */
class Topic<Card> {
  /** The sender's latest; -1 before the first. Neither number is an integer at first, so that an engine keeps them as the large ones that they become. */
  claim = Number.NaN;
  heardAtUs = Number.NaN;
  /** Followers whose claim is the latest one. */
  agreeing = 0;
  /** All other followers, each before its claim. */
  readonly others: (Card | number)[];

  constructor(card: Card, claim: number) {
    this.claim = -1;
    this.heardAtUs = -1;
    // Room for one more: an engine that has to make it makes it for sixteen.
    this.others = [card, claim, card, claim];
    this.others.length = 2;
  }

  /** Takes the follower at `i` out of the others. */
  removeAt(i: number): void {
    const { others } = this;
    for (let next = i + 2; next < others.length; next++) others[next - 2] = others[next];
    others.length -= 2;
  }
}

export class BroadcastBoard<Card extends { readonly port: number }> {
  readonly #readTopics: ReadTopics;
  /** By address, as a signed integer: an engine finds those faster, and keeps no box for each. */
  readonly #topics = new Map<number, Topic<Card>>();
  readonly #hearAll: Card[] = [];
  readonly #read: BroadcastTopics = { sender: 0, claim: -1, target: 0 };
  readonly #audience: Card[] = [];
  /** The topic whose followers the frame that is being delivered makes agree. */
  #claimed: Topic<Card> | null = null;

  constructor(readTopics: ReadTopics) {
    this.#readTopics = readTopics;
  }

  hearAll(card: Card): void {
    this.#hearAll.push(card);
  }

  follow(card: Card, topic: number, claim: number): void {
    const t = this.#topics.get(topic | 0);
    if (t === undefined) this.#topics.set(topic | 0, new Topic(card, claim));
    else if (claim >= 0 && claim === t.claim) t.agreeing++;
    else t.others.push(card, claim);
  }

  unfollow(card: Card, topic: number): void {
    const t = this.#topics.get(topic | 0);
    if (t === undefined) return;
    // What claims something goes first: what follows its own address does so for as long as it runs.
    const { others } = t;
    for (let i = others.length - 2; i >= 0; i -= 2) {
      if (others[i] !== card) continue;
      t.removeAt(i);
      return;
    }
    if (t.agreeing > 0) t.agreeing--;
  }

  heardAtUs(topic: number): number {
    return this.#topics.get(topic | 0)?.heardAtUs ?? -1;
  }

  /** Those whom the frame matters to, in the order of the cards; `null`: everybody. Valid until the next call. Call `delivered` when they have it. */
  audienceOf(b: Uint8Array, at: number, len: number, nowUs: number): readonly Card[] | null {
    const read = this.#read;
    if (!this.#readTopics(b, at, len, read)) return null;
    const audience = this.#audience;
    audience.length = 0;
    for (const card of this.#hearAll) addInOrder(audience, card);
    const from = this.#topics.get(read.sender | 0);
    let everybody = false;
    if (from !== undefined) {
      from.heardAtUs = nowUs;
      if (from.claim !== read.claim) {
        everybody = from.agreeing > 0;
        from.claim = read.claim;
      }
      this.#claimed = from;
      addFollowers(audience, from);
    }
    if (everybody) return null;
    const to = read.target === read.sender ? undefined : this.#topics.get(read.target | 0);
    if (to !== undefined) addFollowers(audience, to);
    return audience;
  }

  /** Followers whom the frame told what they now know need not hear it again. */
  delivered(): void {
    const t = this.#claimed;
    this.#claimed = null;
    if (t === null) return;
    const { others } = t;
    let kept = 0;
    for (let i = 0; i < others.length; i += 2) {
      if (others[i + 1] === t.claim) {
        t.agreeing++;
        continue;
      }
      others[kept] = others[i];
      others[kept + 1] = others[i + 1];
      kept += 2;
    }
    if (kept < others.length) others.length = kept;
  }
}

function addFollowers<Card extends { readonly port: number }>(audience: Card[], { others }: Topic<Card>): void {
  for (let i = 0; i < others.length; i += 2) addInOrder(audience, others[i] as Card);
}

/** Once, and before those of higher ports. Nearly all audiences are two or three. */
function addInOrder<Card extends { readonly port: number }>(audience: Card[], card: Card): void {
  let i = audience.length;
  while (i > 0 && audience[i - 1].port > card.port) i--;
  if (i > 0 && audience[i - 1] === card) return;
  for (let at = audience.length; at > i; at--) audience[at] = audience[at - 1];
  audience[i] = card;
}
