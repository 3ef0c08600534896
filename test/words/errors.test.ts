import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StepId, STEPS as ALL_STEPS } from '../../src/services/provisioning/steps/index.js';
import {
  type Aftermath,
  aftermathOf,
  failureCause,
  failureWayOut,
} from '../../src/words/errors.js';
import { hintText, screenHintText } from '../../src/words/hints.js';

const SERVICES = resolve(import.meta.dirname, '../../src/services');
/** Where what a provisioning fails with is thrown. */
const FOLDERS = [
  'digitalocean',
  'files',
  'installer',
  'keychain',
  'keystore',
  'panel',
  'provisioning',
  'registry',
  'ssh',
];
const REQUEST = { id: '3f2a9c0d1e5b7a68', label: 'lab', region: 'fra1', size: 's-1vcpu-1gb' };
const REAL = { sandbox: false };
const AFTERMATHS: readonly Aftermath[] = ['rolled-back', 'left-over', 'kept'];

/** Every code that stands in the sources: after `code:`, as a key of a table, or in a union of codes. */
function codesThrown(): string[] {
  const codes = new Set<string>();
  for (const folder of FOLDERS) {
    const files = readdirSync(join(SERVICES, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((path) => path.endsWith('.ts'))) {
      const text = readFileSync(join(SERVICES, folder, file), 'utf8');
      const found = text.matchAll(
        /code: '([a-z0-9-]+)'|^\s*\|\s*'([a-z0-9-]+)'|^ {2}'?([a-z0-9]+(?:-[a-z0-9]+)+)'?: |Error\(\s*'([a-z0-9]+(?:-[a-z0-9]+)+)'|fail ([a-z0-9-]+) '|return '([a-z0-9]+(?:-[a-z0-9]+)+)'/gm,
      );
      for (const match of found) codes.add(match.slice(1).find((code) => code !== undefined)!);
    }
  }
  return [...codes].sort();
}

/** The hint that services throw along: what it says is true whatever became of the droplet. */
const OWN_HINT = 'Own hint of the error.';

function wayOut(step: StepId, code: string, aftermath: Aftermath): string {
  return hintText(failureWayOut({ step, code, hint: OWN_HINT }, REQUEST, aftermath), REAL);
}

const CODES = codesThrown();
const STEPS: readonly StepId[] = ['validate_token', 'create_droplet', 'wait_ssh', 'enroll_admin'];
const CASES = CODES.flatMap((code) => AFTERMATHS.map((aftermath) => [code, aftermath] as const));

describe('the failure codes', () => {
  it('are found in the sources', () => {
    expect(CODES).toEqual(
      expect.arrayContaining([
        'answer-lost',
        'connection-timeout',
        'droplet-hangs',
        'installer-missing',
        'out-of-memory',
        'package-missing',
        'panel-certificate-early',
        'vault-locked',
      ]),
    );
    expect(CODES.length).toBeGreaterThan(120);
  });
});

describe.each(CASES)('%s when it is %s', (code, aftermath) => {
  it.each(STEPS)('has one way out that is true then, in %s', (step) => {
    const text = wayOut(step, code, aftermath);
    const ways = {
      'rolled-back': text.includes('portlama-tui provision --region fra1 --label lab'),
      'left-over': text.includes(`portlama-tui operations cleanup ${REQUEST.id}`),
      kept: text.includes(`portlama-tui operations cleanup ${REQUEST.id}`),
    };
    expect(ways[aftermath]).toBe(true);
    // Nothing is to be continued, or made anew, in a state of the world that does not allow it.
    expect(text.includes('operations resume')).toBe(aftermath === 'kept' && resumable(code));
    expect(text.includes('provision --region')).toBe(aftermath === 'rolled-back');
    // The droplet cannot be looked at once it is destroyed.
    if (aftermath === 'rolled-back')
      expect(text).not.toMatch(/console|on the server|droplet’s log|_logs/);
    expect(text).not.toMatch(/larger size|look before trying again/i);
  });

  it('says its cause once', () => {
    for (const step of STEPS) {
      const cause = failureCause({ step, code });
      const text = wayOut(step, code, aftermath);
      if (cause !== undefined) expect(text).not.toContain(cause);
      for (const sentence of text.split(/(?<=\.) /)) {
        expect(text.indexOf(sentence)).toBe(text.lastIndexOf(sentence));
      }
    }
  });

  it('names keys on the full screen', () => {
    const hint = failureWayOut({ step: 'wait_ssh', code }, REQUEST, aftermath);
    expect(screenHintText(hint, REAL)).not.toContain('portlama-tui');
  });
});

/** Those after which a resumed run would fail in the same way. */
function resumable(code: string): boolean {
  return !['operation-key-missing', 'session-ended', 'droplet-gone'].includes(code);
}

describe('causes', () => {
  it.each([
    ['validate_token', 'token-invalid', /expired/],
    ['create_droplet', 'request-refused', /limit of the DigitalOcean account, or a payment issue/],
    ['wait_droplet', 'boot-timeout', /delay/],
    ['wait_ssh', 'connection-refused', /[Ff]irewall/],
    ['install_portlama', 'registry-unreachable', /npm registry/],
  ] as const)('of %s failing with %s is the guide’s', (step, code, words) => {
    expect(failureCause({ step, code })).toMatch(words);
  });

  it.each([
    ['create_droplet', 'droplet-limit'],
    ['validate_token', 'label-taken'],
    ['validate_token', 'provisioning-in-progress'],
    ['install_portlama', 'connection-lost'],
    ['install_portlama', 'install-failed'],
    ['create_droplet', 'dns-failed'],
    ['save_registry', 'registry-busy'],
  ] as const)('of %s failing with %s is left to its sentence', (step, code) => {
    expect(failureCause({ step, code })).toBeUndefined();
  });

  it('never blame the npm registry for what apt said', () => {
    for (const { id } of ALL_STEPS)
      expect(failureCause({ step: id, code: 'package-missing' })).not.toContain('npm');
  });
});

describe('the aftermath', () => {
  it.each([
    ['failed', true, 'rolled-back'],
    ['failed-with-leftovers', true, 'left-over'],
    ['interrupted', true, 'left-over'],
    ['interrupted', false, 'kept'],
    ['cleaning-up', true, undefined],
    ['running', false, undefined],
    ['out-of-sight', false, undefined],
  ] as const)('of %s, clean-up begun: %s, is %s', (status, cleanUpBegun, aftermath) => {
    expect(aftermathOf({ status, cleanUpBegun })).toBe(aftermath);
  });
});
