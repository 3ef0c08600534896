import { describe, expect, it } from 'vitest';
import {
  choiceHelp,
  confirmHelp,
  QUESTION_HELP,
  secretHelp,
  TASK_HELP,
  textHelp,
  WIZARD_HELP,
} from '../../src/words/question-help.js';

const ALL = Object.entries({ ...TASK_HELP, ...WIZARD_HELP, ...QUESTION_HELP });

describe('the help of a question', () => {
  it.each(ALL)('is one to three sentences about it: %s', (_, lines) => {
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines.length).toBeLessThanOrEqual(3);
    for (const line of lines) {
      expect(line).toMatch(/^[\x20-\x7e’]{12,125}$/);
      expect(line).toMatch(/\.$|\.com$|\/\/[^ ]+$/);
    }
  });

  it('is of no other question', () => {
    const ofTasks = [...Object.values(TASK_HELP), ...Object.values(WIZARD_HELP)];
    const texts = ofTasks.map((lines) => lines.join('\n'));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('takes the lines above the prompt where a question has none of its own', () => {
    const question = { title: 'Note about lab', lines: ['Kept here.'], field: 'Note' };
    expect(textHelp({ ...question, initial: 'old' })).toEqual([
      'Kept here.',
      'Enter alone uses old.',
    ]);
    expect(textHelp({ title: 'Add an account', field: 'Name' })).toEqual([
      'Add an account: type the name.',
    ]);
    expect(textHelp({ ...question, help: ['Own.'] })).toEqual(['Own.']);
  });

  it('names the answer that agrees, and its effect', () => {
    const question = { title: 'Destroy lab?', lines: [], yes: 'Destroy', danger: true };
    expect(confirmHelp({ ...question, effect: 'destroy it' }, 'lab')).toEqual([
      'Destroy lab? Type lab in full to destroy it.',
      'Enter alone, or cancel, changes nothing.',
    ]);
  });

  it('says how to choose, and that a secret is not shown', () => {
    expect(choiceHelp({ title: 'Edit lab', options: [], help: ['Choose.'] })).toEqual([
      'Choose.',
      'Edit lab: type the number of a line above, or its words. Enter alone cancels.',
    ]);
    expect(secretHelp({ field: 'Code', lines: ['From the app.'] })).toEqual([
      'From the app.',
      'It is not shown while you type.',
    ]);
  });
});
