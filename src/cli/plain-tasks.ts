import { InputError } from '../core/errors.js';
import { accountNames } from '../usecases/token.js';
import { absoluteHomeFolder } from '../services/process/surroundings.js';
import { isAtWork, type Operation } from '../services/provisioning/operations.js';
import { isDismissable } from '../services/provisioning/operations-service.js';
import { TASK_HELP } from '../words/question-help.js';
import { type Conversation, inSteps } from './conversation.js';
import type { Asking } from './prompt.js';
import type { World } from '../main/world.js';

/** One thing that plain mode does for a word or a number of its menu: a command, and what it needs. */
export interface Task {
  readonly word: string;
  readonly summary: string;
  /** Words of the command. */
  readonly command: string;
  /** What is asked for, in the order of the command's arguments. */
  readonly asks?: readonly Ask[];
  /** Ids of the screens' keys that do it too (`src/screens`). */
  readonly keys?: readonly string[];
}

/** Values of a command's argument. */
type Ask = keyof typeof TASK_HELP;

export const TASKS: readonly Task[] = [
  {
    word: 'list',
    summary: 'List the servers',
    command: 'servers',
    keys: ['servers.refresh', 'provisioning.background', 'set-up.done'],
  },
  {
    word: 'show',
    summary: 'Show the state of one server',
    command: 'servers status',
    asks: ['server'],
    keys: ['servers.open', 'servers.copy-url'],
  },
  {
    word: 'new',
    summary: 'Create a new server',
    command: 'provision',
    keys: [
      'servers.create',
      'provisioning.retry',
      'wizard.back',
      'wizard.check-token',
      'wizard.create',
      'wizard.measure',
      'wizard.next',
      'wizard.ssh-key',
    ],
  },
  {
    word: 'add',
    summary: 'Add an existing server',
    command: 'servers add',
    asks: ['address'],
    keys: ['servers.add', 'add-server.submit'],
  },
  {
    word: 'activate',
    summary: 'Make a server the active one',
    command: 'servers activate',
    asks: ['server'],
    keys: ['servers.activate', 'servers.undo-activate'],
  },
  {
    word: 'panel',
    summary: 'Open the panel of a server, or say how',
    command: 'servers panel',
    asks: ['server'],
    keys: ['servers.panel', 'servers.access', 'provisioning.panel', 'set-up.panel'],
  },
  {
    word: 'set up',
    summary: 'Set up the domain of a server',
    command: 'servers onboard',
    asks: ['server'],
    keys: [
      'servers.set-up',
      'provisioning.set-up',
      'set-up.again',
      'set-up.change',
      'set-up.copy',
      'set-up.copy-all',
      'set-up.submit',
    ],
  },
  {
    word: 'domain',
    summary: 'Point a domain at a server, and make its records',
    command: 'servers domain',
    asks: ['server'],
    keys: ['servers.edit'],
  },
  {
    word: 'update',
    summary: 'Update the panel of a server',
    command: 'servers update',
    asks: ['server'],
    keys: ['servers.update'],
  },
  {
    word: 'trust',
    summary: 'Confirm the certificate of a panel',
    command: 'certificate trust',
    asks: ['server'],
    keys: ['servers.certificate'],
  },
  {
    word: 'renew',
    summary: 'Renew the admin certificate of a server',
    command: 'certificate renew',
    asks: ['server'],
    keys: ['servers.certificate'],
  },
  {
    word: 'bind certificate',
    summary: 'Bind the admin certificate of a server to this Mac',
    command: 'certificate bind',
    asks: ['server'],
    keys: ['servers.bind'],
  },
  {
    word: 'import certificate',
    summary: 'Import an admin certificate from a file',
    command: 'certificate import',
    asks: ['server', 'certificate file'],
    keys: ['servers.access', 'servers.certificate'],
  },
  {
    word: 'recover',
    summary: 'Recover a lost admin certificate over SSH',
    command: 'servers recover',
    asks: ['server'],
    keys: ['servers.recover'],
  },
  {
    word: 'power',
    summary: 'Power a droplet on or off, or reboot it',
    command: 'servers power',
    asks: ['server', 'action'],
    keys: ['servers.power'],
  },
  {
    word: 'resize',
    summary: 'Change the size of a droplet',
    command: 'servers resize',
    asks: ['server'],
    keys: ['servers.power'],
  },
  {
    word: 'ssh',
    summary: 'Open a shell on a server',
    command: 'servers ssh',
    asks: ['server'],
    keys: ['servers.ssh'],
  },
  {
    word: 'rename',
    summary: 'Change the label of a server',
    command: 'servers rename',
    asks: ['server', 'label'],
    keys: ['servers.edit'],
  },
  {
    word: 'address',
    summary: 'Change the address of a server’s panel',
    command: 'servers address',
    asks: ['server', 'address'],
    keys: ['servers.edit'],
  },
  {
    word: 'note',
    summary: 'Write a note about a server',
    command: 'servers note',
    asks: ['server', 'note'],
    keys: ['servers.edit'],
  },
  {
    word: 'destroy',
    summary: 'Destroy a server and its droplet',
    command: 'servers destroy',
    asks: ['server'],
    keys: ['servers.destroy'],
  },
  {
    word: 'remove',
    summary: 'Remove a server from the list; it keeps running',
    command: 'servers remove',
    asks: ['server'],
    keys: ['servers.remove'],
  },
  {
    word: 'tunnels',
    summary: 'List the tunnels of a server',
    command: 'servers tunnels',
    asks: ['server'],
    keys: ['servers.team', 'team.tunnels', 'team.refresh', 'team.copy'],
  },
  {
    word: 'add tunnel',
    summary: 'Add a tunnel to a server',
    command: 'servers tunnels add',
    asks: ['server', 'tunnel', 'port'],
    keys: ['team.new'],
  },
  {
    word: 'enable tunnel',
    summary: 'Enable a tunnel',
    command: 'servers tunnels enable',
    asks: ['server', 'tunnel'],
    keys: ['team.toggle'],
  },
  {
    word: 'disable tunnel',
    summary: 'Disable a tunnel',
    command: 'servers tunnels disable',
    asks: ['server', 'tunnel'],
    keys: ['team.toggle'],
  },
  {
    word: 'remove tunnel',
    summary: 'Remove a tunnel',
    command: 'servers tunnels remove',
    asks: ['server', 'tunnel'],
    keys: ['team.remove'],
  },
  {
    word: 'users',
    summary: 'List the users of a server',
    command: 'servers users',
    asks: ['server'],
    keys: ['team.users', 'team.refresh'],
  },
  {
    word: 'add user',
    summary: 'Add a user to a server',
    command: 'servers users add',
    asks: ['server', 'user'],
    keys: ['team.new'],
  },
  {
    word: 'remove user',
    summary: 'Remove a user from a server',
    command: 'servers users remove',
    asks: ['server', 'user'],
    keys: ['team.remove'],
  },
  {
    word: 'agents',
    summary: 'List the agents of a server',
    command: 'servers agents',
    asks: ['server'],
    keys: ['team.agents', 'team.refresh'],
  },
  {
    word: 'create agent',
    summary: 'Create an agent, and keep its certificate in a file',
    command: 'servers agents create',
    asks: ['server', 'agent', 'new file'],
    keys: ['team.new'],
  },
  {
    word: 'revoke agent',
    summary: 'Revoke the certificate of an agent',
    command: 'servers agents revoke',
    asks: ['server', 'agent'],
    keys: ['team.remove'],
  },
  {
    word: 'save agent',
    summary: 'Save the certificate of an agent to a file again',
    command: 'servers agents download',
    asks: ['server', 'agent', 'new file'],
    keys: ['team.save'],
  },
  {
    word: 'services',
    summary: 'List the services of a server',
    command: 'servers services',
    asks: ['server'],
    keys: ['team.services', 'team.refresh'],
  },
  {
    word: 'restart service',
    summary: 'Restart a service of a server',
    command: 'servers services restart',
    asks: ['server', 'service'],
    keys: ['team.again'],
  },
  {
    word: 'log',
    summary: 'Show the log of a service, by SSH',
    command: 'servers logs',
    asks: ['server', 'service'],
    keys: ['team.log'],
  },
  {
    word: 'certificates',
    summary: 'List the certificates of a server',
    command: 'servers certificates',
    asks: ['server'],
    keys: ['team.certificates', 'team.refresh'],
  },
  {
    word: 'renew public',
    summary: 'Renew a public certificate of a server',
    command: 'servers certificates renew',
    asks: ['server', 'certificate'],
    keys: ['team.again'],
  },
  {
    word: 'second factor on',
    summary: 'Turn the second factor of a panel on',
    command: 'servers two-factor on',
    asks: ['server'],
    keys: ['servers.two-factor'],
  },
  {
    word: 'second factor off',
    summary: 'Turn the second factor of a panel off',
    command: 'servers two-factor off',
    asks: ['server'],
    keys: ['servers.two-factor'],
  },
  {
    word: 'restore',
    summary: 'Restore the list of servers from its newest backup',
    command: 'servers restore',
    keys: ['servers.restore'],
  },
  {
    word: 'droplets',
    summary: 'List the droplets of the account, unlisted ones too',
    command: 'droplets',
    keys: ['servers.refresh'],
  },
  {
    word: 'adopt',
    summary: 'Add an unlisted droplet to the list',
    command: 'droplets adopt',
    asks: ['droplet'],
    keys: ['servers.adopt'],
  },
  {
    word: 'destroy droplet',
    summary: 'Destroy an unlisted droplet',
    command: 'droplets destroy',
    asks: ['droplet'],
    keys: ['servers.destroy'],
  },
  {
    word: 'operations',
    summary: 'List the operations',
    command: 'operations',
    keys: ['servers.refresh'],
  },
  {
    word: 'watch',
    summary: 'Watch an operation to its end, and print its log',
    command: 'operations attach',
    asks: ['operation'],
    keys: ['servers.open', 'provisioning.copy', 'provisioning.save-log'],
  },
  {
    word: 'resume',
    summary: 'Resume an operation that stopped',
    command: 'operations resume',
    asks: ['operation to resume'],
    keys: ['provisioning.resume'],
  },
  {
    word: 'stop',
    summary: 'Cancel an operation, and remove what it created',
    command: 'operations cancel',
    asks: ['operation to cancel'],
    keys: ['provisioning.cancel'],
  },
  {
    word: 'clean up',
    summary: 'Remove what a failed operation left',
    command: 'operations cleanup',
    asks: ['operation to clean up'],
    keys: ['provisioning.clean-up'],
  },
  {
    word: 'dismiss',
    summary: 'Take an operation that ended from the list',
    command: 'operations dismiss',
    asks: ['operation to dismiss'],
    keys: ['provisioning.dismiss', 'servers.destroy'],
  },
  {
    word: 'token',
    summary: 'Store an API token',
    command: 'token set',
    keys: ['wizard.check-token'],
  },
  { word: 'check token', summary: 'Check the API token', command: 'token check' },
  { word: 'forget token', summary: 'Forget the stored API token', command: 'token forget' },
  {
    word: 'accounts',
    summary: 'List the accounts that have a token here',
    command: 'token list',
    keys: ['accounts'],
  },
  {
    word: 'add account',
    summary: 'Store the API token of another account',
    command: 'token add',
    asks: ['new account'],
    keys: ['accounts'],
  },
  {
    word: 'use account',
    summary: 'Create servers in another account from now on',
    command: 'token use',
    asks: ['account'],
    keys: ['accounts'],
  },
  {
    word: 'forget account',
    summary: 'Forget the API token of an account',
    command: 'token forget',
    asks: ['account'],
    keys: ['accounts'],
  },
  {
    word: 'secrets',
    summary: 'Say where secrets are kept',
    command: 'vault',
    keys: ['secrets'],
  },
  { word: 'create vault', summary: 'Create a vault', command: 'vault init', keys: ['secrets'] },
  {
    word: 'passphrase',
    summary: 'Change the passphrase of the vault',
    command: 'vault passphrase',
    keys: ['secrets'],
  },
  {
    word: 'export',
    summary: 'Export all servers to an encrypted file',
    command: 'export',
    asks: ['new file'],
    keys: ['servers.export'],
  },
  {
    word: 'import',
    summary: 'Import servers from such a file',
    command: 'import',
    asks: ['transfer file'],
    keys: ['servers.import'],
  },
  {
    word: 'doctor',
    summary: 'Check this machine and the account',
    command: 'doctor',
    keys: ['doctor'],
  },
];

