import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import {
  requireTokenFormat,
  tokenFormatProblem,
} from '../../../src/services/digitalocean/token-format.js';

const HEX = '0123456789abcdef'.repeat(4);
const GOOD = `dop_v1_${HEX}`;

describe('tokenFormatProblem', () => {
  it.each([GOOD, `doo_v1_${HEX}`, `dox_v2_${HEX}`, HEX])('accepts %s', (token) => {
    expect(tokenFormatProblem(token)).toBeUndefined();
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /empty/],
    ['a space inside', GOOD.replace('0', ' '), /space/],
    ['a line break inside', `${GOOD}\n${GOOD}`, /line break/],
    ['a line break behind', `${GOOD}\n`, /line break/],
    ['a tab', `\t${GOOD}`, /space/],
    ['double quotes', `"${GOOD}"`, /quotes/],
    ['single quotes', `'${GOOD}'`, /quotes/],
    ['one quote', `${GOOD}"`, /quotes/],
    ['typographic quotes', `“${GOOD}”`, /quotes/],
    ['backticks', `\`${GOOD}\``, /quotes/],
    ['a bearer header', `Bearer ${GOOD}`, /header/],
    ['a bearer header in small letters', `bearer ${GOOD}`, /header/],
    ['a whole header', `Authorization: Bearer ${GOOD}`, /header/],
    ['an assignment', `DIGITALOCEAN_TOKEN=${GOOD}`, /assignment/],
    ['an export', `export TOKEN=${GOOD}`, /assignment/],
    ['a part', GOOD.slice(0, 40), /too short/],
    ['one character less', GOOD.slice(0, -1), /too short/],
    ['one more', `${GOOD}0`, /too long/],
    ['two of them', `${GOOD}${GOOD}`, /too long/],
    ['capital hexadecimal digits', GOOD.toUpperCase(), /does not look like/],
    ['other digits', GOOD.replace('0', 'g'), /does not look like/],
    ['a letter that only looks right', GOOD.replace('a', 'а'), /character that no token has/],
    ['an invisible character', `${GOOD}\u200b`, /character that no token has/],
    ['a control character', `${GOOD}\u0007`, /character that no token has/],
    ['a refresh token', `dor_v1_${HEX}`, /refresh token/],
    ['a Spaces key', 'DO00ABCDEFGHIJKLMNOP', /Spaces/],
    ['a GitHub token', `ghp_${'a'.repeat(36)}`, /another provider/],
    ['a newer GitHub token', `github_pat_${'a'.repeat(60)}`, /another provider/],
    ['a GitLab token', 'glpat-abcdefghij', /another provider/],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE', /another provider/],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.e30.abc', /another provider/],
    ['a UUID', '123e4567-e89b-12d3-a456-426614174000', /another provider/],
    ['a word', 'password', /does not look like/],
    ['too few old digits', HEX.slice(1), /does not look like/],
    ['a new prefix', `dop_w1_${HEX}`, /does not look like/],
  ])('refuses %s', (_, token, message) => {
    const problem = tokenFormatProblem(token);
    expect(problem?.message).toMatch(message);
    expect(problem?.hint).toMatch(/\w+/);
    expect(JSON.stringify(problem)).not.toContain(HEX.slice(0, 30));
  });
});

describe('requireTokenFormat', () => {
  it('takes white space around it away', () => {
    expect(requireTokenFormat(` ${GOOD}\r\n`)).toBe(GOOD);
  });

  it('throws what to do, without the token', () => {
    const bad = `${GOOD}!`;
    expect(() => requireTokenFormat(bad)).toThrow(InputError);
    expect(() => requireTokenFormat(bad)).toThrow(
      expect.objectContaining({ code: 'token-malformed' }),
    );
    expect(() => requireTokenFormat(bad)).not.toThrow(new RegExp(HEX));
  });
});
