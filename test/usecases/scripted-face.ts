import { expect } from 'vitest';
import { toDisposable } from '../../src/core/lifecycle.js';
import { Declined, type Face } from '../../src/usecases/face.js';
import { type Line, lineText } from '../../src/words/question.js';

/** One answer, in order: what the question must be called, and what the person does. */
export type Answer =
  | {
      readonly confirm: string | RegExp;
      readonly typed?: string;
      readonly agree?: boolean;
      /** Happens while the question is open. */ readonly meanwhile?: () => void;
    }
  | { readonly ask: string; readonly text: string }
  | { readonly choose: string | RegExp; readonly label: string }
  | { readonly secret: string | RegExp; readonly text: string };

/** A person who answers by a script, and fails the test at a question that is not in it. */
export class ScriptedFace implements Face {
  readonly said: string[] = [];
  readonly waits: string[] = [];
  /** Everything questions showed. */
  readonly shown: string[] = [];
  held = 0;
  private readonly answers: Answer[];

  constructor(...answers: readonly Answer[]) {
    this.answers = [...answers];
  }

  confirm: Face['confirm'] = async ({ title, lines, typed }) => {
    const answer = this.next('confirm', title);
    this.show(lines);
    answer.meanwhile?.();
    if (answer.agree === false) throw new Declined();
    expect(answer.typed, `what is typed to confirm “${title}”`).toBe(typed);
  };

  ask: Face['ask'] = async ({ field, lines = [], problem }) => {
    const { text } = this.next('ask', field);
    this.show(lines);
    expect(problem?.(text)).toBeUndefined();
    return text;
  };

  choose: Face['choose'] = async ({ title, lines = [], options }) => {
    const { label } = this.next('choose', title);
    this.show(lines);
    const option = options.find((candidate) => candidate.label === label);
    if (option === undefined) throw new Error(`“${title}” has no option ${label}`);
    return option.value;
  };

  secret: Face['secret'] = async ({ field, lines = [], fresh, unlessTyped }) => {
    // A script without an answer left is a person without a keyboard.
    if (unlessTyped !== undefined && this.answers.length === 0) throw unlessTyped;
    this.show(lines);
    const { text } = this.next('secret', field);
    if (text === '') throw new Declined();
    expect(fresh?.judge(text).refused ?? false).toBe(false);
    return text;
  };

  progress(text: string | undefined): void {
    if (text !== undefined) this.waits.push(text);
  }

  hold: Face['hold'] = () => {
    this.held += 1;
    return toDisposable(() => void (this.held -= 1));
  };

  follow: Face['follow'] = () => toDisposable(() => undefined);

  instruct: Face['instruct'] = ({ lines, url = '', copy, after }) => {
    for (const line of [...lines, url, copy, ...after]) this.say(line);
    return toDisposable(() => undefined);
  };

  say(line: Line): void {
    this.said.push(lineText(line, { sandbox: false }));
  }

  /** Every answer was asked for, and nothing is held any more. */
  finish(): void {
    expect(this.answers, 'answers that nobody asked for').toEqual([]);
    expect(this.held).toBe(0);
  }

  private show(lines: readonly Line[]): void {
    this.shown.push(...lines.map((line) => lineText(line, { sandbox: false })));
  }

  private next<K extends 'confirm' | 'ask' | 'choose' | 'secret'>(
    kind: K,
    title: string,
  ): Extract<Answer, Record<K, unknown>> {
    const answer = this.answers.shift();
    if (answer === undefined) throw new Error(`no answer for ${kind} “${title}”`);
    expect(Object.keys(answer), `the answer to “${title}”`).toContain(kind);
    const wanted = (answer as Record<K, string | RegExp>)[kind];
    if (typeof wanted === 'string') expect(title).toBe(wanted);
    else expect(title).toMatch(wanted);
    return answer as Extract<Answer, Record<K, unknown>>;
  }
}
