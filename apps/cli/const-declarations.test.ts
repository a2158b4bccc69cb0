import { expect, it } from "vitest";
import { declareConstants } from "./const-declarations.ts";

it("declares as constants what is declared once and never assigned again", () => {
  const code =
    "var a = f(), b = g(); var c = h(); c++; var i; function k() { j = 2; } var j = f(); var l = f(); for (l of []); export { a };";
  expect(declareConstants(code)).toBe(
    "const a = f(), b = g(); var c = h(); c++; var i; function k() { j = 2; } var j = f(); var l = f(); for (l of []); export { a };",
  );
});

it("writes numbers where their constants are read", () => {
  const code = "var A = 14, B = -1; const C = 0x10; f(A + x.A, { A, B: A }, y[B], B - B, C); export { A };";
  expect(declareConstants(code)).toBe(
    "const A = 14, B = -1; const C = 0x10; f(14 + x.A, { A:14, B: 14 }, y[(-1)], (-1) - (-1), 0x10); export { A };",
  );
});

it("leaves names alone that mean something else in a function", () => {
  const code = "var A = 14; function f(A) { return A; } var B = 1; function g() { let B = 2; return B; } var C = 1; { class C {} }";
  expect(declareConstants(code)).toBe(code);
});
