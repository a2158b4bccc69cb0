import { momentAt } from "../lab/tour-plan.ts";
import { useStudio } from "../state/studio-store.ts";
import { useTour } from "../state/tour.ts";

/** Whether the tour's moment is to be seen on this machine's card. */
export function useIsLookedAt(name: string): boolean {
  const moments = useTour((tour) => tour.moments);
  return useStudio((s) => {
    const at = momentAt(moments, s.timeUs);
    return at !== null && moments[at].machine === name;
  });
}
