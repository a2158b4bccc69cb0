// Display filters: what Wireshark 4.0's language says of fields, layers, comparisons, sets, slices, arithmetic, functions and logic.
{{
  function chain(first, rest) {
    return rest.reduce((left, [op, right]) => ({ kind: op, left, right }), first);
  }
  function calculate(first, rest) {
    return rest.reduce((left, [op, right]) => ({ kind: "arithmetic", op, left, right, location: left.location }), first);
  }
  const ESCAPES = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
}}

filter = _ e:or _ { return e; }

or = first:and rest:(_ OR _ r:and { return ["or", r]; })* { return chain(first, rest); }
and = first:not rest:(_ AND _ r:not { return ["and", r]; })* { return chain(first, rest); }
not = NOT _ operand:not { return { kind: "not", operand }; } / primary

primary = "(" _ e:or _ ")" { return e; } / test

test
  = quantifier:quantifier __ c:compared { return { ...c, quantifier }; }
  / compared
  / operand:sum { return { kind: "exists", operand }; }

quantifier = w:("any" / "all") ![a-z0-9_.-]i { return w; }

compared
  = first:sum rest:(_ op:comparison _ right:sum { return { op, right }; })+ {
      let left = first;
      const tests = rest.map(({ op, right }) => {
        const t = { kind: "compare", quantifier: null, op, left, right };
        left = right;
        return t;
      });
      return tests.length === 1 ? tests[0] : { kind: "chain", quantifier: null, tests };
    }
  / left:layered _ negated:(NOT __)? "in" _ "{" _ set:set _ "}" { return { kind: "in", quantifier: null, negated: negated !== null, left, set }; }

set = first:element rest:(_ "," _ e:element { return e; })* { return [first, ...rest]; }
element = from:sum _ ".." _ to:sum { return { from, to }; } / v:sum { return { from: v, to: null }; }

comparison
  = "===" { return "all_eq"; } / "==" { return "eq"; } / "!==" { return "any_ne"; } / "~=" { return "any_ne"; } / "!=" { return "ne"; }
  / "<=" { return "le"; } / ">=" { return "ge"; } / "<" { return "lt"; } / ">" { return "gt"; } / "~" { return "matches"; }
  / w:("eq" / "any_eq" / "all_eq" / "ne" / "all_ne" / "any_ne" / "le" / "ge" / "lt" / "gt" / "contains" / "matches") ![a-z0-9_.]i {
      return w === "any_eq" ? "eq" : w === "all_ne" ? "ne" : w;
    }

sum = first:total rest:(_ ("&" !"&" / "bitwise_and" ![a-z0-9_.]i) _ r:total { return ["&", r]; })* { return calculate(first, rest); }
total = first:product rest:(_ op:("+" / "-") _ r:product { return [op, r]; })* { return calculate(first, rest); }
product = first:unary rest:(_ op:("*" / "/" / "%") _ r:unary { return [op, r]; })* { return calculate(first, rest); }
unary
  = "-" _ operand:unary { return { kind: "negative", operand, location: location().start }; }
  / "+" _ operand:unary { return operand; }
  / sliced

sliced = operand:operand slices:(_ "[" _ r:ranges _ "]" { return r; })* {
    return slices.reduce((of, ranges) => ({ kind: "slice", operand: of, ranges, location: of.location }), operand);
  }
operand = "{" _ e:sum _ "}" { return e; } / callExpression / value
callExpression = name:$([a-z_]i [a-z0-9_]i*) "(" _ list:arguments? _ ")" { return { kind: "call", name, arguments: list ?? [], location: location().start }; }
arguments = first:sum rest:(_ "," _ a:sum { return a; })* { return [first, ...rest]; }
ranges = first:range rest:(_ "," _ r:range { return r; })* { return [first, ...rest]; }
range
  = from:integer _ ":" _ len:integer { return { from, len }; }
  / from:integer _ "-" _ to:integer { return { from, to }; }
  / from:integer _ ":" { return { from }; }
  / ":" _ len:integer { return { from: 0, len }; }
  / from:integer { return { from, len: 1 }; }
integer = sign:"-"? digits:$[0-9]+ { return (sign ? -1 : 1) * Number(digits); }

value = string / character / layered / literal
string
  = "r" '"' chars:rawChar* '"' { return { kind: "string", value: chars.join(""), location: location().start }; }
  / '"' chars:char* '"' { return { kind: "string", value: chars.join(""), location: location().start }; }
rawChar = "\\" c:. { return "\\" + c; } / [^"\\]
char = escape / [^"\\]
escape
  = "\\x" h:$([0-9a-f]i [0-9a-f]i) { return String.fromCharCode(parseInt(h, 16)); }
  / "\\" o:$([0-7] [0-7]? [0-7]?) { return String.fromCharCode(parseInt(o, 8) & 255); }
  / "\\" c:[abfnrtv'"?\\] { return ESCAPES[c] ?? c; }
character = "'" c:(escape / [^'\\]) "'" { return { kind: "character", code: c.charCodeAt(0), text: text(), location: location().start }; }
layered = f:field layers:(_ "#" l:layers { return l; })? { return layers ? { ...f, layers } : f; }
layers = n:$[0-9]+ { return [{ from: Number(n), len: 1 }]; } / "[" _ r:ranges _ "]" { return r; }
field = !reserved "."? name:$([a-z_]i [a-z0-9_-]i* ("." [a-z0-9_-]i+)*) !":" { return { kind: "field", name, layers: null, location: location().start }; }
literal = text:$([0-9a-f:]i (!".." [0-9a-z_:./-]i)*) { return { kind: "literal", text, location: location().start }; }

reserved = ("and" / "or" / "not" / "in" / "contains" / "matches" / "eq" / "ne" / "lt" / "gt" / "le" / "ge" / "any" / "all" / "any_eq" / "all_eq" / "any_ne" / "all_ne" / "bitwise_and") ![a-z0-9_.-]i
AND = "&&" / "and" ![a-z0-9_.]i
OR = "||" / "or" ![a-z0-9_.]i
NOT = "!" !"=" / "not" ![a-z0-9_.]i
_ = [ \t\r\n]*
__ = [ \t\r\n]+
