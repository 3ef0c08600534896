import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { regionsAreFarApart } from './circumstances.js';
import { aForgottenServer, fingerprintOf } from './forgotten-server.js';
import type { Home } from './home.js';
import { aPerson, type Person, type PersonOptions } from './person.js';

const run = promisify(execFile);
const ASKS = 'or a command:';

it('makes a server in plain lines, and destroys it once its label is typed', async () => {
  const person = await inPlainLines();
  await person.sees('portlama-tui in plain lines.', 'No servers.', ASKS);
  await regionsAreFarApart(person);
  person.types('n\r');
  await person.sees('Enter to use the one in');
  person.types('\r');
  await person.sees('Size (Enter for s-1vcpu-512mb-10gb)');
  person.types('s-tiny\r');
  await person.sees('"s-tiny" is not a server size.', /Size.*:$/m);
  person.types('\r');
  await person.sees('Region (Enter for fra1)');
  person.types('moon1\r');
  await person.sees('"moon1" is not one of these regions.', /Region.*:$/m);
  person.types('\r');
  await person.sees('Label (Enter for portlama-fra1)');
  person.types('edge\r');
  await person.sees('Domain, optional (Enter for none):');
  person.types('edge.example.com\r');
  await person.sees(/E-mail for Let.s Encrypt \(Enter to be asked later\):\s*$/);
  person.types('ops\r');
  await person.sees('Use the form ops@example.com.', /E-mail.*:$/m);
  person.types('ops@example.com\r');
  await person.sees('SSH key that stays: none, file, agent, github, account (Enter for none):');
  person.types('back\r');
  await person.sees(/none\): back\s+Domain, optional \(Enter for none\):\s*$/);
  person.types('edge.example.com\r');
  await person.sees(/edge\.example\.com\s+E-mail [^\n]*:\s*$/);
  person.types('\r');
  await person.sees(/SSH key that stays: [^]*\(Enter for none\):\s*$/);
  person.types('file\r');
  await person.sees(/File \[[^]*\]:\s*$/);
  const key = join(person.home.path, 'id_lab');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  person.types(`${key}.pub\r`);
  await person.sees('Domain: edge.example.com.', 'stays on the droplet.');
  await person.sees('Type yes to create edge (Enter cancels):');
  person.types('yes\r');
  await person.sees('12 of 12, Cleaning up: done', 'Set it up for edge.example.com:', ASKS);

  person.types('servers destroy edge\r');
  await person.sees('Type edge to destroy it (Enter cancels):');
  person.types('yes\r');
  await person.sees(/"yes" is not edge\.\s+Type edge [^:]*:\s*$/);
  person.types('\r');
  await person.sees('Cancelled. Nothing was changed.');
  expect(await person.home.servers()).toHaveLength(1);
  person.types('servers destroy edge\r');
  await person.sees(/destroy edge\s+Droplet \d+ at [^]*\(Enter cancels\):\s*$/);
  person.types('edge\r');
  await person.sees(/Destroyed edge:[^]*It stops costing \$4\/month[^]*or a command:/);
  expect(await person.home.servers()).toEqual([]);
  person.types('q\r');
  await person.isBack();
});

it('adds, switches and removes in plain lines, and takes commands as advice prints them', async () => {
  const { home, panel } = await aForgottenServer();
  const person = await inPlainLines({ home });
  await person.sees(/lab, active, region fra1, .*online/, 'is an unlisted droplet', ASKS);
  person.types(`servers add ${panel.ip} --label old-box\r`);
  await person.sees('Type trust to add it (Enter', await fingerprintOf(home, panel));
  person.types('\r');
  await person.sees('Cancelled. Nothing was changed.');
  expect(await labels(home)).toEqual(['lab']);
  person.types(`portlama-tui --sandbox servers add ${panel.ip} --label old-box\r`);
  await person.sees(/Cancelled. Nothing was changed[^]*Type trust to add it/);
  person.types('trust\r');
  await person.sees('Added old-box as inactive.');
  person.types('portlama-tui --sandbox servers activate old-box\r');
  await person.sees('old-box is now the active server.');
  person.types('r\r');
  await person.sees(/lab, inactive/, /old-box, active, manual, .*certificate needed/);
  person.types('servers remove old-box\r');
  await person.sees('Type yes to remove it from the list (Enter');
  person.types('yes\r');
  await person.sees('Removed old-box;');
  expect(await labels(home)).toEqual(['lab']);
});

