/**
 * Keeps the keyboard's place when a control that was just activated by keyboard is disabled or removed: the focus moves to the group around it instead of
 * the page. It does not move to another control, because the same key pressed again would activate that.
 */

const GROUP = "fieldset, section, nav, form, dialog, [role=group], [role=toolbar]";

function ancestorsOf(element: Element): readonly HTMLElement[] {
  const all: HTMLElement[] = [];
  for (let each = element.parentElement; each !== null; each = each.parentElement) all.push(each);
  return all;
}

/** A control that was activated, and what surrounded it: after its removal the page can't tell any more. */
interface Place {
  readonly control: HTMLElement;
  readonly ancestors: readonly HTMLElement[];
}

/** The nearest group that is on the page; without one, the tab of the view. A group that has the tab is no place near the control. */
function groupOf({ ancestors }: Place): HTMLElement | null {
  const tab = document.querySelector<HTMLElement>(".view-tab[aria-selected=true]");
  const group = ancestors.find((each) => each.isConnected && each.matches(GROUP) && !each.contains(tab));
  // A group takes the focus from the program, and is no stop of the Tab key.
  if (group && !group.hasAttribute("tabindex")) group.tabIndex = -1;
  return group ?? tab;
}

/** Follows the controls that are activated. The returned function ends it. */
export function keepFocus(): () => void {
  let place: Place | null = null;
  const isWhole = (control: HTMLElement): boolean => control.isConnected && !control.matches(":disabled");
  const forget = (): void => {
    place = null;
    observer.disconnect();
  };
  const move = (): void => {
    if (place === null || isWhole(place.control)) return;
    const { activeElement } = document;
    // The part of the page that changed may have moved the focus itself.
    if (activeElement === null || activeElement === document.body || activeElement === place.control) groupOf(place)?.focus();
    forget();
  };
  const observer = new MutationObserver(() => {
    if (place !== null && !isWhole(place.control)) requestAnimationFrame(move);
  });
  // A click without a pointer has no count. After a click with one, the focus stays where the browser puts it.
  const onClick = (event: MouseEvent): void => {
    const control = document.activeElement;
    if (event.detail !== 0 || !(control instanceof HTMLElement) || control === document.body || !control.contains(event.target as Node))
      return;
    place = { control, ancestors: ancestorsOf(control) };
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  };
  const onFocus = (event: FocusEvent): void => {
    if (event.target !== place?.control) forget();
  };
  addEventListener("click", onClick, { capture: true });
  addEventListener("focusin", onFocus);
  return () => {
    forget();
    removeEventListener("click", onClick, { capture: true });
    removeEventListener("focusin", onFocus);
  };
}
