/**
 * Plugin for tsup: esbuild turns every top-level `const` of a bundle into `var`, and V8 then folds no constant and inlines less on the way of a packet
 * (5 % of `show`; docs/FLEET-PROFILE.md, "constants"). This turns those back that nothing assigns again.
 */

import { type AnyNode, type Pattern, parse } from "acorn";
import { full } from "acorn-walk";

function addNames(pattern: Pattern | null, names: Set<string>): void {
  switch (pattern?.type) {
    case "Identifier":
      names.add(pattern.name);
      break;
    case "ObjectPattern":
      for (const property of pattern.properties) addNames(property.type === "RestElement" ? property.argument : property.value, names);
      break;
    case "ArrayPattern":
      for (const element of pattern.elements) addNames(element, names);
      break;
    case "AssignmentPattern":
      addNames(pattern.left, names);
      break;
    case "RestElement":
      addNames(pattern.argument, names);
      break;
  }
}

/** Names that anything in the module assigns after their declaration. */
function assignedNames(program: AnyNode): Set<string> {
  const names = new Set<string>();
  full(program, (node) => {
    const n = node as AnyNode;
    if (n.type === "AssignmentExpression") addNames(n.left, names);
    else if (n.type === "UpdateExpression" && n.argument.type === "Identifier") names.add(n.argument.name);
    else if ((n.type === "ForInStatement" || n.type === "ForOfStatement") && n.left.type !== "VariableDeclaration") addNames(n.left, names);
  });
  return names;
}

/** The module with `const` in place of `var` in each top-level declaration whose names are declared once, with a value, and never assigned again. */
export function declareConstants(code: string): string {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  const assigned = assignedNames(program);
  const declarations = program.body.filter((s) => s.type === "VariableDeclaration").filter((s) => s.kind === "var");
  const declared = declarations.map((declaration) => {
    const names = new Set<string>();
    for (const { id } of declaration.declarations) addNames(id, names);
    return names;
  });
  const counts = new Map<string, number>();
  for (const name of declared.flatMap((names) => [...names])) counts.set(name, (counts.get(name) ?? 0) + 1);
  let out = "";
  let at = 0;
  for (const [i, { start, declarations: parts }] of declarations.entries()) {
    if (parts.some(({ init }) => init == null) || [...declared[i]].some((name) => assigned.has(name) || counts.get(name) !== 1)) continue;
    out += `${code.slice(at, start)}const`;
    at = start + "var".length;
  }
  return out + code.slice(at);
}

export const constDeclarations = {
  name: "const-declarations",
  renderChunk: (code: string) => ({ code: declareConstants(code) }),
};
