/** Default scenario: the article. */
export const DEFAULT_SCENARIO = "kb-q159302";
