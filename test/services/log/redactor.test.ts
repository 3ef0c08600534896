import { describe, expect, it } from 'vitest';
import { Redactor } from '../../../src/services/log/redactor.js';

const TOKEN = `dop_v1_${'0123456789abcdef'.repeat(4)}`;
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\nAAAAAAAAAAECAw==\n-----END OPENSSH PRIVATE KEY-----\n`;

describe('redactor', () => {
  it('takes known secrets out in every form in which they travel', () => {
    const redactor = new Redactor();
    const secret = 'sühe+"geheim"/wort';
    redactor.add(secret);
    for (const form of [secret, JSON.stringify(secret), encodeURIComponent(secret)]) {
      expect(redactor.clean(`before ${form} after`)).not.toMatch(/geheim/);
      expect(redactor.clean(`before ${form} after`)).toMatch(/^before .*\[redacted\].* after$/);
    }
  });

  it('takes each line of a key out, also when only one is shown', () => {
    const redactor = new Redactor();
    redactor.add(KEY);
    expect(redactor.clean('line: AAAAAAAAAAECAw==')).toBe('line: [redacted]');
    expect(redactor.clean(JSON.stringify({ key: KEY }))).not.toMatch(/b3Blb|AAECAw/);
  });

  it('knows tokens, keys and credentials it was never told of', () => {
    const redactor = new Redactor();
    expect(redactor.clean(`Authorization: Bearer ${TOKEN}`)).not.toContain('0123456789abcdef');
    expect(redactor.clean(`token=${TOKEN};`)).toBe('token=[redacted];');
    expect(redactor.clean(KEY)).toBe('[redacted]\n');
    expect(redactor.clean(KEY.slice(0, 60))).toBe('[redacted]');
  });

  it('leaves everything else as it is', () => {
    const redactor = new Redactor();
    redactor.add('no');
    const text = 'no secret here: droplet 312876543 at 203.0.113.42';
    expect(redactor.clean(text)).toBe(text);
  });
});
