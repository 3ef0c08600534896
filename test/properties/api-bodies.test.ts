import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import * as fc from '../fixtures/fast-check.js';
import { bodies, describeProblem } from '../../src/services/digitalocean/models.js';
import { body, type Kind, MARK } from './oracles/api-bodies.js';
import { modelProblem } from './oracles/api-models.js';
import { describeProperty } from './property.js';

/** What the program makes of a body, or the place that it complains about. */
type Read = (
  kind: Kind,
  value: unknown,
) => { readonly model: unknown } | { readonly problem: string };
const read: Read = (kind, value) => {
  const result = bodies[kind].safeParse(value);
  return result.success ? { model: result.data } : { problem: describeProblem(result.error) };
};

describeProperty<Read>('the API body reader', {
  property: (subject) =>
    fc.property(body, ({ kind, value, isGenuine }) => {
      const before = JSON.stringify(value);
      const outcome = subject(kind, value);
      strictEqual(JSON.stringify(value), before, 'the body was changed');
      if ('problem' in outcome) {
        ok(!isGenuine, `refused what DigitalOcean sends: ${outcome.problem}`);
        ok(outcome.problem.length < 200 && /^[\x20-\x7e]+$/.test(outcome.problem), outcome.problem);
        ok(!outcome.problem.includes(MARK), 'a value in an error');
        return;
      }
      strictEqual(modelProblem(kind, outcome.model), undefined);
      expectTrue(kind, value, outcome.model);
    }),
  real: read,
  mutants: {
    'passes on what it is given': (kind, value) => ({
      model: (value as Record<string, unknown> | null)?.[kind] ?? value,
    }),
    'does not clean what is shown': changed('account', (model, value) => ({
      ...model,
      email: at(value, 'account', 'email'),
    })),
    'takes the first address for the public one': changed('droplet', (model, value) => ({
      ...model,
      publicIpv4: at(value, 'droplet', 'networks', 'v4', '0', 'ip_address') ?? undefined,
    })),
    'rounds what is no id': (kind, value) => {
      const id = at(value, 'ssh_key', 'id');
      if (kind !== 'sshKey' || typeof id !== 'number' || id <= 0) return read(kind, value);
      const key = (value as { ssh_key: object }).ssh_key;
      return read(kind, { ssh_key: { ...key, id: Math.ceil(id % 2 ** 31) } });
    },
    'takes status words that it does not know': changed('droplet', (model, value) => ({
      ...model,
      status: at(value, 'droplet', 'status'),
    })),
    'repeats values in its errors': (kind, value) => {
      const outcome = read(kind, value);
      return 'problem' in outcome
        ? { problem: `${outcome.problem} ${JSON.stringify(value)?.slice(0, 80)}` }
        : outcome;
    },
    'refuses a droplet whose tags may not be read': (kind, value) =>
      kind === 'droplet' &&
      Array.isArray(at(value, 'droplet', 'tags')) &&
      at(value, 'droplet', 'status') === 'active'
        ? { problem: 'droplet.tags' }
        : read(kind, value),
    'follows a page that is far away': changed('droplets', (model) => ({
      ...model,
      nextPage: model['nextPage'] ?? -1,
    })),
  },
});

/** Some facts in which a model must not differ from its body. */
function expectTrue(kind: Kind, value: unknown, model: unknown): void {
  if (kind === 'sshKey') strictEqual(at(model, 'id'), at(value, 'ssh_key', 'id'));
  if (kind === 'account')
    strictEqual(at(model, 'emailVerified'), at(value, 'account', 'email_verified'));
  if (kind === 'droplets')
    deepStrictEqual(
      (at(model, 'items') as { id: number }[]).map(({ id }) => id),
      (at(value, 'droplets') as { id: number }[]).map(({ id }) => id),
    );
  if (kind !== 'droplet') return;
  strictEqual(at(model, 'id'), at(value, 'droplet', 'id'));
  const v4 = (at(value, 'droplet', 'networks', 'v4') ?? []) as {
    type: string;
    ip_address: string;
  }[];
  strictEqual(at(model, 'publicIpv4'), v4.filter(({ type }) => type === 'public')[0]?.ip_address);
  // Only what is active may be connected to.
  strictEqual(at(model, 'status') === 'active', at(value, 'droplet', 'status') === 'active');
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

function changed(
  kind: Kind,
  change: (model: Record<string, unknown>, value: unknown) => Record<string, unknown>,
): Read {
  return (asked, value) => {
    const outcome = read(asked, value);
    if (asked !== kind || 'problem' in outcome) return outcome;
    return { model: change(outcome.model as Record<string, unknown>, value) };
  };
}
