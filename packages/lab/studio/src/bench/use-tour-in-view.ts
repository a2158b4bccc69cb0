import { type RefObject, useEffect } from "react";
import { momentAt } from "../lab/tour-plan.ts";
import { useStudio } from "../state/studio-store.ts";
import { useTour } from "../state/tour.ts";

/** Room above a card, in CSS pixels: the piece of wire that leads to it. */
const WIRE_PX = 34;

/**
 * Scrolls the card of the tour's moment into view when the tour, or a press of its buttons, arrives there. While the user
 * controls the clock, the page does not scroll by itself.
 */
export function useTourInView(desk: RefObject<HTMLElement | null>): void {
  const moments = useTour((tour) => tour.moments);
  const steers = useTour((tour) => tour.steers);
  const steppedTo = useTour((tour) => tour.steppedTo);
  const at = useStudio((s) => (steers ? momentAt(moments, s.timeUs) : steppedTo));
  useEffect(() => {
    if (at === null) return;
    const card = desk.current?.querySelector<HTMLElement>(`.card[data-machine="${moments[at]?.machine}"]`);
    if (!card) return;
    // In a narrow window the captions stay at the top, and the cards scroll below them.
    const captions = document.querySelector(".above-view");
    const covers = captions !== null && getComputedStyle(captions).position === "sticky";
    card.style.scrollMarginTop = covers ? `${captions.getBoundingClientRect().height + WIRE_PX}px` : "";
    card.scrollIntoView({ block: "nearest" });
  }, [desk, moments, at]);
}
