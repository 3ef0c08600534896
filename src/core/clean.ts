/*
 * ASCII, Latin, punctuation, arrows, mathematics, box drawing, shapes: nothing of it is a control, a mark or invisible.
 * V8 takes milliseconds to compile a class of properties, which text of these signs alone does without.
 */
const PLAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2bff]*$/;

/*
 * Whole escape sequences (ECMA-48), so that "\e[31mred" leaves "red" and not "[31mred":
 * CSI; OSC, DCS, SOS, PM and APC up to their end; two-character ones.
 */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- it is made of them
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\`-~]/g;
const LINE_BREAKS_AND_TABS = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;
/*
 * C0, C1, bidi controls, zero-width and other invisible characters (variation selectors among
 * them: they change a character's width in some terminals only), lone surrogates. Made when it is needed: V8 reads
 * classes of properties slowly.
 */
const unsafe = (): RegExp => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** True for text that needs no cleaning and has no combining marks. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * Text from outside as one line that no terminal obeys and that reads as it is shown. Every exit of the program
 * (screen, lines, prompts, errors, clipboard, logs) passes it; the character class is defined here only.
 */
export function cleanLine(untrusted: string): string {
  if (isPlain(untrusted)) return untrusted;
  return untrusted
    .replace(ESCAPE_SEQUENCES, '')
    .replace(LINE_BREAKS_AND_TABS, ' ')
    .replace(unsafe(), '');
}

/** Cleans text of several lines like `cleanLine`, but keeps its line feeds. */
export function cleanLines(untrusted: string): string {
  return untrusted.split(/\r?\n/).map(cleanLine).join('\n');
}

/** JSON of a value as one line of printable characters: what JSON lets through raw is escaped as `\uXXXX`. */
export function cleanJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafe(), escaped);
}

/** A pair of surrogates is two escapes (RFC 8259, 7). */
function escaped(char: string): string {
  return Array.from({ length: char.length }, (_, at) => char.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

/** The text with a full stop, where it has no end yet. */
export function asSentence(text: string): string {
  return /[.!?…:]$/.test(text) ? text : `${text}.`;
}

/** Made when it is first needed: Node.js reads megabytes of tables for it. */
let groups: Intl.NumberFormat | undefined;

/** `1,000` */
export function grouped(number: number): string {
  if (Number.isInteger(number) && Math.abs(number) < 1_000) return String(number);
  groups ??= new Intl.NumberFormat('en');
  return groups.format(number);
}
