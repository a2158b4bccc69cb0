/** The user's size of text in relation to the usual 16 px, as the page was loaded: for sizes that are computed, where a style sheet would use `rem`. */
export const TEXT_SCALE = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
