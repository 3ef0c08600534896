import { PANEL_PORT, SERVER_PATH } from '../core/product.js';
import type { Choice, Confirmation, SecretQuestion, TextQuestion } from './question.js';

/** One to three lines about one question, which `?` prints in plain mode. */
export type QuestionHelp = readonly string[];

/** Questions of a task of plain mode. */
export const TASK_HELP = {
  server: ['The server to use. Type the number before it, its label, or its id.'],
  operation: ['The operation to follow. Type the number before it, or its id.'],
  'operation to resume': [
    'An operation that stopped before it ended. It resumes at the first unfinished step.',
    'Only operations that can be resumed are listed. Type the number before one, or its id.',
  ],
  'operation to cancel': [
    'The operation to cancel. What it has created is removed; you are asked once more before that.',
    'Type the number before it, or its id.',
  ],
  'operation to clean up': [
    'An operation that left resources, which may cost money. They are removed; you are asked once more before that.',
    'Type the number before it, or its id.',
  ],
  'operation to dismiss': [
    'An operation that ended and left nothing. It is removed from the list but stays in operations --all.',
    'Type the number before it, or its id.',
  ],
  droplet: [
    'The number that DigitalOcean gave the droplet, such as 312876543.',
    'cancel, then droplets: lists the droplets of your account with their ids.',
  ],
  address: [
    'Where the panel of the server answers: an IP address, or its https address.',
    `Examples: 203.0.113.42, https://203.0.113.42:${PANEL_PORT}, https://panel.example.com`,
  ],
  account: [
    'An account whose token is stored here. Type the number before it, or its name.',
    'Nothing changes at DigitalOcean.',
  ],
  'new account': [
    'A name for the account, used on this machine only: lowercase letters, digits and hyphens.',
    'Its API token is asked for next.',
  ],
  label: [
    'The new name of the server in the list: lowercase letters, digits and hyphens.',
    'Its droplet is renamed as well; its address stays.',
  ],
  tunnel: [
    'The first part of the tunnel’s address: blog in blog.example.com.',
    'cancel, then tunnels: lists those that exist.',
  ],
  service: [
    'A service that runs on the server, such as nginx or authelia.',
    'cancel, then services: lists them with their state.',
  ],
  certificate: [
    'The name that the public certificate is for, such as panel.lab.example.com.',
    'cancel, then certificates: lists them with the day they expire.',
  ],
  port: [
    'The port on the agent’s machine that the tunnel points to: a number from 1 to 65535, such as 8080.',
  ],
  user: [
    'The name that the user logs in with: lowercase letters, digits and hyphens, such as jane.',
    'cancel, then users: lists those that exist.',
  ],
  agent: [
    'The name of the machine whose services the server publishes, such as laptop.',
    'cancel, then agents: lists those that exist.',
  ],
  note: [
    'Your own text about the server. It stays on this machine and replaces the previous note.',
  ],
  'certificate file': [
    'The .p12 file with the admin certificate and its key. Tab completes its path.',
    `On the server it is client.p12 in ${SERVER_PATH.pki}; its password is asked for next.`,
  ],
  'transfer file': [
    'The encrypted file that export wrote. Tab completes its path.',
    'Its passphrase is asked for next.',
  ],
  'new file': [
    'The file to write. It must not exist yet; only you can read it afterwards.',
    'Tab completes a path; ~/ is your home folder.',
  ],
  action: [
    'on starts the droplet, off shuts it down, reboot restarts it.',
    'cycle cuts its power and starts it again: use it only if the droplet does not respond.',
  ],
} as const satisfies Readonly<Record<string, QuestionHelp>>;

