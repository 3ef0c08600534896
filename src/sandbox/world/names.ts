/** `servfail` and `refused` are failures of the resolver; `silent` never answers. */
export type NameAnswer = readonly string[] | 'servfail' | 'refused' | 'silent';

/** The DNS of the sandbox: A records by name. `*.example.com` answers for what has no record of its own. */
export class Names {
  private readonly answers = new Map<string, NameAnswer>();
  private readonly sources: ((name: string) => readonly string[] | undefined)[] = [];

  set(name: string, answer: NameAnswer): void {
    this.answers.set(name.toLowerCase(), answer);
  }

  delete(name: string): void {
    this.answers.delete(name.toLowerCase());
  }

  /** Adds a zone: gives the addresses of exactly this name (`*.…` included), undefined for none. */
  addSource(source: (name: string) => readonly string[] | undefined): void {
    this.sources.push(source);
  }

  find(name: string): NameAnswer {
    const wanted = name.toLowerCase().replace(/\.$/, '');
    const labels = wanted.split('.');
    const wildcards = labels.map((_label, index) => ['*', ...labels.slice(index + 1)].join('.'));
    for (const candidate of [wanted, ...wildcards]) {
      const answer = this.exactly(candidate);
      if (answer !== undefined) return answer;
    }
    return [];
  }

  private exactly(name: string): NameAnswer | undefined {
    const set = this.answers.get(name);
    if (set !== undefined) return set;
    return this.sources.map((source) => source(name)).find((answer) => answer !== undefined);
  }
}
