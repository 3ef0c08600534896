import { expect, it } from 'vitest';
import { expiringText, expiryDate, expiryOf, renewalHint } from '../../src/words/expiry.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 28);
/** One day in every time zone of the tests. */
const NOON = new Date(2026, 10, 28, 12).getTime();

it.each([
  [31.5, undefined],
  [
    30.5,
    { text: 'certificate expires in 30 days', short: '30 days', isUrgent: false, isOver: false },
  ],
  [8.1, { text: 'certificate expires in 8 days', short: '8 days', isUrgent: false, isOver: false }],
  [7.9, { text: 'certificate expires in 7 days', short: '7 days', isUrgent: true, isOver: false }],
  [1.2, { text: 'certificate expires in 1 day', short: '1 day', isUrgent: true, isOver: false }],
  [0.2, { text: 'certificate expires today', short: 'today', isUrgent: true, isOver: false }],
  [-1, { text: 'certificate expired', short: 'expired', isUrgent: true, isOver: true }],
])('a certificate with %d days left', (days, expected) => {
  expect(expiryOf(NOW + days * DAY, NOW)).toEqual(expected);
});

it.each([
  [[6], '1 certificate expires soon'],
  [[6, 29], '2 certificates expire soon'],
  [[-1], '1 certificate expired'],
  [[-1, 6, 29], '1 certificate expired, 2 expire soon'],
])('certificates with %j days left, counted', (days, expected) => {
  expect(expiringText(days.map((each) => expiryOf(NOW + each * DAY, NOW)!))).toBe(expected);
});

it.each([
  [82, '2027-02-18 (82 days)', 'far'],
  [30.2, '2026-12-28 (30 days)', 'soon'],
  [1.2, '2026-11-29 (1 day)', 'urgent'],
  [0.2, '2026-11-28 (today)', 'urgent'],
  [-1, '2026-11-27 (expired)', 'urgent'],
])('what expires in %d days', (days, text, nearness) => {
  expect(expiryDate(NOON + days * DAY, NOON)).toEqual({ text, nearness });
});

it('leads to a renewal where the certificate is a file, else to a recovery', () => {
  const server = { id: '1', label: 'lab' };
  expect(renewalHint({ ...server, authMethod: 'p12' }).command).toBe('certificate.renew');
  expect(renewalHint({ ...server, authMethod: 'keychain' }).command).toBe('servers.recover');
});