/** Questions of `new`. */
export const WIZARD_HELP = {
  token: [
    'A DigitalOcean API token, which creates the droplet. It is not shown while you type, and is checked before it is stored.',
    'Create one at cloud.digitalocean.com, API, Generate New Token.',
    'Enter alone uses the stored token, if there is one.',
  ],
  size: [
    'The size of the droplet, which sets its price. Type a name from the list, such as s-1vcpu-512mb-10gb.',
    'A larger one can be chosen later with resize.',
  ],
  region: [
    'Where the server runs. Type a short name from the list, such as fra1; the first has the lowest latency from here.',
    'A server cannot move to another region later.',
  ],
  label: [
    'A name for the server in the list: lowercase letters, digits and hyphens. rename changes it later.',
  ],
  domain: [
    'A domain that points to the server, such as lab.example.com: its records are created if one of your accounts manages it.',
    'Enter alone creates a server without a domain; the command domain adds one later.',
  ],
  email: [
    'Your e-mail address. Let’s Encrypt writes there when a certificate is about to expire.',
    'With Enter alone it is asked for when the domain is set up.',
  ],
  sshKey: [
    'Your public key, which stays on the server so that you can log in: none, file, agent, github or account.',
    'Anyone with its private key is root there. Enter alone adds none.',
  ],
  create: [
    'Only yes creates the server, and from then on it costs the price shown above.',
    'Enter alone creates nothing; back asks for the label again.',
  ],
} as const satisfies Readonly<Record<string, QuestionHelp>>;

/** Questions that turn up while a command runs, and have no lines of their own. */
export const QUESTION_HELP = {
  apiToken: ['A token that you create at cloud.digitalocean.com, API. It is checked, then stored.'],
  certificatePassword: [
    `The password that opens the .p12 file. On the server it is in ${SERVER_PATH.p12Password}.`,
  ],
  exportPassphrase: ['The passphrase that was chosen when the file was exported.'],
  newExportPassphrase: [
    'A new passphrase that encrypts the file. Anyone who imports the file needs it; it cannot be recovered.',
  ],
  vaultPassphrase: ['The passphrase that was chosen when the vault was created.'],
  newVaultPassphrase: [
    'A new passphrase for the vault, which encrypts the tokens and passwords in it.',
    'It cannot be recovered: without it they are lost.',
  ],
  userPassword: ['The password that the user logs in with. Pass it on; the user can change it.'],
  userEmail: ['The address of the user, to which the panel sends mail.'],
  domain: [
    'The domain of the server, such as lab.example.com, whose DNS points to its address.',
    'It cannot be changed once its DNS is verified.',
  ],
  certificateEmail: [
    'Your e-mail address. Let’s Encrypt writes there when a certificate is about to expire.',
  ],
  label: ['The name of the server in the list: lowercase letters, digits and hyphens.'],
  panelAddress: TASK_HELP.address,
  edit: ['Choose what to change; its new value is asked for next.'],
} as const satisfies Readonly<Record<string, QuestionHelp>>;

/** The question's own help, or its title and what it says above the prompt. */
export function textHelp({ title, lines = [], field, help, initial }: TextQuestion): QuestionHelp {
  const texts = lines.filter((line) => typeof line === 'string');
  const own =
    help ?? (texts.length > 0 ? texts.slice(0, 2) : [`${title}: type the ${lower(field)}.`]);
  return initial === undefined ? own : [...own, `Enter alone uses ${initial}.`];
}

export function choiceHelp({ title, help = [] }: Choice<unknown>): QuestionHelp {
  return [
    ...help,
    `${title.replace(/[?:]$/, '')}: type the number of a line above, or its words. Enter alone cancels.`,
  ];
}

/** `answer`: the text that agrees. */
export function confirmHelp({ title, effect }: Confirmation, answer: string): QuestionHelp {
  return [
    `${title} Type ${answer} in full to ${effect}.`,
    'Enter alone, or cancel, changes nothing.',
  ];
}

export function secretHelp({ field, lines = [], fresh, help }: SecretQuestion): QuestionHelp {
  const own = help ?? (lines.length > 0 ? lines.slice(0, 2) : [`${field}.`]);
  const how =
    fresh === undefined
      ? 'It is not shown while you type.'
      : 'It is not shown while you type. You type it twice.';
  return [...own, how];
}

function lower(field: string): string {
  return /^[A-Z][a-z]/.test(field) ? field.charAt(0).toLowerCase() + field.slice(1) : field;
}