it('says what is wrong with a line, loses nothing, and leaves at Ctrl-D', async () => {
  const person = await inPlainLines();
  await person.sees(ASKS);
  person.types('servers activate lab\r');
  await person.sees('There is no server called "lab".', 'portlama-tui --sandbox servers');
  person.types('destory edge\r');
  await person.sees('Unknown command "destory".');
  person.types('commands\r');
  await person.sees('completion SHELL', ASKS);
  person.types('?\r');
  await person.sees('3 new: Create a new server', 'At each question: ? explains it');
  person.presses('ctrl-d');
  await person.isBack();
});

it('goes back, cancels and explains at each question, and leaves at the second Ctrl-C', async () => {
  const { home } = await aForgottenServer();
  const person = await inPlainLines({ home });
  await person.sees(/lab, active/, ASKS);
  person.types('import certificate\r');
  await person.sees('1 of 1: lab, active', 'Server, by number or name:');
  person.types('lba\r');
  await person.sees('"lba" is not one of them.');
  person.types('1\r');
  await person.sees(/File:\s*$/);
  person.types('?\r');
  await person.sees('The .p12 file with the admin certificate and its key', /File:\s*$/);
  person.types('back\r');
  await person.sees(/File: back\s+1 of 1: lab, active\s+Server, by number or name:\s*$/);
  person.types('lab\r');
  await person.sees(/name: lab\s+File:\s*$/);
  await writeFile(join(home.path, 'client-of-lab.p12'), '');
  person.types('~/client-of\t');
  await person.sees(/File: ~\/client-of-lab\.p12\s*$/);
  for (const _ of '~/client-of-lab.p12') person.presses('backspace');
  person.types('/nonexistent/client.p12\r');
  await person.sees('There is no file "/nonexistent/client.p12".', /or a command:\s*$/);
  person.types('destroy\r');
  await person.sees(/Server, by number or name:\s*$/);
  person.types('1\r');
  await person.sees(/Type lab to destroy it \(Enter cancels\):\s*$/);
  person.types('back\r');
  await person.sees(/cancels\): back\s+1 of 1: lab, active\s+Server, by number or name:\s*$/);
  person.types('?\r');
  await person.sees('The server to use.', /Server, by number or name:\s*$/);
  person.types('cancel\r');
  await person.sees(
    /name: cancel\s+Cancelled. Nothing was changed.\s+What next\?.*or a command:\s*$/,
  );
  person.types('resume\r');
  await person.sees('There is no operation to resume.', /or a command:\s*$/);
  person.types('set up lab\r');
  await person.sees(/Domain:\s*$/);
  person.types('lab.example\r');
  await person.sees(/Let.s Encrypt:\s*$/);
  person.types('?\r');
  await person.sees('writes there when a certificate is about to expire', /Let.s Encrypt:\s*$/);
  person.types('back\r');
  await person.sees(/Let.s Encrypt: back\s+Domain:\s*$/);
  person.types('?\r');
  await person.sees('It cannot be changed once its DNS is verified.', /Domain:\s*$/);
  person.types('cancel\r');
  await person.sees(/Domain: cancel\s+Cancelled. Nothing was changed.\s+What next\?.*command:\s*$/);
  person.types('destroy lab\r');
  await person.sees(/Type lab to destroy it \(Enter cancels\):\s*$/);
  person.types('?\r');
  await person.sees('Type lab in full to destroy it.', /\(Enter cancels\):\s*$/);
  person.presses('ctrl-c');
  await person.sees(/Cancelled. Nothing was changed.\s+What next\?.*or a command:\s*$/);
  expect(await labels(home)).toEqual(['lab']);
  person.presses('ctrl-c');
  await person.isBack();
});

