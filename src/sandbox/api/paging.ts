/** Base of DigitalOcean's own paging links; a client must not follow them with its token. */
const LINK_BASE = 'https://api.digitalocean.com';
const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 200;

export interface Page<T> {
  readonly items: readonly T[];
  readonly links: object;
  readonly meta: { readonly total: number };
}

/** One page of a list, with its links (contract: pagination). */
export function paginate<T>(all: readonly T[], path: string, query: URLSearchParams): Page<T> {
  const perPage = Math.min(positive(query.get('per_page')) ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
  const page = positive(query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const link = (number: number): string => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(number));
    parameters.set('per_page', String(perPage));
    return `${LINK_BASE}${path}?${parameters.toString()}`;
  };
  const before = page > 1 ? { first: link(1), prev: link(page - 1) } : {};
  const after = page < last ? { next: link(page + 1), last: link(last) } : {};
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    links: last === 1 && page === 1 ? {} : { pages: { ...before, ...after } },
    meta: { total: all.length },
  };
}

function positive(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
