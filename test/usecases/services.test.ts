import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import {
  listCertificates,
  renewPublicCertificate,
} from '../../src/usecases/public-certificates.js';
import { listServices, restartService, showLog } from '../../src/usecases/services.js';
import { tableLines } from '../../src/words/formats.js';
import { certificateTable, logByHand, serviceTable } from '../../src/words/status.js';
import { sharedPanel } from './panel-work.js';

const PANEL = 'panel.lab.example.com';
/** Minutes that the panel's clock is ahead: two certificates of one second have one date. */
let ahead = 0;
const panelClock = { ...systemClock, now: () => Date.now() + ahead * 60_000 };
const { panel, open } = sharedPanel({ certificateMs: 300, restartMs: 60 }, '0.1.30', panelClock);
/** Five seconds pass in ten milliseconds. */
const fast = { ...systemClock, sleep: () => systemClock.sleep(10) };

describe('services', () => {
  it('are listed with their states', async () => {
    const { work } = await open();
    const { services } = await listServices('fra1-edge', work);
    expect(tableLines(serviceTable(services))[1]).toMatch(/^nginx +active +\d/);
    expect(services.map(({ name }) => name)).toEqual([
      'nginx',
      'chisel',
      'authelia',
      'portlama-panel',
    ]);
  });

  // The panel answers 500 to its own restart, and nginx cuts the caller off.
  it.each(['chisel', 'authelia', 'portlama-panel', 'nginx'])(
    'restart %s, once, and wait for the panel',
    async (name) => {
      const { work, face, changes } = await open({ confirm: `Restart ${name}?` });
      const done = await restartService('fra1-edge', name, { ...work, clock: fast });
      expect(done.service?.status).toBe('active');
      expect(face.said).toEqual([`Restarted ${name}: it is active.`]);
      expect(changes).toEqual([`POST /api/services/${name}/restart`]);
      face.finish();
    },
  );

  it('that are unknown are named with those that are there', async () => {
    const { work, changes } = await open();
    await expect(restartService('fra1-edge', 'ssh', work)).rejects.toMatchObject({
      code: 'service-unknown',
      hint: 'It has: nginx, chisel, authelia, portlama-panel.',
    });
    expect(changes).toEqual([]);
  });
});

describe('logs', () => {
  it('are what ssh reads, or the line to type', async () => {
    const { work, world, server } = await open();
    world.unitLogs.set('nginx', { kind: 'read', lines: ['one', 'two'] });
    const read = await showLog('fra1-edge', 'nginx', '2', work);
    expect(read.log).toEqual({ kind: 'read', lines: ['one', 'two'] });
    const { log, unit, lines } = await showLog('fra1-edge', 'portlama-gatekeeper', undefined, work);
    expect(log).toMatchObject({ kind: 'unread', reason: expect.stringContaining('denied') });
    world.hostKey = undefined;
    const { log: unproven } = await showLog('fra1-edge', 'nginx', '2', work);
    expect(unproven).toMatchObject({ reason: 'its SSH host key is not kept here.' });
    expect(logByHand(server, unit, lines)).toBe(
      `ssh root@${server.ip} journalctl -u portlama-gatekeeper -n 100 --no-pager -o short-iso`,
    );
  });

  it.each([
    ['sshd', undefined, 'log-unknown'],
    ['nginx; reboot', undefined, 'log-unknown'],
    ['nginx', '0', 'lines-invalid'],
    ['nginx', '1e9', 'lines-invalid'],
    ['nginx', '-1; reboot', 'lines-invalid'],
  ])('of %j, %j lines, are refused', async (unit, lines, code) => {
    const { work } = await open();
    await expect(showLog('fra1-edge', unit, lines, work)).rejects.toMatchObject({ code });
  });
});

describe('public certificates', () => {
  it('are listed with their dates, and whether they renew themselves', async () => {
    const { work } = await open();
    const { certificates, renewsItself } = await listCertificates('fra1-edge', work);
    expect(tableLines(certificateTable(certificates))).toContainEqual(
      expect.stringMatching(/^panel\.lab\.example\.com +\d{4}-\d\d-\d\d$/),
    );
    expect(renewsItself).toBe(true);
  });

  it('are renewed once, also where nginx gives up before', async () => {
    const { controls } = panel().sandbox;
    const { work, face, changes } = await open(
      { confirm: `Renew the certificate of ${PANEL} now?` },
      { confirm: `Renew the certificate of ${PANEL} now?` },
    );
    await renewPublicCertificate('fra1-edge', PANEL.toUpperCase(), work);
    ahead += 1;
    controls.setIdleCut(panel().droplet.id, 100);
    const renewed = await renewPublicCertificate('fra1-edge', PANEL, { ...work, clock: fast });
    controls.setIdleCut(panel().droplet.id, 60_000);
    expect(renewed.domain).toBe(PANEL);
    expect(face.said).toEqual(Array(2).fill(expect.stringContaining(`Renewed: ${PANEL}`)));
    expect(changes).toEqual(Array(2).fill(`POST /api/certs/${PANEL}/renew`));
    face.finish();
  });

  it('that are unknown are named with those that are there', async () => {
    const { work, changes } = await open();
    await expect(renewPublicCertificate('fra1-edge', 'x.example.com', work)).rejects.toMatchObject({
      code: 'certificate-unknown',
      hint: expect.stringContaining(PANEL) as string,
    });
    expect(changes).toEqual([]);
  });
});
