import type { DomainInput } from '../../usecases/server-domain.js';
import type { Call, Option } from './command.js';

/** The desktop app's names (contract: provisioner). */
export const DOMAIN_OPTIONS = {
  domain: { value: 'DOMAIN', summary: 'Domain to point at the server' },
  email: { value: 'EMAIL', summary: 'E-mail address for its certificates, kept for its set-up' },
  'do-domain': { value: 'ZONE', summary: 'Domain of your account to create the records in' },
  'do-subdomain': { value: 'NAME', summary: 'Subdomain: one label below that domain' },
  'override-dns': { summary: 'Replace existing records of the domain' },
  yes: { value: 'DOMAIN', summary: 'Confirm a domain that is to be added or replaced' },
} as const satisfies Record<string, Option>;

export function domainInput({ options, switches }: Call): DomainInput {
  const { domain, email } = options;
  return {
    domain,
    email,
    zone: options['do-domain'],
    subdomain: options['do-subdomain'],
    override: switches.has('override-dns'),
  };
}
