import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PortlamaError } from '../../src/core/errors.js';
import type { ChosenKeystore } from '../../src/services/keystore/choose-keystore.js';
import { Declined } from '../../src/usecases/face.js';
import { importCertificate } from '../../src/usecases/import-certificate.js';
import type { Work } from '../../src/usecases/work.js';
import { EDGE, OLD_BOX } from '../app/fakes/fake-world.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const SECRET = {
  secret: 'Password of the certificate of old-box (not shown)',
  text: ' with a space ',
};
const FACTS = {
  subject: 'CN=admin',
  issuer: 'CN=Portlama',
  notBefore: 0,
  notAfter: Date.UTC(2028, 10, 25, 23, 59),
};

interface Importing extends TestWork {
  readonly file: string;
  readonly work: Work;
  /** What was kept. */
  readonly kept: unknown[];
}

async function importing(...answers: readonly Answer[]): Promise<Importing> {
  const file = join(await temporaryFolder(), 'client.p12');
  await writeFile(file, 'p12');
  const test = testWork({ servers: [EDGE, OLD_BOX] }, ...answers);
  const kept: unknown[] = [];
  const work: Work = {
    ...test.work,
    importCertificate: async (serverId, { p12, password }) => {
      kept.push([serverId, p12.toString(), password]);
      return FACTS;
    },
  };
  return { ...test, work, file, kept };
}

describe('importCertificate', () => {
  it('keeps file and password, and asks the panel', async () => {
    const { work, world, face, news, file, kept } = await importing(SECRET);
    world.panelHealth.set(OLD_BOX.id, { state: 'online', latencyMs: 21, version: '0.1.30' });
    const done = await importCertificate('old-box', file, work);
    expect(done).toMatchObject({ expiresAt: FACTS.notAfter, health: { state: 'online' } });
    expect(kept).toEqual([[OLD_BOX.id, 'p12', ' with a space ']]);
    expect(face.said).toEqual([
      'Imported the certificate of old-box; it expires 2028-11-25.',
      'Its password is saved in Secret Service (GNOME Keyring).',
      'Panel: online, 21 ms, panel 0.1.30',
      `${file} is no longer needed here.`,
    ]);
    expect(news).toEqual([
      { kind: 'servers-changed' },
      { kind: 'certificate-changed', serverId: OLD_BOX.id },
    ]);
    face.finish();
  });

  it('says how the panel answers, and keeps the file in mind, when that is not online', async () => {
    const { work, face, file } = await importing(SECRET);
    await importCertificate(OLD_BOX.id, file, work);
    expect(face.said.at(-1)).toBe('Panel: offline: connection refused');
  });

  it('hides the password from everything that is shown, before it is used', async () => {
    const { work, file } = await importing(SECRET);
    const failure = new PortlamaError({ code: 'p12-wrong-password', message: 'Wrong.' });
    const failing: Work = {
      ...work,
      importCertificate(_, { password }) {
        expect(work.redactor.clean(`it is ${password}!`)).not.toContain(password.trim());
        return Promise.reject(failure);
      },
    };
    await expect(importCertificate('old-box', file, failing)).rejects.toBe(failure);
  });

  it('replaces one that is here only once that is agreed to', async () => {
    const question = { confirm: 'Replace the certificate of fra1-edge?' };
    const secret = { ...SECRET, secret: 'Password of the certificate of fra1-edge (not shown)' };
    const agreed = await importing(question, secret);
    await importCertificate('fra1-edge', agreed.file, agreed.work);
    expect(agreed.kept).toHaveLength(1);
    agreed.face.finish();
    const declined = await importing({ ...question, agree: false });
    await expect(importCertificate('fra1-edge', declined.file, declined.work)).rejects.toThrow(
      Declined,
    );
    expect(declined.kept).toEqual([]);
  });

  it.each([
    ['lab', 'client.p12', 'server-unknown'],
    ['old-box', 'other.p12', 'file-missing'],
  ])('refuses %s with %s as %s, and asks for no password', async (label, name, code) => {
    const { work, file, kept } = await importing();
    const path = file.replace('client.p12', name);
    await expect(importCertificate(label, path, work)).rejects.toMatchObject({ code });
    expect(kept).toEqual([]);
  });

  it('refuses a store that forgets its secrets with the program', async () => {
    const { work, file, kept } = await importing();
    const stores = { choose: async () => ({ kind: 'session' }) } as unknown as ChosenKeystore;
    await expect(importCertificate('old-box', file, { ...work, stores })).rejects.toMatchObject({
      code: 'session-store-useless',
    });
    expect(kept).toEqual([]);
  });
});
