import { expect, it } from 'vitest';
import { expiryOf } from '../../src/words/expiry.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 28);

it.each([
  [31.5, undefined],
  [30.5, { text: 'certificate expires in 30 days', isUrgent: false }],
  [8.1, { text: 'certificate expires in 8 days', isUrgent: false }],
  [7.9, { text: 'certificate expires in 7 days', isUrgent: true }],
  [1.2, { text: 'certificate expires in 1 day', isUrgent: true }],
  [0.2, { text: 'certificate expires today', isUrgent: true }],
  [-1, { text: 'certificate expired', isUrgent: true }],
])('a certificate with %d days left', (days, expected) => {
  expect(expiryOf(NOW + days * DAY, NOW)).toEqual(expected);
});
