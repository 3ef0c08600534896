/** A record as DigitalOcean's API shows it. */
export interface DomainRecord {
  readonly id: number;
  readonly type: string;
  /** Relative to the zone; `@` for its apex. */
  readonly name: string;
  readonly data: string;
  /** Seconds. */
  readonly ttl: number;
  readonly priority: number | null;
  readonly port: number | null;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
}

/** A zone of a team. */
export interface Domain {
  readonly name: string;
  readonly records: Map<number, DomainRecord>;
}

export function fullName(
  domain: Pick<Domain, 'name'>,
  { name }: Pick<DomainRecord, 'name'>,
): string {
  return name === '@' ? domain.name : `${name}.${domain.name}`;
}

/** Addresses of exactly this name in these zones, all of which count as delegated; undefined for no A record. */
export function addressesIn(
  domains: Iterable<Domain>,
  name: string,
): readonly string[] | undefined {
  const found = [...domains].flatMap((domain) =>
    [...domain.records.values()].filter(
      (record) => record.type === 'A' && fullName(domain, record) === name,
    ),
  );
  return found.length === 0 ? undefined : found.map(({ data }) => data);
}
