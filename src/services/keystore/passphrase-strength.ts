import { grouped } from '../../core/clean.js';
import { PRODUCT } from '../../core/product.js';
import { InputError } from '../../core/errors.js';

/** Estimated difficulty of guessing a passphrase; rather too low than too high. */
export interface PassphraseStrength {
  /** Base-2 logarithm of the guesses it takes. */
  readonly bits: number;
  readonly level: 'refused' | 'weak' | 'fair' | 'strong';
  /** `fair: about 52 bits; at 10,000 guesses a second it lasts about 7,000 years` */
  readonly text: string;
}

const REFUSED_BELOW_BITS = 28;
const WEAK_BELOW_BITS = 45;
const FAIR_BELOW_BITS = 65;
/**
 * Guesses of an attacker with ten thousand computers; one guess takes about a second and 256 MB
 * here.
 */
const GUESSES_PER_SECOND = 10_000;
/** A word of a dictionary of some four thousand. */
const WORD_BITS = 12;
const LETTERS_PER_WORD = 8;
const COMMON_BITS = 8;
/** Bits for writing a word with digits. */
const LEET_BITS = 4;
const KEYBOARD = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm'];

/** Most common leaked passwords, without trailing digits and signs. */
const COMMON = new Set(
  `password passwort passwd pass admin administrator root user guest login welcome letmein master secret
   qwerty qwertyuiop qwertz qwertzuiop azerty asdfgh asdfghjkl zxcvbn zxcvbnm abc abcd abcdef abcdefg iloveyou
   monkey dragon football baseball sunshine princess shadow superman batman trustno changeme default test
   testing temp hello whatever computer internet server ${PRODUCT} digitalocean vault keyring linux ubuntu
   debian summer winter spring autumn monday friday january december michael jordan hunter killer starwars`
    .split(/\s+/)
    .filter(Boolean),
);
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Counts common passwords as nothing, what looks like a word as one of four thousand, runs ("aaaa", "1234") as two
 * characters, and anything else by the kinds of characters in it. Documented in docs/credential-store.md.
 */
export function passphraseStrength(passphrase: string): PassphraseStrength {
  const plain = withoutLeet(passphrase);
  const disguised = isDisguise(passphrase, plain) ? bitsOf(plain) + LEET_BITS : Infinity;
  const estimate = isCommon(passphrase) ? COMMON_BITS : Math.min(bitsOf(passphrase), disguised);
  const bits = Math.floor(estimate);
  const level = levelOf(bits);
  return { bits, level, text: `${level}: about ${bits} bits; ${lasting(bits)}` };
}

/** The passphrase itself; InputError for one that protects nothing, or that cannot be typed again elsewhere. */
export function requireGoodPassphrase(passphrase: string): string {
  if (/\p{Cc}/u.test(passphrase) || passphrase !== passphrase.trim()) {
    throw new InputError({
      code: 'passphrase-unusable',
      message: 'The passphrase begins or ends with a space, or holds a control character.',
      hint: 'Such characters are easily lost when it is typed or copied. Leave them out.',
    });
  }
  const { level, text } = passphraseStrength(passphrase);
  if (level !== 'refused') return passphrase;
  throw new InputError({
    code: 'passphrase-weak',
    message: `This passphrase is too weak (${text.replace('refused: ', '')}).`,
    hint: 'Use five or six unrelated words, or 12 random characters.',
  });
}

function levelOf(bits: number): PassphraseStrength['level'] {
  if (bits < REFUSED_BELOW_BITS) return 'refused';
  if (bits < WEAK_BELOW_BITS) return 'weak';
  return bits < FAIR_BELOW_BITS ? 'fair' : 'strong';
}

function isCommon(passphrase: string): boolean {
  const stem = passphrase.toLowerCase().replace(/[^a-z]+$/, '');
  return COMMON.has(stem) || COMMON.has(withoutLeet(stem));
}

