/**
 * Plugin for tsup. esbuild turns every top-level `const` of a bundle into `var` and inlines no number across modules. V8 then folds fewer constants, and longer
 * bytecode reaches its inlining budget earlier (docs/FLEET-PROFILE.md, "constants"). This turns those `var`s back and writes numbers where they are used.
 */

import { type AnyNode, type Expression, parse, type VariableDeclaration } from "acorn";
import { full } from "acorn-walk";

/** How often each name of a module is bound, and where it is read. */
class Names {
  /** How often each name is bound or assigned as a pattern: 1 is its declaration alone. */
  readonly #bound = new Map<string, number>();
  readonly #updated = new Set<string>();
  /** Offsets at which each name is read. */
  readonly reads = new Map<string, number[]>();
  /** Offsets of those reads that are also a property's key, as in `{ name }`. */
  readonly shorthand = new Set<number>();

  constructor(program: AnyNode) {
    full(program, (node, _state, type) => {
      const n = node as AnyNode;
      if (n.type === "Identifier" && type === "VariablePattern") this.#bound.set(n.name, (this.#bound.get(n.name) ?? 0) + 1);
      else if (n.type === "Identifier") this.#read(n.name, n.start);
      else if (n.type === "UpdateExpression" && n.argument.type === "Identifier") this.#updated.add(n.argument.name);
      else if ((n.type === "ForInStatement" || n.type === "ForOfStatement") && n.left.type === "Identifier") this.#updated.add(n.left.name);
      else if (n.type === "Property" && n.shorthand) this.shorthand.add(n.value.start);
    });
  }

  #read(name: string, at: number): void {
    const reads = this.reads.get(name);
    if (reads === undefined) this.reads.set(name, [at]);
    else reads.push(at);
  }

  /** Whether the name has exactly one declaration in the module, and is never assigned again. */
  isConstant(name: string): boolean {
    return this.#bound.get(name) === 1 && !this.#updated.has(name);
  }
}

/** Names that a declaration binds; `null` where it destructures. */
function namesOf({ declarations }: VariableDeclaration): string[] | null {
  const ids = declarations.map(({ id }) => id);
  return ids.every((id) => id.type === "Identifier") ? ids.map((id) => id.name) : null;
}

/** The number that an expression is, as text. */
function numberText(init: Expression | null | undefined, code: string): string | null {
  const value = init?.type === "UnaryExpression" && init.operator === "-" ? init.argument : init;
  return init && value?.type === "Literal" && typeof value.value === "number" ? code.slice(init.start, init.end) : null;
}

/** The module with `const` in place of `var` in top-level declarations of constants, and with numbers in place of the names of constants. */
export function declareConstants(code: string): string {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  const names = new Names(program);
  const edits: { readonly at: number; readonly len: number; readonly text: string }[] = [];
  for (const statement of program.body) {
    if (statement.type !== "VariableDeclaration" || statement.kind === "let") continue;
    const bound = namesOf(statement);
    if (bound === null || !bound.every((name) => names.isConstant(name)) || statement.declarations.some(({ init }) => init == null))
      continue;
    if (statement.kind === "var") edits.push({ at: statement.start, len: 3, text: "const" });
    for (const [i, { init }] of statement.declarations.entries()) {
      const number = numberText(init, code);
      if (number === null) continue;
      const text = number.startsWith("-") ? `(${number})` : number;
      for (const at of names.reads.get(bound[i]) ?? []) {
        edits.push({ at, len: bound[i].length, text: names.shorthand.has(at) ? `${bound[i]}:${text}` : text });
      }
    }
  }
  let out = "";
  let from = 0;
  for (const { at, len, text } of edits.sort((a, b) => a.at - b.at)) {
    out += code.slice(from, at) + text;
    from = at + len;
  }
  return out + code.slice(from);
}

export const constDeclarations = {
  name: "const-declarations",
  renderChunk: (code: string) => ({ code: declareConstants(code) }),
};
