/** Remembers what a pure function of a text answered. Bounded: when full, the oldest entry goes. */
export class Memo<T> {
  private readonly known = new Map<string, T>();

  constructor(
    private readonly compute: (text: string) => T,
    private readonly limit = 4096,
  ) {}

  /** Whatever `compute` throws is not remembered. */
  get(text: string): T {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const value = this.compute(text);
    if (this.known.size >= this.limit) this.known.delete(this.known.keys().next().value as string);
    this.known.set(text, value);
    return value;
  }
}
