import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { clean, columnsOf } from '../../src/widgets/characters.js';

/** Planes above have no characters, or private ones. */
const LAST_CODE_POINT = 0x3_ff_ff;
/** A mark has no column, or one of its own (spacing marks): never what string-width says of it alone. */
const MARK = /\p{M}/u;

it(
  'gives every character the columns that string-width gives it, without its tables of emoji',
  { timeout: 120_000 },
  () => {
    const wrong: string[] = [];
    for (let at = 0; at <= LAST_CODE_POINT; at += 1) {
      const char = clean(String.fromCodePoint(at));
      if (char === '' || MARK.test(char)) continue;
      if (columnsOf(char) !== stringWidth(char)) wrong.push(`U+${at.toString(16)}`);
    }
    expect(wrong).toEqual([]);
  },
);