it('does nothing in the real account that was meant for the sandbox, and takes quotes apart', async () => {
  const person = await aPerson({ columns: 120, rows: 40, args: ['--plain'] });
  person.opens();
  await person.sees('No servers.', ASKS);
  for (const words of ['--sandbox provision --region fra1', 'portlama-tui --sandbox droplets']) {
    person.types(`${words}\r`);
    await person.sees(
      words,
      '--sandbox can only be given when the program starts. Nothing was done.',
    );
  }
  expect(await person.home.runs(['operations'])).toMatchObject({ stdout: 'No operations.\n' });
  person.types('servers panel "two words"\r');
  await person.sees('There is no server called "two words".');
  person.types('constructor\r');
  await person.sees('Unknown command "constructor".');
  person.types('exit\r');
  await person.isBack();
});

it('goes on in the background when Ctrl-C is pressed, and comes back to it', async () => {
  const person = await inPlainLines({ delays: 1 });
  await person.sees(ASKS);
  person.types('provision --region fra1 --label edge\r');
  await person.sees('4 of 11, Creating droplet: done');
  person.presses('ctrl-c');
  const screen = await person.sees('The work continues in the background');
  await person.isBack(130);
  const [, command] = /portlama-tui (--sandbox operations attach [0-9a-f]{16})/.exec(
    screen.replaceAll('\n', ''),
  )!;
  person.opens(command!.split(' '));
  await person.sees('Online: edge at');
  await person.isBack();
});

it('draws nothing in a whole session: ASCII alone, but for what the person typed', async () => {
  const person = await inPlainLines({ rows: 1_000 });
  await person.sees(ASKS);
  let asked = 1;
  const types = async (line: string, ...sees: readonly (string | RegExp)[]): Promise<void> => {
    asked += 1;
    person.types(`${line}\r`);
    await person.sees(...sees, new RegExp(`(?:${ASKS}[^]*){${asked}}$`));
  };
  await types('?', 'At each question');
  await types('commands', 'completion SHELL');
  await types('provision --region fra1 --label lab', 'Created symlink', 'Online: lab at');
  await types('note lab "für Zoë"', 'für Zoë');
  await types('list', 'lab, active, region fra1, panel at https://', /online, \d+ ms, panel/);
  await types('droplets', /^id \d+, name portlama-lab, region fra1, .*, server lab$/m);
  await types(
    'operations --all',
    /^operation \w+, label lab, region fra1, .*, progress 11 of 11$/m,
  );
  await types('regions', /^1 of 12: region \S+, name .*, latency \d+ ms$/m);
  await types('sizes', /^1 of \d+: size s-1vcpu-512mb-10gb, memory 512 MB, .*\$4\/month/m);
  await types('doctor', /^Servers, ok: 1 in /m);
  await types('token check', 'valid: sammy@');
  await types('panel lab', 'The panel asks for the admin certificate.');
  await types('servers resize lab --size s-1vcpu-1gb', 'portlama-tui --sandbox servers power lab');
  await types('servers destroy lab --dry-run', 'Dry run');
  await types('users nowhere', 'There is no server called "nowhere".');
  await types('destory lab', 'Unknown command "destory".');
  const lines = (await person.terminal.screen()).split('\n');
  expect(lines.length).toBeGreaterThan(300);
  const others = lines.filter((line) => !/^[\x20-\x7e]*$/.test(line.replaceAll('für Zoë', '')));
  expect(others).toEqual([]);
});

async function inPlainLines(
  options: Pick<PersonOptions, 'delays' | 'home' | 'rows'> = {},
): Promise<Person> {
  const person = await aPerson({ columns: 120, rows: 100, ...options });
  person.opens(['--sandbox', '--plain']);
  return person;
}

async function labels(home: Home): Promise<readonly string[]> {
  return (await home.servers()).map(({ label }) => label);
}
