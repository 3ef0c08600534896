import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Sentences that were hard to understand, and what is said in their place. */
const OLD: Readonly<Record<string, string>> = {
  'It is being started': 'Starting…',
  'Add a server that is there already': 'Add an existing server',
  'Nobody vouches for the certificate': 'This panel uses a self-signed certificate.',
  'look, then add': 'Check and add',
  'account any more; d takes it off': 'This droplet no longer exists in your account.',
  'in no list here is': 'Unlisted droplet',
  'is off the list,': 'Removed lab',
  'One that is typed is kept in': 'A new token is saved in … once validated.',
  'of its own keeps them apart': 'Use a separate DigitalOcean team.',
  'Go on at the first step': 'Resume',
  'Close it and forget it': 'Dismiss',
  'failed, something is left': 'failed; resources remain',
  "'Make it'": 'Create vault',
  'The same again': 'Repeat passphrase',
  '292,271': 'millions of years',
  centuries: 'millions of years',
  'check, forget, and nothing else': 'Use: token set, check or forget',
  'leads to the server': 'points to the server',
  'lead to the server': 'point to the server',
  'newest one at once, whoever has it': 'revokes the newest one at once, including all copies',
  'the one before is dead': 'The previous one is revoked.',
  'take the certificate along': 'The certificate can no longer be renewed, exported or used …',
  'renewing revokes nothing': 'renewing does not revoke it',
  'Leaving loses nothing': 'You can leave at any time',
  'Nothing of those is lost': 'Try those again.',
  'went away while': 'stopped while it was being used',
  'said too much': 'printed too much output',
  'gave no answer, and': 'did not answer, and only its answer contains …',
  'takes changes up by': 'To apply changes, run on the agent’s machine: …',
  'What keeps what apart': 'How access is limited',
  'nothing could prove that': 'the identity of lab cannot be verified',
  'was not let in within': 'The temporary key was not added to lab within …',
  'in full, agrees': 'Type lab in full to destroy it.',
  'as it may have': 'the account has reached its droplet limit',
};

const ENDS = /\.(?:ts|md)$/;

async function pages(): Promise<readonly (readonly [path: string, text: string])[]> {
  const found = await Promise.all(
    ['src', 'docs'].map(async (folder) => {
      const names = await readdir(resolve(ROOT, folder), { recursive: true });
      return names.filter((name) => ENDS.test(name)).map((name) => `${folder}/${name}`);
    }),
  );
  return await Promise.all(
    ['README.md', ...found.flat()].map(
      async (path) => [path, await readFile(resolve(ROOT, path), 'utf8')] as const,
    ),
  );
}

it('brings no old sentence back, in the program, README or docs', async () => {
  const all = await pages();
  expect(all.length).toBeGreaterThan(500);
  const back = all.flatMap(([path, text]) =>
    Object.entries(OLD)
      .filter(([old]) => text.includes(old))
      .map(([old, wanted]) => `${path}: “${old}”, say “${wanted}”`),
  );
  expect(back).toEqual([]);
});
