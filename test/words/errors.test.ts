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

/** Stands for the hint that a service throws along. */
const OWN_HINT = 'Own hint of the error.';

/** Hints that the sources throw along with each code: the texts of the record that the code stands in. */
function hintsThrown(): ReadonlyMap<string, readonly string[]> {
  const hints = new Map<string, string[]>();
  for (const folder of FOLDERS) {
    const files = readdirSync(join(SERVICES, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((path) => path.endsWith('.ts'))) {
      const text = readFileSync(join(SERVICES, folder, file), 'utf8');
      for (const match of text.matchAll(/\bcode: '([a-z0-9-]+)'/g)) {
        const record = recordAround(text, match.index);
        const hint = /\bhint: ([\s\S]*?),\n/.exec(record)?.[1] ?? '';
        const texts = [...hint.matchAll(/(['`])((?:(?!\1).)+)\1/g)].map((found) => found[2]!);
        hints.set(match[1]!, [...(hints.get(match[1]!) ?? []), ...texts]);
      }
    }
  }
  return hints;
}

/** The innermost `{…}` around a place. */
function recordAround(text: string, place: number): string {
  let start = place;
  for (let depth = 0; depth >= 0 && start > 0; start -= 1) {
    if (text[start] === '}') depth += 1;
    if (text[start] === '{') depth -= 1;
  }
  let end = place;
  for (let depth = 0; depth >= 0 && end < text.length; end += 1) {
    if (text[end] === '{') depth += 1;
    if (text[end] === '}') depth -= 1;
  }
  return text.slice(start, end);
}

function wayOut(step: StepId, code: string, aftermath: Aftermath): string {
  return hintText(failureWayOut({ step, code, hint: OWN_HINT }, REQUEST, aftermath), REAL);
}

const CODES = codesThrown();
const HINTS = hintsThrown();
/** The region itself is refused: another try there fails again. */
const OF_REGION = ['region-unavailable', 'size-unavailable', 'image-unavailable'];
/** Of adopting a droplet, of moving secrets, and of a clean-up, which names them as what is left. */
const NEVER_OF_A_STEP: ReadonlySet<string> = new Set([
  'droplet-without-address',
  'not-read-back',
  'droplet-still-there',
]);
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
    const nextRegion = OF_REGION.includes(code) ? 'REGION' : 'fra1';
    const ways = {
      'rolled-back': text.includes(`portlama-tui provision --region ${nextRegion} --label lab`),
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
    expect(text).not.toMatch(/larger size|check before you try again/i);
  });

  it('repeats no hint of the error', () => {
    if (NEVER_OF_A_STEP.has(code)) return;
    for (const step of STEPS) {
      if (!wayOut(step, code, aftermath).includes(OWN_HINT)) continue;
      for (const hint of HINTS.get(code) ?? []) {
        const text = hintText(failureWayOut({ step, code, hint }, REQUEST, aftermath), REAL);
        expect(text.match(/try again|retry/gi) ?? []).toHaveLength(
          aftermath === 'rolled-back' && !OF_REGION.includes(code) ? 1 : 0,
        );
        expect(text).not.toMatch(/larger size|look before|look at (?:it|the droplet)/i);
      }
    }
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

describe('the connection', () => {
  it.each(['connection-refused', 'connection-lost', 'timed-out'])(
    'to DigitalOcean is not blamed on SSH: %s',
    (code) => {
      for (const step of ['validate_token', 'create_droplet', 'wait_droplet'] as const)
        expect(wayOut(step, code, 'rolled-back')).not.toContain('SSH');
      if (code !== 'timed-out') expect(wayOut('wait_ssh', code, 'rolled-back')).toContain('SSH');
    },
  );
});

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
