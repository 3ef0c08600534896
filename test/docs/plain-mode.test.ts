import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { parseArguments } from '../../src/cli/parse.js';
import { commandWords } from '../../src/cli/plain-menu.js';
import { askForTask, findTask, taskLines, TASKS } from '../../src/cli/plain-tasks.js';
import { COMMANDS as KEYS } from '../../src/screens/shell/keys.js';

const page = await readFile(resolve(import.meta.dirname, '../../docs/plain-mode.md'), 'utf8');
/** Descriptions of the keys that have no place in plain lines. */
const OUT = [...page.matchAll(/^- (.+)$/gm)].map(([, description]) => description!);
const isOut = (description: string): boolean => OUT.includes(description);
const ids = [...new Set(KEYS.map(({ id }) => id))];

describe('plain mode', () => {
  it.each(ids)('does what the key %s does, or its page names it as out', (id) => {
    const reached = TASKS.some(({ keys = [] }) => keys.includes(id));
    const named = KEYS.filter((key) => key.id === id);
    const out = named.filter(({ description }) => isOut(description));
    expect({ id, reached, out: out.length > 0 }).toEqual({ id, reached, out: !reached });
  });

  it('names no key that there is not', () => {
    const descriptions = KEYS.map(({ description }) => description);
    expect(OUT.filter((description) => !descriptions.includes(description))).toEqual([]);
    const reached = TASKS.flatMap(({ keys = [] }) => keys);
    expect(reached.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(TASKS.map((task) => [task.word, task] as const))('runs a command for %s', (_, task) => {
    const { command, asks = [] } = task;
    const [usage = ''] = COMMANDS.map((each) => each.usage).filter(
      (each) => each.replace(/(?: [^a-z ]+)+$/, '') === command,
    );
    const invocation = parseArguments([...command.split(' '), ...asks.map(() => 'x')]);
    expect(invocation).toMatchObject({ kind: 'command', command: { usage } });
    const needed = usage.split(' ').filter((word) => /^[A-Z]/.test(word));
    expect(asks.length, usage).toBeGreaterThanOrEqual(needed.length);
  });

  it('finds each task by its word and its number, and shows both', () => {
    TASKS.forEach((task, index) => {
      expect(findTask(task.word)).toBe(task);
      expect(findTask(String(index + 1))).toBe(task);
      expect(taskLines()[index]).toBe(`${index + 1} ${task.word}: ${task.summary}`);
    });
    expect(findTask('0')).toBeUndefined();
    expect(findTask(String(TASKS.length + 1))).toBeUndefined();
  });

  it.each([
    ['destroy lab', 'servers destroy lab'],
    ['set up lab --email me@example.com', 'servers onboard lab --email me@example.com'],
    ['add user lab jane', 'servers users add lab jane'],
    ['add 192.0.2.1', 'servers add 192.0.2.1'],
    ['token check', 'token check'],
    ['watch --json', 'watch --json'],
    ['nothing lab', 'nothing lab'],
  ])('takes the values behind the word of a task: %s', (typed, command) => {
    expect(commandWords(typed.split(' ')).join(' ')).toBe(command);
  });

  it('draws nothing', () => {
    expect(taskLines().join('\n')).toMatch(/^[\x20-\x7e\n’]*$/);
  });

  it.each([
    ['resume', ['interrupted']],
    ['stop', ['running', 'interrupted']],
    ['clean up', ['interrupted', 'failed-with-leftovers']],
    ['dismiss', ['failed', 'succeeded']],
    ['watch', ['running', 'interrupted', 'failed-with-leftovers', 'failed', 'succeeded']],
  ] as const)(
    'offers %s for those operations alone that it can be done to',
    async (word, fitting) => {
      const statuses = ['running', 'interrupted', 'failed-with-leftovers', 'failed', 'succeeded'];
      const droplet = { kind: 'droplet', id: '1', monthlyUsd: 4, byHand: false };
      const operations = statuses.map((status) => ({
        id: status,
        status,
        request: { label: 'lab' },
        cleanUpBegun: false,
        leftovers: status === 'failed-with-leftovers' ? [droplet] : [],
      }));
      const said: string[] = [];
      const console = {
        say: (line: string) => void said.push(line),
        ask: async () => '1',
      };
      const world = { operations: { list: async () => operations } };
      const task = findTask(word)!;
      let chosen: readonly string[] = [];
      await askForTask(task, world as never, { console } as never, async (answers) => {
        chosen = answers;
      });
      expect(said.map((line) => line.split(', ')[1])).toEqual(fitting);
      expect(chosen).toEqual([fitting[0]]);
    },
  );
});
