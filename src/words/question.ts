import type { CommandHint } from '../core/hint.js';
import { hintText } from './hints.js';

/**
 * One line for a person, from anywhere and untrusted: plain, emphasised, a link, a fingerprint (`AB:CD:…`), a line for
 * a shell, or a command to continue with.
 */
export type Line =
  | string
  | { readonly strong: string }
  | LinkLine
  | { readonly fingerprint: string }
  | ShellLine
  | CommandHint;

export interface LinkLine {
  readonly url: string;
  /** Name of the button that copies it. Default: `Copy link`. */
  readonly copy?: string;
}

/** A line for a shell: a screen copies it whole. */
export interface ShellLine {
  readonly shellLine: string;
  /** Name of the button that copies it: `Copy scp`. Default: `Copy command`. */
  readonly copy?: string;
}

/** The text alone, for plain lines and logs; commands as they are typed. */
export function lineText(line: Line, world: { readonly sandbox: boolean }): string {
  if (typeof line === 'string') return line;
  if ('command' in line) return `  ${hintText(line, world)}`;
  if ('fingerprint' in line) return `  ${line.fingerprint}`;
  if ('shellLine' in line) return `  ${line.shellLine}`;
  return 'url' in line ? line.url : line.strong;
}

/** Work that the person does elsewhere, with one line to copy for it. */
export interface Instruction {
  readonly title: string;
  readonly lines: readonly string[];
  /** Page to open. */
  readonly url?: string | undefined;
  readonly copy: string;
  /** Sentences below the line. */
  readonly after: readonly string[];
}

export interface TextQuestion {
  readonly title: string;
  readonly lines?: readonly Line[];
  /** Name of the value: `Label`. */
  readonly field: string;
  readonly initial?: string;
  /** A path of this machine, which Tab completes. */
  readonly isPath?: boolean;
  /** For `?` in plain mode, where `lines` do not explain the question: one to three lines. */
  readonly help?: readonly string[];
  /** Why a text is refused; undefined: accepted. */
  readonly problem?: (text: string) => string | undefined;
}

export interface Confirmation {
  readonly title: string;
  readonly lines: readonly Line[];
  /** The button that agrees: `Destroy`. */
  readonly yes: string;
  /** The button that declines, which has the focus; `No` by default. */
  readonly no?: string;
  readonly danger: boolean;
  /** Must be typed before agreeing. Undefined: one key on a screen; commands ask for `yes`. */
  readonly typed?: string;
  /** Effect of agreeing, after "Type lab to …": `destroy it`. */
  readonly effect: string;
  /** Left out where running the command is agreement enough. */
  readonly advance?: Advance;
}

/** Agreement given in advance with `--yes`, for runs that cannot ask. */
export interface Advance {
  /** The value as it is advised: a label, a name, a fingerprint. */
  readonly value: string;
  /** Other spellings of it: an id for a label, a fingerprint with colons. */
  readonly accepts?: (text: string) => boolean;
  /** The refusal without it: `lab is destroyed only when its label is repeated.` */
  readonly refusal: string;
}

export interface Choice<T> {
  readonly title: string;
  readonly lines?: readonly Line[];
  readonly options: readonly {
    readonly label: string;
    readonly value: T;
    /** Short word for it that a prompt takes too. */
    readonly name?: string;
  }[];
  /** A screen shows the options one below the other: they are many, or long. */
  readonly isList?: boolean;
  /** For `?` in plain mode: one or two lines. */
  readonly help?: readonly string[];
}

export interface SecretQuestion {
  /** Name of the value: `Passphrase`. */
  readonly field: string;
  readonly lines?: readonly string[];
  /** For `?` in plain mode, where `lines` do not explain the question: one or two lines. */
  readonly help?: readonly string[];
  /** A new secret, typed twice. */
  readonly fresh?: {
    /** Name of the second field. */
    readonly repeat: string;
    readonly judge: (text: string) => { readonly refused: boolean; readonly text: string };
  };
  /** One line of standard input, which leaves the rest to later questions. Default: all of it. */
  readonly isLine?: boolean;
  /** Refusal without a keyboard; without it standard input is read. */
  readonly unlessTyped?: Error;
}
