/**
 * Selects the cards that a broadcast matters to. On a wire of a hundred thousand machines each one asks for addresses, and every machine would receive each
 * request. Only two kinds of machines act on it: the owner of an address that the frame names, and those that store a mapping of its sender. A function that
 * the caller passes in reads the topics of a frame: the wire itself knows no protocol.
 * A card that already stores what the sender claims only has to note the time. The board notes it for all such cards at once (`heardAtUs`), so a server that
 * every machine knows can broadcast a request for each of them cheaply.
 */

/** Topics of a broadcast: 32-bit addresses, and a 48-bit claim. */
export interface BroadcastTopics {
  sender: number;
  /** What the sender claims of itself, such as its hardware address. */
  claim: number;
  target: number;
}

/** Fills `topics`; returns false for a frame that every card must receive. */
export type ReadTopics = (b: Uint8Array, at: number, len: number, topics: BroadcastTopics) => boolean;

/**
 * State of one sender or target. The lists change in place: thousands of addresses are asked for again every ten minutes, and each time without an
 * allocation.
 */
class Topic<Card> {
  /** The sender's latest claim; -1 before the first. Both numbers start as NaN, which keeps the fields doubles from the start (docs/FLEET-PROFILE.md). */
  claim = Number.NaN;
  heardAtUs = Number.NaN;
  /** Followers that have stored the latest claim. */
  agreeing = 0;
  /** All other followers; each is stored in front of its claim. */
  readonly others: (Card | number)[];

  constructor(card: Card, claim: number) {
    this.claim = -1;
    this.heardAtUs = -1;
    // Room for one more follower: an array that grows by `push` allocates sixteen slots (docs/FLEET-PROFILE.md).
    this.others = [card, claim, card, claim];
    this.others.length = 2;
  }

  /** Removes the follower at index `i` from the others. */
  removeAt(i: number): void {
    const { others } = this;
    for (let next = i + 2; next < others.length; next++) others[next - 2] = others[next];
    others.length -= 2;
  }
}

/** Knows which cards follow which topics, and selects the cards that need a given broadcast. See the head of this file. */
export class BroadcastBoard<Card extends { readonly port: number }> {
  readonly #readTopics: ReadTopics;
  /** Keyed by address as a signed 32-bit integer: V8 finds those faster and does not box them. */
  readonly #topics = new Map<number, Topic<Card>>();
  readonly #hearAll: Card[] = [];
  readonly #read: BroadcastTopics = { sender: 0, claim: -1, target: 0 };
  readonly #audience: Card[] = [];
  /** Topic of the frame under delivery: its followers will have stored the claim afterwards. */
  #claimed: Topic<Card> | null = null;

  constructor(readTopics: ReadTopics) {
    this.#readTopics = readTopics;
  }

  /** Makes the card receive every broadcast. */
  hearAll(card: Card): void {
    this.#hearAll.push(card);
  }

  /** Subscribes the card to a topic, as `BroadcastFilter.follow` describes. */
  follow(card: Card, topic: number, claim: number): void {
    const t = this.#topics.get(topic | 0);
    if (t === undefined) this.#topics.set(topic | 0, new Topic(card, claim));
    else if (claim >= 0 && claim === t.claim) t.agreeing++;
    else t.others.push(card, claim);
  }

  /** Undoes one `follow` of the card. */
  unfollow(card: Card, topic: number): void {
    const t = this.#topics.get(topic | 0);
    if (t === undefined) return;
    // A follower with a claim goes to the front: a machine that follows its own address does so as long as it runs.
    const { others } = t;
    for (let i = others.length - 2; i >= 0; i -= 2) {
      if (others[i] !== card) continue;
      t.removeAt(i);
      return;
    }
    if (t.agreeing > 0) t.agreeing--;
  }

  /** Time of the last broadcast whose sender is `topic`, in microseconds; -1 if there was none. */
  heardAtUs(topic: number): number {
    return this.#topics.get(topic | 0)?.heardAtUs ?? -1;
  }

  /**
   * Cards that the frame matters to, in the order of their ports; `null`: all cards. Valid until the next call. Call `delivered` after the
   * delivery.
   */
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
    if (to !== undefined) addWithoutClaim(audience, to);
    return audience;
  }

  /** Moves the followers that have just stored the claim to those that need not hear it again. */
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

/**
 * Adds the followers of the topic that have stored no claim: the owner of the address, which answers an ARP request, and machines that are resolving
 * the address too.
 */
function addWithoutClaim<Card extends { readonly port: number }>(audience: Card[], { others }: Topic<Card>): void {
  for (let i = 0; i < others.length; i += 2) if ((others[i + 1] as number) < 0) addInOrder(audience, others[i] as Card);
}

function addFollowers<Card extends { readonly port: number }>(audience: Card[], { others }: Topic<Card>): void {
  for (let i = 0; i < others.length; i += 2) addInOrder(audience, others[i] as Card);
}

/** Inserts a port in order, once. Nearly all audiences have two or three cards. */
function addInOrder<Card extends { readonly port: number }>(audience: Card[], card: Card): void {
  let i = audience.length;
  while (i > 0 && audience[i - 1].port > card.port) i--;
  if (i > 0 && audience[i - 1] === card) return;
  for (let at = audience.length; at > i; at--) audience[at] = audience[at - 1];
  audience[i] = card;
}
