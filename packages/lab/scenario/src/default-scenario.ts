/** File name, without `.yaml`, of the scenario that runs when none is named: the case of the article. */
export const DEFAULT_SCENARIO = "kb-q159302";
