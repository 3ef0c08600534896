import { describe, expect, it } from 'vitest';
import type { Messages } from '../../../src/app/actions/messages.js';
import type { DialogDraft } from '../../../src/app/dialogs.js';
import { startAppWithoutScreens } from '../fakes/running-app.js';

function question(told: string[], subject?: string): DialogDraft {
  return {
    kind: 'question',
    title: 'Destroy it?',
    lines: [],
    yes: 'Destroy',
    no: 'No',
    danger: true,
    typed: undefined,
    subject,
    onYes: () => void told.push(`yes ${subject}`),
    onNo: () => void told.push(`no ${subject}`),
  };
}

/** As a use case asks: by a promise. */
function confirmed(messages: Messages): Promise<boolean> {
  return new Promise((resolve) => {
    const answers = { onYes: () => resolve(true), onNo: () => resolve(false) };
    const id = messages.dialog({ ...question([]), ...answers });
    if (id === undefined) resolve(false);
  });
}

describe('a dialog', () => {
  it.each(['yes', 'no'] as const)('tells whoever opened it of %s, once', async (choice) => {
    const { app } = await startAppWithoutScreens();
    const told: string[] = [];
    const id = app.work.messages.dialog(question(told, 'a'))!;
    await app.answerDialog(id, choice);
    await app.answerDialog(id, choice);
    expect(told).toEqual([`${choice} a`]);
    expect(app.store.state.dialogs).toEqual([]);
  });

  it('does what the chosen action is for, and nothing when it is only closed', async () => {
    const { app } = await startAppWithoutScreens();
    const told: string[] = [];
    const actions = ['one', 'two'].map((label) => ({ label, run: () => void told.push(label) }));
    const open = () =>
      app.work.messages.dialog({ kind: 'message', title: 'Ways out', lines: [], actions })!;
    await app.answerDialog(open(), 1);
    await app.answerDialog(open(), 'no');
    expect(told).toEqual(['two']);
  });

  it('that is open already is not opened again; about something else it is', async () => {
    const { app } = await startAppWithoutScreens();
    const told: string[] = [];
    const { messages } = app.work;
    const id = messages.dialog(question(told, 'a'))!;
    expect(messages.dialog(question(told, 'a'))).toBeUndefined();
    const other = messages.dialog(question(told, 'b'))!;
    await app.answerDialog(other, 'yes');
    await app.answerDialog(id, 'no');
    expect(told).toEqual(['yes b', 'no a']);
  });

  it('is data in the state, and a promise for whoever waits for it', async () => {
    const { app } = await startAppWithoutScreens();
    const answer = confirmed(app.work.messages);
    expect(await confirmed(app.work.messages)).toBe(false);
    const [dialog] = app.store.state.dialogs;
    expect(structuredClone(dialog)).toEqual(dialog);
    await app.answerDialog(dialog!.id, 'yes');
    expect(await answer).toBe(true);
  });

  it('that is closed unanswered leaves nothing behind', async () => {
    const { app } = await startAppWithoutScreens();
    const told: string[] = [];
    const id = app.work.messages.dialog(question(told))!;
    app.work.messages.close(id);
    await app.answerDialog(id, 'yes');
    expect(told).toEqual([]);
  });
});
