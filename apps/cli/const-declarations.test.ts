import { expect, it } from "vitest";
import { declareConstants } from "./const-declarations.ts";

it("declares as constants what is declared once and never assigned again", () => {
  const code = "var a = 1, b = 2; var c = 3; c++; var { d, e: [f] } = x; var g; function h() { i = 2; } var i = 1; export { a };";
  expect(declareConstants(code)).toBe(
    "const a = 1, b = 2; var c = 3; c++; const { d, e: [f] } = x; var g; function h() { i = 2; } var i = 1; export { a };",
  );
});

it("leaves names alone that are declared twice, destructured into or looped over", () => {
  const code = "var a = 1; var a = 2; var b = 1; [b] = [2]; var c = 1; for (c of [1]) {} var d = 1; ({ d } = {});";
  expect(declareConstants(code)).toBe(code);
});
