import { domainProblem } from '../../../core/domain.js';
import { InputError, quoted } from '../../../core/errors.js';
import type { DigitalOceanApi } from '../api.js';
import type { Caller } from '../caller.js';
import { readAll, readOne, remove } from './reading.js';

/** Answers 404 for a domain that the account does not have. */
export function domainCalls(
  caller: Caller,
): Pick<
  DigitalOceanApi,
  'listDomains' | 'createDomain' | 'listRecords' | 'createRecord' | 'updateRecord' | 'deleteRecord'
> {
  return {
    listDomains: (signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: '/v2/domains',
          purpose: 'list the domains',
          scope: 'domain:read',
        },
        (bodies) => bodies.domains,
        signal,
      ),

    createDomain: async (name, signal) =>
      readOne(
        caller,
        {
          method: 'POST',
          path: '/v2/domains',
          body: { name: requireName(name) },
          purpose: `add the domain ${name}`,
          scope: 'domain:create',
        },
        (bodies) => bodies.domain,
        { signal },
      ),

    listRecords: async (domain, signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: recordsPath(domain),
          purpose: `list the records of ${domain}`,
          scope: 'domain:read',
        },
        (bodies) => bodies.records,
        signal,
      ),

    createRecord: async (domain, record, signal) =>
      readOne(
        caller,
        {
          method: 'POST',
          path: recordsPath(domain),
          body: record,
          purpose: `add a record to ${domain}`,
          scope: 'domain:create',
        },
        (bodies) => bodies.record,
        { signal },
      ),

    updateRecord: async (domain, id, record, signal) =>
      readOne(
        caller,
        {
          method: 'PUT',
          path: `${recordsPath(domain)}/${id}`,
          body: record,
          purpose: `change record ${id} of ${domain}`,
          scope: 'domain:update',
        },
        (bodies) => bodies.record,
        { signal },
      ),

    deleteRecord: async (domain, id, signal) =>
      remove(
        caller,
        {
          method: 'DELETE',
          path: `${recordsPath(domain)}/${id}`,
          purpose: `remove record ${id} of ${domain}`,
          scope: 'domain:delete',
        },
        { signal },
      ),
  };
}

function recordsPath(domain: string): string {
  return `/v2/domains/${requireName(domain)}/records`;
}

/** A domain as one segment of a path; anything else could lead elsewhere. */
function requireName(domain: string): string {
  if (domainProblem(domain) === undefined) return domain;
  throw new InputError({
    code: 'domain-invalid',
    message: `${quoted(domain)} is not a domain that DigitalOcean can have.`,
  });
}
