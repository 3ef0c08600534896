import { InputError, quoted } from '../core/errors.js';
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
  /** Questions, in the order of the command's arguments. */
  readonly asks: readonly Ask[];
}

/** Values of a command's argument. */
type Ask = keyof typeof TASK_HELP;

const TABLE: readonly (readonly [
  word: string,
  summary: string,
  command: string,
  ...asks: readonly Ask[],
])[] = [
  ['list', 'List the servers', 'servers'],
  ['show', 'Show the state of one server', 'servers status', 'server'],
  ['new', 'Create a new server', 'provision'],
  ['add', 'Add an existing server', 'servers add', 'address'],
  ['activate', 'Make a server the active one', 'servers activate', 'server'],
  ['panel', 'Open the panel of a server, or show how', 'servers panel', 'server'],
  ['set up', 'Set up the domain of a server', 'servers onboard', 'server'],
  ['domain', 'Point a domain at a server, and create its records', 'servers domain', 'server'],
  ['update', 'Update the panel of a server', 'servers update', 'server'],
  ['trust', 'Confirm the certificate of a panel', 'certificate trust', 'server'],
  ['renew', 'Renew the admin certificate of a server', 'certificate renew', 'server'],
  [
    'bind certificate',
    'Bind the admin certificate of a server to this Mac',
    'certificate bind',
    'server',
  ],
  [
    'import certificate',
    'Import an admin certificate from a file',
    'certificate import',
    'server',
    'certificate file',
  ],
  ['recover', 'Recover a lost admin certificate over SSH', 'servers recover', 'server'],
  ['power', 'Power a droplet on or off, or reboot it', 'servers power', 'server', 'action'],
  ['resize', 'Change the size of a droplet', 'servers resize', 'server'],
  ['ssh', 'Open a shell on a server', 'servers ssh', 'server'],
  ['rename', 'Change the label of a server', 'servers rename', 'server', 'label'],
  ['address', 'Change the address of a server’s panel', 'servers address', 'server', 'address'],
  ['note', 'Write a note about a server', 'servers note', 'server', 'note'],
  ['destroy', 'Destroy a server and its droplet', 'servers destroy', 'server'],
  ['remove', 'Remove a server from the list; it keeps running', 'servers remove', 'server'],
  ['tunnels', 'List the tunnels of a server', 'servers tunnels', 'server'],
  ['add tunnel', 'Add a tunnel to a server', 'servers tunnels add', 'server', 'tunnel', 'port'],
  ['enable tunnel', 'Enable a tunnel', 'servers tunnels enable', 'server', 'tunnel'],
  ['disable tunnel', 'Disable a tunnel', 'servers tunnels disable', 'server', 'tunnel'],
  ['remove tunnel', 'Remove a tunnel', 'servers tunnels remove', 'server', 'tunnel'],
  ['users', 'List the users of a server', 'servers users', 'server'],
  ['add user', 'Add a user to a server', 'servers users add', 'server', 'user'],
  ['remove user', 'Remove a user from a server', 'servers users remove', 'server', 'user'],
  ['agents', 'List the agents of a server', 'servers agents', 'server'],
  [
    'create agent',
    'Create an agent, and keep its certificate in a file',
    'servers agents create',
    'server',
    'agent',
    'new file',
  ],
  [
    'revoke agent',
    'Revoke the certificate of an agent',
    'servers agents revoke',
    'server',
    'agent',
  ],
  [
    'save agent',
    'Save the certificate of an agent to a file again',
    'servers agents download',
    'server',
    'agent',
    'new file',
  ],
  ['services', 'List the services of a server', 'servers services', 'server'],
  [
    'restart service',
    'Restart a service of a server',
    'servers services restart',
    'server',
    'service',
  ],
  ['log', 'Show the log of a service, over SSH', 'servers logs', 'server', 'service'],
  ['certificates', 'List the certificates of a server', 'servers certificates', 'server'],
  [
    'renew public',
    'Renew a public certificate of a server',
    'servers certificates renew',
    'server',
    'certificate',
  ],
  ['second factor on', 'Turn the second factor of a panel on', 'servers two-factor on', 'server'],
  [
    'second factor off',
    'Turn the second factor of a panel off',
    'servers two-factor off',
    'server',
  ],
  ['restore', 'Restore the list of servers from its newest backup', 'servers restore'],
  ['droplets', 'List the droplets of the account, unlisted ones too', 'droplets'],
  ['adopt', 'Add an unlisted droplet to the list', 'droplets adopt', 'droplet'],
  ['destroy droplet', 'Destroy an unlisted droplet', 'droplets destroy', 'droplet'],
  ['operations', 'List the operations', 'operations'],
  ['watch', 'Watch an operation to its end, and print its log', 'operations attach', 'operation'],
  ['resume', 'Resume an operation that stopped', 'operations resume', 'operation to resume'],
  [
    'stop',
    'Cancel an operation, and remove what it created',
    'operations cancel',
    'operation to cancel',
  ],
  [
    'clean up',
    'Remove what a failed operation left',
    'operations cleanup',
    'operation to clean up',
  ],
  ['dismiss', 'Dismiss an ended operation', 'operations dismiss', 'operation to dismiss'],
  ['token', 'Store an API token', 'token set'],
  ['check token', 'Check the API token', 'token check'],
  ['forget token', 'Forget the stored API token', 'token forget'],
  ['accounts', 'List the accounts that have a token here', 'token list'],
  ['add account', 'Store the API token of another account', 'token add', 'new account'],
  ['use account', 'Create servers in another account from now on', 'token use', 'account'],
  ['forget account', 'Forget the API token of an account', 'token forget', 'account'],
  ['secrets', 'Show where secrets are kept', 'vault'],
  ['create vault', 'Create a vault', 'vault init'],
  ['passphrase', 'Change the passphrase of the vault', 'vault passphrase'],
  ['export', 'Export all servers to an encrypted file', 'export', 'new file'],
  ['import', 'Import servers from an exported file', 'import', 'transfer file'],
  ['doctor', 'Check this machine and the account', 'doctor'],
];

export const TASKS: readonly Task[] = TABLE.map(([word, summary, command, ...asks]) => ({
  word,
  summary,
  command,
  asks,
}));

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
  { asks }: Task,
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

/** Choices by their names. */
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
        ? `${quoted(typed)} is more than one of them: type its number.`
        : `${quoted(typed)} is not one of them.`,
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
