/** The scenario of whoever names none: the article. */
export const DEFAULT_SCENARIO = "kb-q159302";
