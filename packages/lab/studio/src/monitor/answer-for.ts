/** Answers of long requests, which may come when other frames are looked at. */

/** Calls `use` with the answer, unless the generation has changed since the request: the answer is about other frames then. */
export async function answerFor<T>(generationNow: () => number, ask: () => Promise<T>, use: (answer: T) => void): Promise<void> {
  const asked = generationNow();
  const answer = await ask();
  if (generationNow() === asked) use(answer);
}
