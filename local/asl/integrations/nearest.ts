/** As similar as a name must be to be proposed; AWS proposes 'Bucket' for 'Bogus', and nothing for what is further off. */
const LEAST = 0.6;

/** The name that is another but for capitals, or else most like it by Jaro and Winkler; undefined if none is. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: { name: string; similarity: number } | undefined;
  for (const candidate of names) {
    if (candidate.toLowerCase() === name.toLowerCase()) return candidate;
    const found = similarity(name, candidate);
    if (found >= LEAST && found > (best?.similarity ?? 0)) best = { name: candidate, similarity: found };
  }
  return best?.name;
}

function similarity(a: string, b: string): number {
  const jaro = jaroOf(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** From characters that both have at about the same place, and how many of these are in another order. */
function jaroOf(a: string, b: string): number {
  const reach = Math.max(Math.floor(Math.max(a.length, b.length) / 2) - 1, 0);
  const taken = new Set<number>();
  const matches: string[] = [];
  for (const [i, character] of [...a].entries()) {
    for (let j = Math.max(i - reach, 0); j <= Math.min(i + reach, b.length - 1); j++) {
      if (b[j] !== character || taken.has(j)) continue;
      taken.add(j);
      matches.push(character);
      break;
    }
  }
  if (matches.length === 0) return 0;
  const others = [...taken].sort((x, y) => x - y).map((j) => b[j]);
  const moved = matches.filter((character, i) => character !== others[i]).length / 2;
  const count = matches.length;
  return (count / a.length + count / b.length + (count - moved) / count) / 3;
}
