import { expect, test } from "vitest";
import { isCommonPassword } from "./common-passwords";

test.each([
  ...["passwordpassword", "PASSWORDpassword", "123456789012", "098765432109", "qwertyuiopas"],
  ...["password1234", "Password12345!", "letmein!!!!!", "administrator1", "dragon2024!!"],
  ...["aaaaaaaaaaaa", "abababababab", "abc1abc1abc1", "welcome1welcome1", "monkeymonkeymo"],
  ...[
    "zyxwvutsrqponm",
    "1qaz2wsx3edc",
    "lkjhgfdsapoiu",
    "Ｐａｓｓｗｏｒｄ１２３４",
    "iloveyou123456",
  ],
])("%s is common", (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

test.each([
  ...["seven plain wooden chairs", "a long enough password", "738291650374", "xK4!pq9Lw2#z"],
  ...["passwordless-horizon", "dragon fruit tea", "ünïcödé wörds here", "!!!!1111!!!!2"],
])("%s is not", (password) => {
  expect(isCommonPassword(password)).toBe(false);
});

test("the longest password is looked at in no time", () => {
  const start = performance.now();
  for (const text of ["0".repeat(1_023) + "x", "ab".repeat(511) + "xy", "!".repeat(1_024)]) {
    isCommonPassword(text);
  }
  expect(performance.now() - start).toBeLessThan(200);
});