/** The task of a typed word or number. */
export function findTask(typed: string): Task | undefined {
  const text = typed.toLowerCase();
  return /^\d+$/.test(text)
    ? TASKS[Number(text) - 1]
    : TASKS.find(({ word }) => word === text || word.replaceAll(' ', '-') === text);
}

/** `3 new: Create a new server` */
export function taskLines(): readonly string[] {
  return TASKS.map(({ word, summary }, index) => `${index + 1} ${word}: ${summary}`);
}

/**
 * Asks for all that the task needs, and runs it with the arguments; `back` repeats the question before, also at the
 * first question of the command.
 */
export async function askForTask(
  { asks = [] }: Task,
  world: World,
  conversation: Conversation,
  run: (answers: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const answers: string[] = [];
  await inSteps([
    ...asks.map((ask, index) => async () => {
      answers[index] = await askFor(ask, world, conversation);
    }),
    async () => void (await run(answers)),
  ]);
}

/** Fields of what is typed, not chosen from a list. */
const FIELDS = {
  droplet: 'Id of the droplet, which droplets lists',
  address: 'Address of the panel',
  'new account': 'Name of the account, such as work',
  label: 'New label',
  tunnel: 'Name of the tunnel',
  service: 'Service, such as nginx',
  certificate: 'Name of the certificate, such as panel.lab.example.com',
  port: 'Port',
  user: 'Name of the user',
  agent: 'Name of the agent',
  note: 'Note',
  'certificate file': 'File',
  'transfer file': 'File',
  'new file': 'New file',
} as const satisfies Partial<Record<keyof typeof TASK_HELP, string>>;

const FILES: readonly string[] = ['certificate file', 'transfer file', 'new file'];

type Field = keyof typeof FIELDS;

/** Operations that a task can be done to. */
const OPERATIONS = {
  operation: () => true,
  'operation to resume': ({ status, cleanUpBegun }) => status === 'interrupted' && !cleanUpBegun,
  'operation to cancel': ({ status }) => status === 'running' || status === 'interrupted',
  'operation to clean up': (operation) =>
    !isAtWork(operation) && (operation.status === 'interrupted' || operation.leftovers.length > 0),
  'operation to dismiss': isDismissable,
} as const satisfies Readonly<Record<string, (operation: Operation) => boolean>>;

type Chosen = Exclude<keyof typeof TASK_HELP, Field>;

/** What can be chosen, under which name. */
const CHOICES: Readonly<
  Record<Chosen, (world: World) => Promise<readonly [title: string, options: readonly Option[]]>>
> = {
  server: async ({ registry }) => {
    const servers = await registry.list();
    const options = servers.map(({ id, label, active }) => ({
      value: id,
      names: [label, id],
      line: active ? `${label}, active` : label,
    }));
    return ['Server', options];
  },
  operation: operationsOf('operation'),
  'operation to resume': operationsOf('operation to resume'),
  'operation to cancel': operationsOf('operation to cancel'),
  'operation to clean up': operationsOf('operation to clean up'),
  'operation to dismiss': operationsOf('operation to dismiss'),
  account: async (world) => {
    const { current } = await world.accounts.read();
    const options = (await accountNames(world)).map((name) => ({
      value: name,
      names: [name],
      line: name === current ? `${name}, current` : name,
    }));
    return ['Account', options];
  },
  action: async () => {
    const actions = ['on', 'off', 'reboot', 'cycle'];
    return ['Action', actions.map((value) => ({ value, names: [value], line: value }))];
  },
};

function operationsOf(kind: keyof typeof OPERATIONS): (typeof CHOICES)[Chosen] {
  return async ({ operations }) => {
    const fitting = (await operations.list()).filter(OPERATIONS[kind]);
    const options = fitting.map(({ id, request: { label }, status }) => ({
      value: id,
      names: [id, label],
      line: `${label}, ${status}, ${id}`,
    }));
    const name = kind.charAt(0).toUpperCase() + kind.slice(1);
    return [options.length === 0 ? name : 'Operation', options];
  };
}

async function askFor(ask: Ask, world: World, conversation: Conversation): Promise<string> {
  const help = TASK_HELP[ask];
  if (!isField(ask)) return await oneOf(conversation, ...(await CHOICES[ask](world)), help);
  const isPath = FILES.includes(ask);
  const typed = await text(conversation, FIELDS[ask], { help, isPath });
  return isPath ? path(typed) : typed;
}

function isField(ask: Ask): ask is Field {
  return ask in FIELDS;
}

interface Option {
  readonly value: string;
  /** Words that stand for it besides its number. */
  readonly names: readonly string[];
  readonly line: string;
}

async function oneOf(
  { console }: Conversation,
  title: string,
  options: readonly Option[],
  help: readonly string[],
): Promise<string> {
  if (options.length === 0)
    throw new InputError({
      code: 'nothing-there',
      message: `There is no ${title.toLowerCase()}${title.includes(' ') ? '' : ' to choose'}.`,
    });
  for (const [index, { line }] of options.entries())
    console.say(`${index + 1} of ${options.length}: ${line}`);
  for (;;) {
    const typed = await console.ask(`${title}, by number or name: `, { help });
    const named = options.filter(({ names }) => names.includes(typed));
    const chosen = named.length === 1 ? named[0] : options[Number(typed) - 1];
    if (chosen !== undefined) return chosen.value;
    console.say(
      named.length > 1
        ? `${JSON.stringify(typed)} is more than one of them: type its number.`
        : `${JSON.stringify(typed)} is none of them.`,
    );
  }
}

async function text({ console }: Conversation, field: string, asking: Asking): Promise<string> {
  for (;;) {
    const typed = await console.ask(`${field}: `, asking);
    if (typed !== '') return typed;
    console.say('Nothing was typed. cancel leaves the question.');
  }
}

function path(typed: string): string {
  return typed.replace(/^~(?=\/)/, absoluteHomeFolder() ?? '~');
}
