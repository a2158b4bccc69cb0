/**
 * Which cards a broadcast matters to. On a wire of a hundred thousand machines each asks for addresses, and all of them hear it; but
 * only who owns an address that the frame names, or remembers its sender, does anything about it. What a frame is about is read by a
 * function that the wire is given: the wire itself knows no protocol.
 *
 * A card that already believes what the sender claims has nothing to do but to note the time, and the board does that for all of them
 * at once (`heardAtUs`); so a server that is known to everybody can ask for everybody.
 */

/** What a broadcast is about. */
export interface BroadcastTopics {
  sender: number;
  /** What the sender says of itself. */
  claim: number;
  target: number;
}

/** Fills `topics`, or returns false for a frame that everybody must hear. */
export type ReadTopics = (b: Uint8Array, at: number, len: number, topics: BroadcastTopics) => boolean;

interface Topic<Card> {
  /** The sender's latest; -1 before the first. */
  claim: number;
  heardAtUs: number;
  /** Followers whose claim is the latest one. */
  agreeing: number;
  /** All other followers, each before its claim. */
  others: (Card | number)[] | null;
}

export class BroadcastBoard<Card extends { readonly port: number }> {
  readonly #readTopics: ReadTopics;
  readonly #topics = new Map<number, Topic<Card>>();
  readonly #hearAll: Card[] = [];
  readonly #read: BroadcastTopics = { sender: 0, claim: -1, target: 0 };
  /** The topic whose followers the frame that is being delivered makes agree. */
  #claimed: Topic<Card> | null = null;

  constructor(readTopics: ReadTopics) {
    this.#readTopics = readTopics;
  }

  hearAll(card: Card): void {
    this.#hearAll.push(card);
  }

  follow(card: Card, topic: number, claim: number): void {
    let t = this.#topics.get(topic);
    if (t === undefined) {
      t = { claim: -1, heardAtUs: -1, agreeing: 0, others: null };
      this.#topics.set(topic, t);
    }
    if (claim >= 0 && claim === t.claim) t.agreeing++;
    else if (t.others === null) t.others = [card, claim];
    else if (t.others.length < 8) t.others = t.others.concat(card, claim);
    else t.others.push(card, claim);
  }

  unfollow(card: Card, topic: number): void {
    const t = this.#topics.get(topic);
    if (t === undefined) return;
    // What claims something goes first: what follows its own address does so for as long as it runs.
    const { others } = t;
    for (let i = others === null ? -1 : others.length - 2; others !== null && i >= 0; i -= 2) {
      if (others[i] !== card) continue;
      others.splice(i, 2);
      if (others.length === 0) t.others = null;
      return;
    }
    if (t.agreeing > 0) t.agreeing--;
  }

  heardAtUs(topic: number): number {
    return this.#topics.get(topic)?.heardAtUs ?? -1;
  }

  /** Those whom the frame matters to, in the order of the cards; `null`: everybody. Call `delivered` when they have it. */
  audienceOf(b: Uint8Array, at: number, len: number, nowUs: number): readonly Card[] | null {
    const read = this.#read;
    if (!this.#readTopics(b, at, len, read)) return null;
    const audience = new Set(this.#hearAll);
    const from = this.#topics.get(read.sender);
    let everybody = false;
    if (from !== undefined) {
      from.heardAtUs = nowUs;
      if (from.claim !== read.claim) {
        everybody = from.agreeing > 0;
        from.claim = read.claim;
      }
      this.#claimed = from;
      addFollowers(from, audience);
    }
    if (everybody) return null;
    const to = read.target === read.sender ? undefined : this.#topics.get(read.target);
    if (to !== undefined) addFollowers(to, audience);
    return [...audience].sort((a, b) => a.port - b.port);
  }

  /** Followers whom the frame told what they now know need not hear it again. */
  delivered(): void {
    const t = this.#claimed;
    this.#claimed = null;
    if (t === null || t.others === null) return;
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
    t.others = kept === 0 ? null : others.slice(0, kept);
  }
}

function addFollowers<Card>(topic: Topic<Card>, audience: Set<Card>): void {
  const { others } = topic;
  if (others !== null) for (let i = 0; i < others.length; i += 2) audience.add(others[i] as Card);
}
