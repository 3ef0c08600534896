import { describe, expect, it } from 'vitest';
import { commandFace } from '../../src/cli/face.js';
import type { Settings } from '../../src/cli/settings.js';
import { cancelledText, Declined } from '../../src/usecases/face.js';

const settings = { sandbox: false, ascii: false } as Settings;

/** Asks at a prompt where `types` are typed, one after the other; resolves to what was said, questions included. */
async function confirmed(
  types: readonly string[],
  typed?: string,
): Promise<{
  readonly said: readonly string[];
  readonly left: readonly string[];
  error?: unknown;
}> {
  const said: string[] = [];
  const left = [...types];
  const face = commandFace(
    { settings },
    { words: 'servers destroy lab' },
    {
      isInteractive: () => true,
      say: (line) => void said.push(line),
      ask: (question) => {
        said.push(question);
        return left.length === 0
          ? Promise.reject(new Error('asked once too often'))
          : Promise.resolve(left.shift()!);
      },
      secret: () => Promise.reject(new Error('no secret is expected')),
    },
  );
  const question = {
    title: 'Destroy lab?',
    lines: ['Droplet 7.'],
    yes: 'Destroy',
    danger: true,
    effect: 'destroy it',
    advance: { value: 'lab', refusal: '' },
    ...(typed === undefined ? {} : { typed }),
  };
  try {
    await face.confirm(question);
    return { said, left };
  } catch (error) {
    return { said, left, error };
  }
}

describe('a question that is left', () => {
  const ask = { title: 'Label', field: 'Label' };

  it('says that nothing was changed, unless an earlier one was agreed to', async () => {
    const answers = ['', 'lab', ''];
    const face = commandFace(
      { settings },
      { words: 'servers destroy lab' },
      {
        isInteractive: () => true,
        say: () => undefined,
        ask: () => Promise.resolve(answers.shift()!),
        secret: () => Promise.reject(new Error('no secret is expected')),
      },
    );
    const left = async (): Promise<string> => {
      const error: unknown = await face.ask(ask).catch((thrown: unknown) => thrown);
      return error instanceof Declined ? cancelledText(error) : String(error);
    };
    expect(await left()).toBe('Cancelled. Nothing was changed.');
    await face.confirm({
      title: 'Destroy lab?',
      lines: [],
      yes: 'Destroy',
      danger: true,
      typed: 'lab',
      effect: 'destroy it',
      advance: { value: 'lab', refusal: '' },
    });
    expect(await left()).toBe('Cancelled. Nothing was changed except what is reported above.');
  });
});

describe('a question whose answer is typed', () => {
  it('stays open after a wrong label, and says what was expected', async () => {
    const { said, error } = await confirmed(['lb', 'yes', 'lab'], 'lab');
    expect(error).toBeUndefined();
    expect(said).toEqual([
      'Droplet 7.',
      'Type lab to destroy it (Enter cancels): ',
      '"lb" is not lab.',
      'Type lab to destroy it (Enter cancels): ',
      '"yes" is not lab.',
      'Type lab to destroy it (Enter cancels): ',
    ]);
  });

  it.each([
    ['nothing, where a label is asked for', ['lb', ''], 'lab'],
    ['nothing, where yes is asked for', ['y', ''], undefined],
    ['no, where yes is asked for', ['No'], undefined],
    ['n, where yes is asked for', ['n'], undefined],
  ])('is declined by %s', async (_, types, typed) => {
    const { error, left } = await confirmed(types, typed);
    expect(error).toBeInstanceOf(Declined);
    expect(left).toEqual([]);
  });

  it('takes no for an answer to another question than yes', async () => {
    expect(await confirmed(['no'], 'no')).not.toHaveProperty('error');
  });
});
