/** The readable text of an HTML page, in one linear pass (htmlparser2): no input makes it take more than time proportional to its length. */

import { Parser } from "htmlparser2";

/** Elements whose content is not shown as text. */
const HIDDEN: ReadonlySet<string> = new Set(["script", "style", "title", "template", "head"]);

/** Elements that begin and end a line. */
const BLOCKS: ReadonlySet<string> = new Set([
  ...["p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "hr", "section", "article", "header", "footer"],
  ...["h1", "h2", "h3", "h4", "h5", "h6"],
]);

/** Lines end with LF. White space is folded as a browser folds it, except inside `pre`. */
export function textOfHtml(html: string): string {
  const parts: string[] = [];
  let hidden = 0;
  let pre = 0;
  let atLineStart = true;
  const newLine = () => {
    if (!atLineStart) parts.push("\n");
    atLineStart = true;
  };
  const parser = new Parser(
    {
      onopentag(name) {
        if (HIDDEN.has(name)) hidden++;
        if (name === "pre") pre++;
        if (name === "body") hidden = 0;
        if (name === "br") {
          parts.push("\n");
          atLineStart = true;
        } else if (BLOCKS.has(name)) newLine();
      },
      onclosetag(name) {
        if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
        if (name === "pre") pre = Math.max(0, pre - 1);
        if (BLOCKS.has(name)) newLine();
      },
      ontext(text) {
        if (hidden > 0) return;
        const folded = pre > 0 ? text : text.replace(/[ \t\r\n\f]+/g, " ");
        const shown = atLineStart && pre === 0 && folded.startsWith(" ") ? folded.slice(1) : folded;
        if (shown === "") return;
        parts.push(shown);
        atLineStart = shown.endsWith("\n");
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html);
  return parts.join("").replaceAll("\u00a0", " ");
}
