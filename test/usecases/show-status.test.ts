import { describe, expect, it } from 'vitest';
import { showStatus } from '../../src/usecases/show-status.js';
import { bytesText, certificateText, serviceText, statsText } from '../../src/words/status.js';
import { openPanel, panelServer } from './panel-work.js';

describe('showStatus', () => {
  it('asks for nothing that the panel refuses before its set-up', async () => {
    const here = await openPanel();
    const { work } = await panelServer(here, [], []);
    const status = await showStatus('fra1-edge', work);
    expect(status).toMatchObject({ version: '0.1.30', state: 'FRESH' });
    expect(status.inside).toBeUndefined();
  });

  it('shows load, services and certificates afterwards', async () => {
    const here = await openPanel();
    await here.onboard();
    const { work } = await panelServer(here, [], []);
    const { inside } = await showStatus('fra1-edge', work);
    expect(statsText(inside!.stats)).toMatch(
      /^CPU 4\.1 % {3}Memory 287 MB of 512 MB {3}Disk 2\.9 GB of 10 GB {3}up \d/,
    );
    expect(inside!.services.map(serviceText)).toContainEqual(
      expect.stringMatching(/^nginx {2}active since \d/),
    );
    expect(inside!.certificates.map(certificateText)).toContainEqual(
      expect.stringMatching(/^panel\.lab\.example\.com {2}until \d{4}-\d\d-\d\d$/),
    );
    expect(inside!.renewsItself).toBe(true);
  });
});

describe('words of a status', () => {
  it.each([
    [0, '0 bytes'],
    [512, '512 bytes'],
    [315_621_376, '301 MB'],
    [10_307_921_510, '9.6 GB'],
    [21_474_836_480, '20 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it('leave out what a panel leaves out', () => {
    expect(statsText({})).toBe('');
    expect(statsText({ uptime: 533_000 })).toBe('up 6d 04h');
    expect(serviceText({ name: 'chisel', status: 'inactive', uptime: null })).toBe(
      'chisel  inactive',
    );
  });
});
