import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { createVault } from '../../src/services/keystore/vault-change.js';
import { openVault } from '../../src/services/keystore/vault-keystore.js';
import { offlineLookup } from '../fixtures/offline-lookup.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { addManualServer } from '../../src/services/panel/add-server.js';
import { inspectPanel } from '../../src/services/panel/inspect.js';
import { createRegistry } from '../../src/services/registry/registry-file.js';
import { MAIN } from '../fixtures/program.js';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { CreationWatch, everythingBelow, notPrivate } from './creation-watch.js';

/** Takes away the protection that most people's shells give, from this process and all that it starts. */
beforeEach(() => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
});

/** A folder in which the program keeps everything, its temporary files too. */
async function watchedFolder(): Promise<{ folder: string; watch: CreationWatch }> {
  const folder = await temporaryFolder();
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  return { folder, watch: await CreationWatch.start(folder) };
}

/** In the full screen, of the provisioning that failed. */
async function savesALog({ folder, realHome }: RunningSandbox): Promise<void> {
  const program = ptyProgram({
    command: [process.execPath, MAIN, '--sandbox'],
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, PORTLAMA_HOME: realHome },
  });
  onTestFinished(() => program.kill());
  await program.waitFor(/bad .*failed/);
  program.press('G');
  program.press('enter');
  await program.waitFor('[ Save log ]');
  program.press('s');
  await program.waitFor('The log is in');
  program.press('q');
  await program.waitFor('› Servers');
  program.press('q');
  await program.waitForExit();
}

describe('with umask 000', () => {
  it('every file is 0600 and every folder 0700 from its first instant', async () => {
    const { folder, watch } = await watchedFolder();
    const sandbox = await runningSandbox();
    const log = ['--log', join(sandbox.folder, 'debug.log')];
    const good = ['provision', '--region', 'fra1', '--label', 'good', ...log];
    expect(await sandbox.run(good)).toMatchObject({ exitCode: 0 });
    const fault = { kind: 'install-fails', step: 'deploy_panel', message: 'no' };
    await sandbox.control('POST', 'control', { action: 'addDropletFault', fault });
    const bad = ['provision', '--region', 'ams3', '--label', 'bad', '--json', ...log];
    expect(await sandbox.run(bad)).toMatchObject({ exitCode: 1 });
    expect(await sandbox.run(['servers'])).toMatchObject({ exitCode: 0 });
    expect(await sandbox.run(['operations'])).toMatchObject({ exitCode: 0 });

    await savesALog(sandbox);

    const { home } = sandbox;
    const registry = createRegistry({ home, clock: systemClock });
    const [server] = await registry.list();
    await registry.remove(server!.id);
    const dial = connectProxyDial(sandbox);
    const looking = { dial, lookup: offlineLookup, allow: 'sandbox' } as const;
    const inspection = await inspectPanel(server!.panelUrl, looking);
    await addManualServer({ home, registry, clock: systemClock }, inspection, {
      label: 'by-hand',
      confirmedSha256: inspection.certificate.sha256,
    });

    await createVault({ home, clock: systemClock, workFactor: 2 }, 'correct horse battery');
    await openVault({ home, clock: systemClock }).set(TOKEN_KEY, 'a token');

    await watch.catchUp();
    expect(notPrivate(watch.creations)).toEqual([]);
    expect(notPrivate(everythingBelow(folder))).toEqual([]);
    expect(watch.changes).toEqual([]);
    // It was looking all the time.
    const seen = watch.creations.map(({ path }) => path.slice(path.indexOf('/') + 1));
    for (const name of [
      /^portlama-sandbox$/,
      /^debug\.log$/,
      /^portlama-sandbox\/\.sandbox$/,
      /^portlama-sandbox\/sandbox\.[0-9a-f]{12}\.sock$/,
      /^portlama-sandbox\/sandbox\.json$/,
      /^portlama-sandbox\/sandbox\.log$/,
      /^portlama-sandbox\/\.provisioning\.lock$/,
      /^portlama-sandbox\/operations\/[0-9a-f]{16}\/journal\.ndjson$/,
      /^portlama-sandbox\/servers\/[0-9a-f-]{36}$/,
      /^portlama-sandbox\/servers\/[0-9a-f-]{36}\/client\.p12$/,
      /^portlama-sandbox\/servers\/[0-9a-f-]{36}\/panel\.pem$/,
      /^portlama-sandbox\/servers\/[0-9a-f-]{36}\/host-key\.pub$/,
      /^portlama-sandbox\/servers\.json$/,
      /^portlama-sandbox\/servers\.json\.bak$/,
      /^portlama-sandbox\/\.servers\.lock$/,
      /^portlama-sandbox\/logs$/,
      /^portlama-sandbox\/logs\/bad-\S+\.log$/,
      /^portlama-sandbox\/\.vault\.lock$/,
      /^portlama-sandbox\/vault\.age$/,
      /^portlama-sandbox\/vault\/recipient\.txt$/,
      /^portlama-sandbox\/vault\/com\.portlama\.cloud@digitalocean\.age$/,
    ])
      expect(seen.filter((path) => name.test(path)).length, String(name)).toBeGreaterThan(0);
  }, 120_000);

  it('what is open for an instant only is seen', async () => {
    const { folder, watch } = await watchedFolder();
    writeFileSync(join(folder, 'late'), 'x');
    chmodSync(join(folder, 'late'), 0o600);
    writeFileSync(join(folder, '.new.tmp'), 'x', { mode: 0o644 });
    renameSync(join(folder, '.new.tmp'), join(folder, 'renamed'));
    mkdirSync(join(folder, 'open'));
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    mkdirSync(join(folder, 'closed', 'inner'), { mode: 0o750 });
    await watch.catchUp();
    expect(watch.changes).toEqual(['late']);
    const found = [...new Set(notPrivate(watch.creations))];
    expect(found).toEqual(
      expect.arrayContaining(['0644 renamed', '0777 open', '0750 closed/inner']),
    );
  });
});
