/** A number as people read it: `1,234`. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** So many of something: `1 value`, `1,234 values`. */
export function many(number: number, one: string, several = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : several}`;
}