/** A few digits in words are a disguise, many are characters of their own. */
function isDisguise(passphrase: string, plain: string): boolean {
  const replaced = Array.from(passphrase).filter((char, at) => char !== plain[at]).length;
  return replaced > 0 && replaced <= passphrase.length * 0.3;
}

/** "p4ssw0rd" is "password": lists and programs that guess know that. */
function withoutLeet(text: string): string {
  return Array.from(text, (char) => LEET[char] ?? char).join('');
}

function bitsOf(passphrase: string): number {
  const parts = passphrase.match(/\p{L}+|[^\p{L}]+/gu) ?? [];
  const seen = new Set<string>();
  let bits = 0;
  for (const part of parts) {
    // Count repeated pieces and signs between words as almost free.
    if (seen.has(part.toLowerCase())) bits += 1;
    else bits += /\p{L}/u.test(part) ? lettersBits(part) : otherBits(part);
    seen.add(part.toLowerCase());
  }
  return bits;
}

function lettersBits(letters: string): number {
  const length = effectiveLength(letters);
  const isMixed = /\p{Lu}/u.test(letters.slice(1)) && /\p{Ll}/u.test(letters);
  const random = length * Math.log2(isMixed ? 52 : 26);
  if (letters.length < 3 || !looksLikeWord(letters)) return random;
  const isCommonWord = COMMON.has(letters.toLowerCase());
  const words = Math.ceil(letters.length / LETTERS_PER_WORD);
  return Math.min(random, isCommonWord ? 5 : words * WORD_BITS);
}

/** Words have vowels, and rarely four consonants in a row; random letters nearly always do before long. */
function looksLikeWord(letters: string): boolean {
  const text = letters.toLowerCase();
  if (/[^a-zà-ÿ]/.test(text)) return true;
  const isCased =
    letters === text || letters.slice(1) === text.slice(1) || letters === letters.toUpperCase();
  return isCased && /[aeiouyà-ÿ]/.test(text) && !/[bcdfghjklmnpqrstvwxz]{5}/.test(text);
}

function otherBits(text: string): number {
  const pool =
    (/\d/.test(text) ? 10 : 0) + (/[^\d\s]/u.test(text) ? 32 : 0) + (/\s/.test(text) ? 1 : 0);
  const isYear = /^(19|20)\d\d$/.test(text);
  return isYear ? 6 : effectiveLength(text) * Math.log2(Math.max(2, pool));
}

/** Characters that those before do not give away: "aaaa", "1234" and "qwer" count little. */
function effectiveLength(text: string): number {
  const chars = Array.from(text.toLowerCase());
  const isGiven = (at: number): boolean => {
    const [first = '', second = '', third = ''] = chars.slice(at - 2, at + 1);
    return isRun(first, second, third) || isOnKeyboard(first + second + third);
  };
  return chars.reduce((length, _, at) => length + (at >= 2 && isGiven(at) ? 0.1 : 1), 0);
}

function isRun(first: string, second: string, third: string): boolean {
  const [one = 0, two = 0, three = 0] = [first, second, third].map((char) => char.codePointAt(0));
  return Math.abs(two - one) <= 1 && three - two === two - one;
}

function isOnKeyboard(chars: string): boolean {
  const reversed = Array.from(chars).reverse().join('');
  return KEYBOARD.some((row) => row.includes(chars) || row.includes(reversed));
}

function lasting(bits: number): string {
  const seconds = 2 ** (bits - 1) / GUESSES_PER_SECOND;
  const units = [
    ['year', 'years', 31_557_600],
    ['day', 'days', 86_400],
    ['hour', 'hours', 3_600],
    ['minute', 'minutes', 60],
  ] as const;
  const unit = units.find(([, , size]) => seconds >= size);
  const rate = `at ${grouped(GUESSES_PER_SECOND)} guesses a second it lasts`;
  if (unit === undefined) return `${rate} less than a minute`;
  const count = Math.round(seconds / unit[2]);
  if (count >= 1_000_000) return `${rate} millions of years`;
  return `${rate} about ${grouped(count)} ${count === 1 ? unit[0] : unit[1]}`;
}
