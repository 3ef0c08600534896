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
/** Ids of the keys that a task does the work of, by its word. */
const KEYS_OF: Readonly<Record<string, string>> = {
  list: 'servers.refresh provisioning.background set-up.done',
  show: 'servers.open servers.copy-url',
  new: 'servers.create provisioning.retry wizard.back wizard.check-token wizard.create wizard.measure wizard.next wizard.ssh-key',
  add: 'servers.add add-server.submit',
  activate: 'servers.activate servers.undo-activate',
  panel: 'servers.panel servers.access provisioning.panel set-up.panel',
  'set up':
    'servers.set-up provisioning.set-up set-up.again set-up.change set-up.copy set-up.copy-all set-up.submit',
  domain: 'servers.edit',
  update: 'servers.update',
  trust: 'servers.certificate',
  renew: 'servers.certificate',
  'bind certificate': 'servers.bind',
  'import certificate': 'servers.access servers.certificate',
  recover: 'servers.recover',
  power: 'servers.power',
  resize: 'servers.power',
  ssh: 'servers.ssh',
  rename: 'servers.edit',
  address: 'servers.edit',
  note: 'servers.edit',
  destroy: 'servers.destroy',
  remove: 'servers.remove',
  tunnels: 'servers.team team.tunnels team.refresh team.copy',
  'add tunnel': 'team.new',
  'enable tunnel': 'team.toggle',
  'disable tunnel': 'team.toggle',
  'remove tunnel': 'team.remove',
  users: 'team.users team.refresh',
  'add user': 'team.new',
  'remove user': 'team.remove',
  agents: 'team.agents team.refresh',
  'create agent': 'team.new',
  'revoke agent': 'team.remove',
  'save agent': 'team.save',
  services: 'team.services team.refresh',
  'restart service': 'team.again',
  log: 'team.log',
  certificates: 'team.certificates team.refresh',
  'renew public': 'team.again',
  'second factor on': 'servers.two-factor',
  'second factor off': 'servers.two-factor',
  restore: 'servers.restore',
  droplets: 'servers.refresh',
  adopt: 'servers.adopt',
  'destroy droplet': 'servers.destroy',
  operations: 'servers.refresh',
  watch: 'servers.open provisioning.copy provisioning.save-log',
  resume: 'provisioning.resume',
  stop: 'provisioning.cancel',
  'clean up': 'provisioning.clean-up',
  dismiss: 'provisioning.dismiss servers.destroy',
  token: 'wizard.check-token',
  accounts: 'accounts',
  'add account': 'accounts',
  'use account': 'accounts',
  'forget account': 'accounts',
  secrets: 'secrets',
  'create vault': 'secrets',
  passphrase: 'secrets',
  export: 'servers.export',
  import: 'servers.import',
  doctor: 'doctor',
};
const REACHED = Object.values(KEYS_OF).flatMap((keys) => keys.split(' '));
const ids = [...new Set(KEYS.map(({ id }) => id))];

describe('plain mode', () => {
  it.each(ids)('does what the key %s does, or its page names it as out', (id) => {
    const reached = REACHED.includes(id);
    const named = KEYS.filter((key) => key.id === id);
    const out = named.filter(({ description }) => isOut(description));
    expect({ id, reached, out: out.length > 0 }).toEqual({ id, reached, out: !reached });
  });

  it('names no key that there is not', () => {
    const descriptions = KEYS.map(({ description }) => description);
    expect(OUT.filter((description) => !descriptions.includes(description))).toEqual([]);
    expect(REACHED.filter((id) => !ids.includes(id))).toEqual([]);
    expect(Object.keys(KEYS_OF).filter((word) => findTask(word) === undefined)).toEqual([]);
  });

  it.each(TASKS.map((task) => [task.word, task] as const))('runs a command for %s', (_, task) => {
    const { command, asks } = task;
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
