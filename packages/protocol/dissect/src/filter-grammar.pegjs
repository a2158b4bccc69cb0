// Display filters: what Wireshark's language says of fields, comparisons, sets, slices, functions and logic.
{{
  function chain(first, rest) {
    return rest.reduce((left, [op, right]) => ({ kind: op, left, right }), first);
  }
}}

filter = _ e:or _ { return e; }

or = first:and rest:(_ OR _ r:and { return ["or", r]; })* { return chain(first, rest); }
and = first:not rest:(_ AND _ r:not { return ["and", r]; })* { return chain(first, rest); }
not = NOT _ operand:not { return { kind: "not", operand }; } / primary

primary = "(" _ e:or _ ")" { return e; } / test

test
  = left:operand _ op:comparison _ right:operand { return { kind: "compare", op, left, right, location: location().start }; }
  / left:operand _ negated:(NOT __)? "in" _ "{" _ set:set _ "}" { const t = { kind: "in", left, set }; return negated ? { kind: "not", operand: t } : t; }
  / left:operand _ "&" !"&" _ right:operand { return { kind: "bits", left, right }; }
  / left:operand { return { kind: "exists", operand: left }; }

set = first:element rest:(( _ "," _ / __) e:element { return e; })* { return [first, ...rest]; }
element = from:value _ ".." _ to:value { return { from, to }; } / v:value { return { from: v, to: v }; }

comparison
  = "==" { return "eq"; } / "!==" { return "any_ne"; } / "~=" { return "any_ne"; } / "!=" { return "ne"; }
  / "<=" { return "le"; } / ">=" { return "ge"; } / "<" { return "lt"; } / ">" { return "gt"; } / "~" { return "matches"; }
  / w:("eq" / "any_eq" / "ne" / "any_ne" / "le" / "ge" / "lt" / "gt" / "contains" / "matches") ![a-z0-9_.]i { return w === "any_eq" ? "eq" : w; }

operand = callExpression / slice / value
callExpression = name:("len" / "count" / "upper" / "lower") _ "(" _ argument:operand _ ")" { return { kind: "call", name, argument }; }
slice = field:field "[" _ ranges:ranges _ "]" { return { kind: "slice", field, ranges }; }
ranges = first:range rest:(_ "," _ r:range { return r; })* { return [first, ...rest]; }
range
  = from:integer _ ":" _ len:integer { return { from, len }; }
  / from:integer _ "-" _ to:integer { return { from, to }; }
  / from:integer _ ":" { return { from }; }
  / ":" _ len:integer { return { from: 0, len }; }
  / from:integer { return { from, len: 1 }; }
integer = sign:"-"? digits:$[0-9]+ { return (sign ? -1 : 1) * Number(digits); }

value = string / field / literal
string = "r"? '"' chars:char* '"' { return { kind: "string", value: chars.join("") }; }
char = "\\" c:[\\"] { return c; } / "\\x" h:$([0-9a-f]i [0-9a-f]i) { return String.fromCharCode(parseInt(h, 16)); } / [^"]
field = !reserved name:$([a-z_]i [a-z0-9_-]i* ("." [a-z0-9_-]i+)*) !":" { return { kind: "field", name, location: location().start }; }
literal = text:$(!".." [0-9a-f:./x-]i)+ { return { kind: "literal", text, location: location().start }; }

reserved = ("and" / "or" / "not" / "in" / "contains" / "matches" / "eq" / "ne" / "lt" / "gt" / "le" / "ge") ![a-z0-9_.-]i
AND = "&&" / "and" ![a-z0-9_.]i
OR = "||" / "or" ![a-z0-9_.]i
NOT = "!" !"=" / "not" ![a-z0-9_.]i
_ = [ \t\r\n]*
__ = [ \t\r\n]+
