/** Keeps the keyboard's place when a control that was just activated by keyboard is disabled or removed: the focus moves to its neighbour instead of the page. */

const FOCUSABLE = "button, a[href], input, select, textarea, summary, [tabindex]";

const canBeFocused = (element: HTMLElement): boolean =>
  element.isConnected && !element.matches(":disabled") && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true });

function ancestorsOf(element: Element): readonly Element[] {
  const all: Element[] = [];
  for (let each = element.parentElement; each !== null; each = each.parentElement) all.push(each);
  return all;
}

/** A control that was activated, and what surrounded it: after its removal the page can't tell any more. */
interface Place {
  readonly control: HTMLElement;
  readonly ancestors: readonly Element[];
  /** All controls of the page in their order. */
  readonly controls: readonly HTMLElement[];
}

/**
 * The next control, or else the one before, of the nearest group that has one. The whole studio is no group: if a bar was removed with all its controls,
 * the tab of the view comes next.
 */
function neighbourOf({ control, ancestors, controls }: Place): HTMLElement | null {
  const at = controls.indexOf(control);
  const tab = document.querySelector<HTMLElement>(".view-tab[aria-selected=true]");
  for (const group of ancestors) {
    if (!group.isConnected) continue;
    if (tab !== null && group.contains(tab) && !group.matches("header, header *")) break;
    const isHere = (each: HTMLElement): boolean => group.contains(each) && canBeFocused(each);
    const found = controls.slice(at + 1).find(isHere) ?? controls.slice(0, Math.max(0, at)).findLast(isHere);
    if (found !== undefined) return found;
  }
  return tab;
}

export function keepFocus(): () => void {
  let place: Place | null = null;
  /** Whether the key that moved the focus is still down: its repetitions must not activate the neighbour. */
  let isKeyHeld = false;
  const forget = (): void => {
    place = null;
    observer.disconnect();
  };
  const move = (): void => {
    if (place === null || isWhole(place.control)) return;
    const { activeElement } = document;
    // The part of the page that changed may have moved the focus itself.
    if (activeElement === null || activeElement === document.body || activeElement === place.control) {
      isKeyHeld = true;
      neighbourOf(place)?.focus();
    }
    forget();
  };
  const isWhole = (control: HTMLElement): boolean => control.isConnected && !control.matches(":disabled");
  const observer = new MutationObserver(() => {
    if (place !== null && !isWhole(place.control)) requestAnimationFrame(move);
  });
  // A click without a pointer has no count. After a click with one, Space and the arrows stay keys of the whole window.
  const onClick = (event: MouseEvent): void => {
    const control = document.activeElement;
    if (event.detail !== 0 || !(control instanceof HTMLElement) || control === document.body || !control.contains(event.target as Node))
      return;
    place = { control, ancestors: ancestorsOf(control), controls: [...document.querySelectorAll<HTMLElement>(FOCUSABLE)] };
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  };
  const onFocus = (event: FocusEvent): void => {
    if (event.target !== place?.control) forget();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isKeyHeld && event.repeat) event.preventDefault();
    else isKeyHeld = false;
  };
  addEventListener("click", onClick, { capture: true });
  addEventListener("focusin", onFocus);
  addEventListener("keydown", onKeyDown, { capture: true });
  return () => {
    forget();
    removeEventListener("click", onClick, { capture: true });
    removeEventListener("focusin", onFocus);
    removeEventListener("keydown", onKeyDown, { capture: true });
  };
}
